"""Meta's Cloud API: its addresses, bodies, answers, error codes and callbacks. Knows no table.

adapter.py is what the rest of the house asks; the facts come from Meta's documentation of 2025 and 2026.
"""
