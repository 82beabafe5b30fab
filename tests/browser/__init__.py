"""The whole program, seen through a browser: real processes, real clicks, and nothing a page may complain about."""
