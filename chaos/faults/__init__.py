"""Each fault in a file of its own: a function that does it, and a Fault that says what may be expected of it."""
