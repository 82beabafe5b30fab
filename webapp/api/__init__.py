"""Doors for programs: the JSON API, the tRPC door over the same acts, and the socket of events.

They read, call one verb of a service and tell what came of it; no rule lives here."""
