"""A finding: an invariant that does not hold, with the rows that show it."""

from collections.abc import Iterable
from dataclasses import dataclass

MOST_ROWS = 10


@dataclass(frozen=True, slots=True)
class Finding:
    """`invariant` is a number of docs/faults.md, or a word for what a fault expects beyond them."""

    invariant: str
    sentence: str
    rows: tuple[str, ...] = ()

    def __str__(self) -> str:
        shown = [f"    {row}" for row in self.rows[:MOST_ROWS]]
        more = len(self.rows) - len(shown)
        lines = [
            f"[{self.invariant}] {self.sentence}",
            *shown,
            *([f"    and {more} more"] if more > 0 else []),
        ]
        return "\n".join(lines)


def found(invariant: str, sentence: str, rows: Iterable[object]) -> list[Finding]:
    """A finding if there is any such row."""
    shown = tuple(str(row) for row in rows)
    return [Finding(invariant, f"{sentence} ({len(shown)})", shown)] if shown else []
