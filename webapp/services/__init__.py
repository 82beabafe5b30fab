"""What may happen: one verb is one unit of work, emits one event, commits once, last.

Imports models, providers, db, broker, egress, domain; services call those below them only.
"""
