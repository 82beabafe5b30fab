"""Claim: take what is due at some endpoints of one tenant, write down the try, and make the posts.

A claim is a lease: `next_attempt_at` moves to when the try is given up for lost, so that what a worker took with it
when it died comes again by itself: the oftener that happens to an event the later, and not beside the same others. The
number of the try tells its outcome from that of a later one.
"""

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Row, text
from standardwebhooks import Webhook as Signer

from webapp import arrays, vault
from webapp.db import act_for, db
from webapp.delivering import redaction, signing
from webapp.domain.errors import N_
from webapp.domain.events import TEST_EVENT
from webapp.models.webhooks import Webhook
from webapp.services import webhook_secrets

# An event whose tries broke off so often, one after the other, is given up: perhaps it is what ends the workers.
MOST_UNKNOWN: Final = 10
BROKE_OFF: Final = N_(
    "Ten tries in a row broke off, so this event was given up. Post it again once the server runs well."
)
NO_SECRET: Final = N_("The secret of this webhook can not be read any more. Make a new one.")

# A materialised choice: without it the planner may run the inner query again and claim more than was asked for. Of one
# that rests only a test is taken, which is due before all else.
_CLAIM: Final = text(
    """
with due as materialized (
  select first.id from unnest(cast(:webhook_ids as uuid[]), cast(:rooms as int[])) as asked (webhook_id, room)
  join webhooks w on w.tenant_id = :tenant_id and w.id = asked.webhook_id and w.is_active and w.deleted_at is null
  cross join lateral (select w.rests_until > now() as rests) as s
  cross join lateral (
    select d.id, d.event from webhook_logs d where d.tenant_id = :tenant_id and d.webhook_id = asked.webhook_id
      and d.completed_at is null and d.next_attempt_at <= now()
    order by d.next_attempt_at limit case when rests then 1 else asked.room end for update skip locked) as first
  where rests is not true or first.event = :test
)
update webhook_logs l set attempt_count = attempt_count + 1, unknown_count = unknown_count + 1, updated_at = now(),
  next_attempt_at = now() + make_interval(secs => :lease_seconds
    * (1 + random() * (2 ^ least(unknown_count, :most_unknown) - 1)))
from due where l.tenant_id = :tenant_id and l.id = due.id
returning l.id, l.webhook_id, l.event_id, l.event, l.payload, l.attempt_count, l.failed_count, l.unknown_count
"""
)

# Tries that nobody completed were those of a worker that died: whatever became of them, another one begins.
_LOST: Final = text(
    """
update webhook_attempts set completed_at = now(), error_message = :sentence, updated_at = now()
where tenant_id = :tenant_id and webhook_log_id = any (cast(:log_ids as uuid[])) and completed_at is null
"""
)
LOST: Final = N_("This try was interrupted. Nobody knows whether it arrived.")

_START: Final = text(
    """
insert into webhook_attempts (tenant_id, webhook_log_id, number, request_headers)
select :tenant_id, log_id, number, headers
from unnest(cast(:log_ids as uuid[]), cast(:numbers as int[]), cast(:headers as jsonb[])) as t (log_id, number, headers)
"""
)


@dataclass(slots=True)
class Post:
    """One try of one event at one endpoint; `problem` says why it can not be posted at all, `is_last` that nobody
    tries again."""

    tenant_id: uuid.UUID
    webhook_id: uuid.UUID
    log_id: uuid.UUID
    event_id: uuid.UUID | None
    event: str
    number: int
    failed_count: int
    url: str
    headers: tuple[str, ...] = field(default=(), repr=False)
    body: bytes = field(default=b"", repr=False)
    problem: str = ""
    is_last: bool = False


def claim(tenant_id: uuid.UUID, rooms: Mapping[uuid.UUID, int], lease_seconds: float) -> list[Post]:
    """Up to so many due events of each endpoint, recorded as begun; nobody else gets them before the lease is over."""
    act_for(tenant_id)
    # Read before the claim: one that goes to the trash between the two is not claimed for.
    endpoints = {
        one.id: one for one in db.session.scalars(Webhook.of(tenant_id).where(Webhook.id.in_(rooms)))
    }
    given = {
        "tenant_id": tenant_id,
        "webhook_ids": arrays.plain(endpoints),
        "rooms": arrays.plain(rooms[key] for key in endpoints),
        "lease_seconds": lease_seconds,
        "most_unknown": MOST_UNKNOWN,
        "test": TEST_EVENT,
    }
    posts = _posts(db.session.execute(_CLAIM, given).all(), endpoints)
    if posts:
        _record(tenant_id, posts)
    db.session.commit()
    return posts


def _posts(rows: Sequence[Row[Any]], endpoints: Mapping[uuid.UUID, Webhook]) -> list[Post]:
    signers = {key: _signers(endpoints[key]) for key in {row.webhook_id for row in rows}}
    now = datetime.now(UTC)
    return [_post(row, endpoints[row.webhook_id], signers[row.webhook_id], now) for row in rows]


def _post(row: Row[Any], endpoint: Webhook, signers: Sequence[Signer], now: datetime) -> Post:
    post = Post(
        endpoint.tenant_id,
        endpoint.id,
        row.id,
        row.event_id,
        row.event,
        row.attempt_count,
        row.failed_count,
        endpoint.url,
    )
    if row.unknown_count > MOST_UNKNOWN:
        post.problem, post.is_last = BROKE_OFF, True
        return post
    if not signers:
        post.problem = NO_SECRET
        return post
    body = signing.body_of(row.payload)
    post.headers = signing.headers_of(row.event_id or row.id, now, body, signers)
    post.body = body.encode()
    return post


def _signers(endpoint: Webhook) -> list[Signer]:
    try:
        return [Signer(secret) for secret in webhook_secrets.signing_secrets(endpoint)]
    except vault.Unreadable:
        return []


def _record(tenant_id: uuid.UUID, posts: Sequence[Post]) -> None:
    """Before anything is posted it stands written that it will be."""
    interrupted = [post.log_id for post in posts if post.number > post.failed_count + 1]
    if interrupted:
        lost = {"tenant_id": tenant_id, "log_ids": arrays.plain(interrupted), "sentence": LOST}
        db.session.execute(_LOST, lost)
    begun = {
        "tenant_id": tenant_id,
        "log_ids": arrays.plain(post.log_id for post in posts),
        "numbers": arrays.plain(post.number for post in posts),
        "headers": arrays.texts(json.dumps(redaction.headers(post.headers)) for post in posts),
    }
    db.session.execute(_START, begun)
