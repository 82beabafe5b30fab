"""Forgeries: whoever only posts wrong signatures is not listened to for a while."""

import time
from dataclasses import dataclass, field
from typing import Final

# In a row: one that is right clears the address, so that nobody silences a provider by forging beside it.
MOST_IN_A_ROW: Final = 100
SILENCE_SECONDS: Final = 10
_MOST_ADDRESSES: Final = 10_000


@dataclass(slots=True)
class Forgeries:
    """Kept by each process for itself: nothing that a stranger sends is written down anywhere."""

    _wrong: dict[str, tuple[int, float]] = field(default_factory=dict)

    def is_silenced(self, address: str) -> bool:
        count, last = self._wrong.get(address, (0, 0.0))
        return count >= MOST_IN_A_ROW and time.monotonic() - last < SILENCE_SECONDS

    def wrong(self, address: str) -> int:
        """Note one; how many it is in a row."""
        if len(self._wrong) >= _MOST_ADDRESSES:
            self._wrong.clear()
        count, last = self._wrong.get(address, (0, 0.0))
        now = time.monotonic()
        count = 1 if now - last > SILENCE_SECONDS else count + 1
        self._wrong[address] = (count, now)
        return count

    def right(self, address: str) -> None:
        self._wrong.pop(address, None)
