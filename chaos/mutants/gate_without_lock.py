"""The gate looks whether the campaign runs, but holds nobody off until it has committed."""

from chaos.breaking import swap
from chaos.scenarios import PAUSED as SCENARIO

__all__ = ["SCENARIO", "apply"]

_LOCKS = """pg_advisory_xact_lock_shared(hashtextextended(%(campaign_id)s::text, 1)),
       pg_advisory_xact_lock_shared(hashtextextended(%(tenant_id)s::text, 2))"""


def apply() -> None:
    swap("webapp.sending.gate", _LOCKS, "1")
    # A database that is slow for a moment, so that it need not be waited for.
    swap("webapp.sending.gate", "returning batch_id", "returning batch_id, pg_sleep(0.1)")
