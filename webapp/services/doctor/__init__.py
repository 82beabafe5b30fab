"""Doctor: whether a living database keeps what the house promises. Looks at all tenants, changes nothing, ends soon."""
