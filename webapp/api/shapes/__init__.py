"""Every object as it goes over the wire: what is told, what may be given. camelCase there, snake_case here.

Documents, clients and the payloads of events are made from these; no rule of the business lives here."""
