"""The engine: plan, lease, gate, window, settle, pace, sweep. No Flask, no ORM objects in the loop."""
