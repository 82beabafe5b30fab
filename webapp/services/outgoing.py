"""Where outgoing calls may go: the public internet over https, and what the operator allows."""

from flask import current_app

from webapp.egress.rules import Rules, parse_allow


def rules() -> Rules:
    """The rules of EGRESS_ALLOW."""
    return parse_allow(current_app.config["CRIER"].egress_allow)
