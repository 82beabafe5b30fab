"""The gate asks whether the campaign runs, and not whose the batch is now."""

from chaos.breaking import swap
from chaos.scenarios import FROZEN as SCENARIO

__all__ = ["SCENARIO", "apply"]

OURS = """b.status = 'leased' and b.lease_token = %(token)s
    and b.lease_until > clock_timestamp() and b.next_number <= %(first)s"""


def apply() -> None:
    swap("webapp.sending.gate", OURS, "b.id = b.id")
