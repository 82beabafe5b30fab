"""The statuses of campaigns and recipients, their ranks and the moves that exist (docs/architecture.md)."""

from typing import Final

# By rank: the stored status is the highest seen, so that repeated and re-ordered callbacks can not matter.
RECIPIENT_RANK: Final = {
    "pending": 0,
    "sending": 1,
    "uncertain": 2,
    "accepted": 3,
    "sent": 4,
    "failed": 5,
    "delivered": 6,
    "read": 7,
}
RECIPIENT_EXITS: Final = ("skipped", "cancelled")
RECIPIENT_STATUSES: Final = (*RECIPIENT_RANK, *RECIPIENT_EXITS)

# Sending is what an open window says of a pending row; it is shown, never stored.
STORED_RECIPIENT_STATUSES: Final = tuple(s for s in RECIPIENT_STATUSES if s != "sending")

CAMPAIGN_MOVES: Final[dict[str, tuple[str, ...]]] = {
    "draft": ("scheduled", "preparing", "cancelled"),
    "scheduled": ("draft", "preparing", "paused", "cancelled"),
    "preparing": ("running", "paused", "completed", "failed", "cancelled"),
    "running": ("paused", "completed", "cancelled"),
    "paused": ("running", "preparing", "scheduled", "completed", "cancelled"),
    "completed": ("running",),
    "failed": (),
    "cancelled": (),
}
CAMPAIGN_STATUSES: Final = tuple(CAMPAIGN_MOVES)
FINAL_CAMPAIGN_STATUSES: Final = ("completed", "failed", "cancelled")


def outranks(new: str, old: str) -> bool:
    """Whether a recipient at `old` moves to `new` when news of `new` arrives. Side exits are never left."""
    return old in RECIPIENT_RANK and RECIPIENT_RANK[new] > RECIPIENT_RANK[old]
