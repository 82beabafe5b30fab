"""Imports of contacts: a file is kept in pieces, read into rows, and the rows become contacts, in steps that
survive any crash: what a step did and where it stands commit together. Knows nothing of pages and forms.
"""
