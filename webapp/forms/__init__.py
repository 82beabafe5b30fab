"""The HTML gate: what may be typed and what it becomes. Imports domain only."""
