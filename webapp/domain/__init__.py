"""Words and rules: errors, events, phones, placeholders, statuses, roles.

Pure functions and frozen values; nothing here knows a table, a socket or a page.
Imports the standard library and phonenumbers only.
"""
