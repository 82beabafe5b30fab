"""Pause is a flag that is looked at when a batch is claimed; whoever has one goes on with it."""

from chaos.breaking import swap
from chaos.scenarios import PAUSED as SCENARIO

__all__ = ["SCENARIO", "apply"]


def apply() -> None:
    swap("webapp.sending.gate", "c.status = 'running'", "c.status in ('running', 'paused')")
