"""What workers do: each job acts for its tenant, calls a service, may run twice, and ends soon.

One file for each kind of worker, which loads no other.
"""
