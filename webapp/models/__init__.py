"""Tables: one noun, one file. Imports db and domain only.

Every choice of cascade, key and index stands beside its column with its reason.
"""
