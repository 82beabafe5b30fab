"""The one mouth for outgoing HTTP, on libcurl. Used by worker processes only; the web process never calls out.

No other room imports pycurl or socket. Imports domain only.
"""
