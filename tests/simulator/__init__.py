"""The simulator as a program: every test talks to it over HTTP. The code of webapp has no part in it."""
