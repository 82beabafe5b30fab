"""The last callback counts, not the highest."""

from chaos.breaking import swap
from chaos.scenarios import CALM as SCENARIO

__all__ = ["SCENARIO", "apply"]


def apply() -> None:
    swap(
        "webapp.services.receiving.statuses",
        "case when recipient_rank(g.status) > recipient_rank(r.status) then g.status else r.status end",
        "g.status",
    )
