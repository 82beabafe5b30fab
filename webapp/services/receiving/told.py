"""Told: all that the callbacks at hand say of one message, put together whatever their order."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from webapp.arrays import plain, texts
from webapp.domain.statuses import RECIPIENT_RANK
from webapp.providers.news import Status, Trouble
from webapp.services.receiving.inbox import Body


@dataclass(slots=True)
class Told:
    """One message of one number. Times are seconds since 1970, each the earliest told and none in the future.

    `number` is what its tracker says, None when it has none of ours; `has_tracker` is true for anybody's."""

    instance_id: uuid.UUID
    message_id: str
    number: int | None = None
    has_tracker: bool = False
    status: str = "accepted"
    times: dict[str, float] = field(default_factory=dict)
    trouble: Trouble | None = None
    wa_id: str = ""
    bodies: list[Body] = field(default_factory=list)

    def add(self, status: Status, body: Body) -> None:
        at = min(status.at.timestamp() if status.at else body.received_at, body.now)
        earliest = self.times.get(status.status)
        if earliest is None or at < earliest:
            self.times[status.status] = at
            if status.errors:
                self.trouble = status.errors[0]
        self.status = higher(self.status, status.status)
        self.wa_id = self.wa_id or status.wa_id or status.user_id
        self.bodies.append(body)

    @property
    def failure(self) -> Trouble | None:
        """What went wrong with a message that failed in the end."""
        return self.trouble if self.status == "failed" else None

    def note(self, reason: str) -> None:
        for body in self.bodies:
            body.note(reason)

    def ask_again(self) -> None:
        for body in self.bodies:
            body.asks_again = True


def higher(one: str, other: str) -> str:
    return other if RECIPIENT_RANK[other] > RECIPIENT_RANK[one] else one


def together(several: Iterable[Told]) -> "Told":
    """What several messages to one recipient say of it: one of them was sent again, by a person's wish."""
    newest, *older = sorted(several, key=lambda told: told.number or 0, reverse=True)
    for told in older:
        newest = _joined(newest, told)
    return newest


def _joined(newest: Told, other: Told) -> Told:
    times = {
        name: min(newest.times.get(name, at), other.times.get(name, at))
        for name, at in {**newest.times, **other.times}.items()
    }
    return Told(
        newest.instance_id,
        newest.message_id,
        newest.number,
        newest.has_tracker,
        higher(newest.status, other.status),
        times,
        newest.trouble or other.trouble,
        newest.wa_id,
        newest.bodies,
    )


def words_of(trouble: Trouble | None) -> str | None:
    """The provider's own words for what went wrong."""
    return (trouble.details or trouble.title or None) if trouble else None


def arrays(messages: Sequence[Told]) -> dict[str, str]:
    """The same as columns, for `unnest`."""
    return {
        "instances": plain(told.instance_id for told in messages),
        "ids": texts(told.message_id for told in messages),
        "statuses": texts(told.status for told in messages),
        "codes": plain(told.failure.code if told.failure else None for told in messages),
        **{
            name: plain(told.times.get(name) for told in messages)
            for name in ("sent", "delivered", "read", "failed")
        },
    }
