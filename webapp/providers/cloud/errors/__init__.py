"""Meta's error codes: what each means for the send, and what a person is told. table.py has them all."""
