"""Each step counts one up where somebody arrives, and nothing down where they leave."""

import re

from chaos.breaking import DoesNotFit
from chaos.scenarios import UNCLEAR as SCENARIO

__all__ = ["SCENARIO", "apply"]

_LEFT = re.compile(r" - \(was in \([^)]*\)\)::int")


def apply() -> None:
    from webapp.services import counts

    made, places = _LEFT.subn("", counts.ADD)
    if not places:
        raise DoesNotFit("webapp.services.counts counts in another way")
    counts.ADD = made  # type: ignore[misc]
