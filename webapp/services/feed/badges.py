"""Badges: by what right somebody listens, and whether it still holds; many are asked about in one statement."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from webapp.services import api_keys, sessions


@dataclass(frozen=True, slots=True)
class Badge:
    """A browser's session or a program's key. `holder_id` is whose it is: the person, or the key itself."""

    holder_id: uuid.UUID
    session_hash: str | None = None

    @property
    def is_key(self) -> bool:
        return self.session_hash is None


def standing(badges: Iterable[Badge]) -> set[Badge]:
    """Those of them that still hold. Gives the connection back."""
    asked = set(badges)
    hashes = {badge.session_hash for badge in asked if badge.session_hash is not None}
    keys = {badge.holder_id for badge in asked if badge.is_key}
    there = sessions.standing_of(hashes) if hashes else set()
    held = api_keys.standing_of(keys) if keys else set()
    return {
        badge for badge in asked if badge.session_hash in there or (badge.is_key and badge.holder_id in held)
    }
