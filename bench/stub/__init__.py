"""A bare fast answerer in a process of its own: as little work for each message as a provider's address allows.

Imports nothing of the application.
"""
