"""Settle writes what it knows, whatever a callback has told meanwhile."""

from chaos.breaking import swap
from chaos.scenarios import UNCLEAR as SCENARIO

__all__ = ["SCENARIO", "apply"]

_HIGHEST = """case when recipient_rank(g.status) > recipient_rank(r.status)
      or (g.status = 'skipped' and r.status = 'pending') then g.status else r.status end"""


def apply() -> None:
    swap("webapp.sending.settle", _HIGHEST, "g.status")
