"""Matching: which recipient a message belongs to, by its tracker, else by the id the provider gave it."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import text

from webapp.db import db
from webapp.services.receiving.told import Told, higher

# The attempts of these recipients, and of those whose further attempts went out under these numbers.
_ATTEMPTS: Final = text(
    """
select recipient_number, number from send_retries
where tenant_id = :tenant_id and recipient_number in (
  select unnest(cast(:numbers as bigint[]))
  union select recipient_number from send_retries
  where tenant_id = :tenant_id and number = any(cast(:numbers as bigint[])))
"""
)

_BY_ID: Final = text(
    """
select h.message_id, h.whatsapp_instance_id, r.number, r.message_id as latest_id, r.status from messages_history h
left join campaign_recipients r
  on r.tenant_id = h.tenant_id and r.contact_id = h.contact_id and r.campaign_id = h.campaign_id
where h.tenant_id = :tenant_id and h.direction = 'out' and h.message_id = any(cast(:ids as text[]))
"""
)

_KNOWN_STATUS: Final = text(
    """
select message_id, status from messages_history
where tenant_id = :tenant_id and direction = 'out' and message_id = any(cast(:ids as text[]))
"""
)


@dataclass(frozen=True, slots=True)
class Matched:
    """Messages with the numbers of their recipients; `current` are those that still say something about them,
    `past` those after which somebody was sent to again."""

    pairs: list[tuple[int, Told]]
    current: dict[int, list[Told]]
    past: list[Told]


def match(tenant_id: uuid.UUID, messages: Iterable[Told]) -> Matched:
    """Find whom messages went to.

    A message whose sender may still be about to write down its id is asked for again later. A message that failed
    before its recipient was tried again says nothing about them any more, however often it is repeated."""
    by_tracker = [told for told in messages if told.number is not None]
    by_id = [told for told in messages if told.number is None]
    found = [*_by_tracker(tenant_id, by_tracker), *_by_id(tenant_id, by_id)]
    past = [told for _, told, is_followed in found if is_followed]
    failed = _failed(tenant_id, past) if past else set()
    current: dict[int, list[Told]] = defaultdict(list)
    for number, told, is_followed in found:
        if not (is_followed and told.message_id in failed):
            current[number].append(told)
    return Matched([(number, told) for number, told, _ in found], current, past)


def _by_tracker(tenant_id: uuid.UUID, messages: Collection[Told]) -> Iterable[tuple[int, Told, bool]]:
    numbers = [told.number for told in messages]
    rows = (
        db.session.execute(_ATTEMPTS, {"tenant_id": tenant_id, "numbers": numbers}).all() if numbers else ()
    )
    attempts: dict[int, list[int | None]] = defaultdict(list)
    for recipient, attempt in rows:
        attempts[recipient].append(attempt)
    recipient_of = {attempt: recipient for recipient, attempt in rows if attempt is not None}
    for told in messages:
        assert told.number is not None
        recipient = recipient_of.get(told.number, told.number)
        later = any(attempt is None or attempt > told.number for attempt in attempts.get(recipient, ()))
        yield recipient, told, later


def _by_id(tenant_id: uuid.UUID, messages: Sequence[Told]) -> Iterable[tuple[int, Told, bool]]:
    ids = [told.message_id for told in messages]
    rows = db.session.execute(_BY_ID, {"tenant_id": tenant_id, "ids": ids}) if ids else ()
    known = {(row.whatsapp_instance_id, row.message_id): row for row in rows}
    for told in messages:
        row = known.get((told.instance_id, told.message_id))
        if row is not None and row.number is not None:
            yield row.number, told, row.latest_id != told.message_id or row.status == "pending"
        elif row is None:
            told.note("unknown message")
            if not told.has_tracker:
                told.ask_again()


def _failed(tenant_id: uuid.UUID, messages: Sequence[Told]) -> set[str]:
    """Those that failed in the end, as far as is known."""
    ids = [told.message_id for told in messages]
    rows = db.session.execute(_KNOWN_STATUS, {"tenant_id": tenant_id, "ids": ids})
    known = {row.message_id: row.status for row in rows}
    return {
        told.message_id
        for told in messages
        if higher(told.status, known.get(told.message_id, "accepted")) == "failed"
    }
