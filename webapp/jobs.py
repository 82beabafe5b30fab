"""What workers do: each job acts for its tenant, calls a service, may run twice, and ends within seconds."""
