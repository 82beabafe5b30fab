"""What happens in a tenant, for whoever listens: events are read from the outbox once for a process (outbox, stream),
handed to every listener (feed), and wait in something that can not grow without end (queue, changes).
"""
