"""How many people a day a business may begin to talk to, in all the ways Meta writes it."""

import re
from typing import Final

from webapp.providers.cloud.fields import number

UNLIMITED: Final = -1
_TIER: Final = re.compile(r"TIER_([0-9]{1,6})(K?)", re.ASCII)


def messaging_limit(value: object) -> int | None:
    """250, "2000", "TIER_2K" or "TIER_UNLIMITED" as people a day; -1 is no limit, None not known."""
    if value == "TIER_UNLIMITED":
        return UNLIMITED
    found = _TIER.fullmatch(value) if isinstance(value, str) else None
    if found:
        return int(found[1]) * (1000 if found[2] else 1)
    limit = number(value)
    return limit if limit is not None and limit >= UNLIMITED else None
