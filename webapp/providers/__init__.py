"""How a message leaves and how news comes back. Knows no table; imports egress and domain only."""
