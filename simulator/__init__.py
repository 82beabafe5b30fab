"""A stand-in for Meta's Cloud API, as a program of its own: `python -m simulator --port N --ledger FILE`.

Imports the standard library, uvloop, httptools, jsonschema-rs; nothing of webapp, nor webapp of it.
Its ledger of accepted messages is the truth that everything else is checked against."""
