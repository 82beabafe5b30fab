"""The sweep takes every batch that somebody holds, whether the lease ran out or not."""

from chaos.breaking import swap
from chaos.scenarios import SLOWLY as SCENARIO

__all__ = ["SCENARIO", "apply"]


def apply() -> None:
    swap("webapp.sending.sweep", "lease_until < clock_timestamp()", "lease_until is not null")
