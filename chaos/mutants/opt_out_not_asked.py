"""Opt-outs count when a campaign is planned, and are not asked for again at the gate."""

from chaos.breaking import swap
from chaos.scenarios import OPTED_OUT as SCENARIO

__all__ = ["SCENARIO", "apply"]


def apply() -> None:
    swap(
        "webapp.sending.gate",
        "o.phone_key = r.phone_key and o.lifted_at is null",
        "o.phone_key = '' and false",
    )
