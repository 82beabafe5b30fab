"""A tenant to look at: invented people with numbers that nobody has, and a number that only the simulator knows.

The same at every making. Nothing else imports from here but the command line.
"""
