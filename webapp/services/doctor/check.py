"""A check, and what it found."""

from dataclasses import dataclass, field
from typing import Any, Final

# Rows of a finding that are told; more are only counted as more.
MOST_TOLD: Final = 20


@dataclass(frozen=True, slots=True)
class Check:
    """One promise of the house. `query` selects what breaks it: ids and numbers, never a phone or a text.

    It may use `looked` (recipients of the campaigns that are looked at) and `whole` (campaigns small enough to be
    counted in full).
    """

    invariant: int
    promise: str
    query: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found. `is_checked` is False when it could not be ended in time."""

    check: Check
    rows: list[dict[str, Any]] = field(default_factory=list)
    is_checked: bool = True

    @property
    def holds(self) -> bool:
        return self.is_checked and not self.rows

    def told(self) -> dict[str, Any]:
        """As JSON has it."""
        return {
            "invariant": self.check.invariant,
            "promise": self.check.promise,
            "holds": self.holds,
            "checked": self.is_checked,
            "rows": [{name: _plain(value) for name, value in row.items()} for row in self.rows[:MOST_TOLD]],
            "more": len(self.rows) > MOST_TOLD,
        }


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, int | str) else str(value)
