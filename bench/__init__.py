"""Benchmarks: ratios to a bare loop, taken on fresh servers in one run. `python -m bench --help` lists them.

No test asserts a time, and nothing imports this package.
"""
