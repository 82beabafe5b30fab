"""The one mouth for outgoing HTTP, on libcurl. Used by worker processes only.

No other room imports pycurl or socket. Imports domain only.
"""
