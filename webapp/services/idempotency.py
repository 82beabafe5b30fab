"""Idempotency: the same request under the same key has one effect, however often it is sent in a day.

What a process that died had begun is never done again by the machine: nobody knows whether it had its effect.
What was answered lies sealed: some answers tell a secret, which is told once.
"""

import hashlib
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from webapp import vault
from webapp.db import act_for, db
from webapp.domain.errors import N_, Conflict, Invalid
from webapp.models.idempotent_requests import IdempotentRequest as Asked

KEPT: Final = timedelta(hours=24)
LONGEST_KEY: Final = 255
# No request of ours takes so long: one that still has no answer then never will.
_LOST_AFTER: Final = timedelta(minutes=10)

_OTHER: Final = N_(
    "This Idempotency-Key was used for another request. Take a new one for each thing to be done."
)
_RUNNING: Final = N_(
    "The first request with this Idempotency-Key is still being answered. Ask again in a moment."
)
_LOST: Final = N_(
    "The first request with this Idempotency-Key broke off. Look whether it had its effect; if not, send it with a "
    "new key."
)


@dataclass(frozen=True, slots=True)
class Key:
    """A request as it is remembered: for whom, under which key, and what it asked for."""

    tenant_id: uuid.UUID
    api_key_id: uuid.UUID
    key: str
    request_hash: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered; a text, as bytes."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def hash_of(method: str, address: str, body: Iterable[bytes]) -> str:
    """What two equal requests have in common."""
    digest = hashlib.sha256(f"{method} {address}\n".encode())
    for piece in body:
        digest.update(piece)
    return digest.hexdigest()


def begin(asked: Key) -> Answer | None:
    """Remember that this is being done; or what it was answered, if it was done already.

    Raises:
        Invalid: the key was used for something else; on `Idempotency-Key`.
        Conflict: the first is still being answered, or broke off.
    """
    _free_after_a_day(asked)
    row = {
        "tenant_id": asked.tenant_id,
        "api_key_id": asked.api_key_id,
        "key": asked.key,
        "request_hash": asked.request_hash,
    }
    mine = db.session.execute(insert(Asked).values(row).on_conflict_do_nothing().returning(Asked.key)).first()
    db.session.commit()
    return None if mine else _earlier(asked)


def finish(asked: Key, answer: Answer) -> None:
    """Keep what was answered. Whatever the request left undone in its session is taken back."""
    db.session.rollback()
    act_for(asked.tenant_id)
    sealed = vault.seal(answer.body.decode(), *_place(asked))
    values = {"status_code": answer.status, "headers": dict(answer.headers), "body": sealed}
    db.session.execute(update(Asked).where(*_is(asked)).values(values))
    db.session.commit()


def _earlier(asked: Key) -> Answer | None:
    row = db.session.execute(
        select(
            Asked.request_hash,
            Asked.status_code,
            Asked.headers,
            Asked.body,
            (func.now() - Asked.started_at).label("age"),
        ).where(*_is(asked))
    ).first()
    db.session.rollback()
    if row is None:
        raise Conflict(_RUNNING)
    if row.request_hash != asked.request_hash:
        raise Invalid("Idempotency-Key", _OTHER)
    if row.status_code is None:
        raise Conflict(_LOST if row.age > _LOST_AFTER else _RUNNING)
    return Answer(row.status_code, row.headers, _opened(asked, row.body))


def _opened(asked: Key, sealed: str) -> bytes:
    """The body; when its key is not among ENCRYPTION_KEYS any more the answer is lost."""
    try:
        return vault.unseal(sealed, *_place(asked)).encode()
    except vault.Unreadable:
        raise Conflict(_LOST) from None


def _place(asked: Key) -> tuple[uuid.UUID, str, uuid.UUID, str]:
    """For the vault; the row has no id of its own, so one is made of its key."""
    return asked.tenant_id, Asked.__tablename__, uuid.uuid5(asked.api_key_id, asked.key), "body"


def _free_after_a_day(asked: Key) -> None:
    """To the minute for whoever asks again; what nobody asks for any more the clock forgets (retention)."""
    db.session.execute(delete(Asked).where(*_is(asked), Asked.started_at < func.now() - KEPT))


def _is(asked: Key) -> tuple[ColumnElement[bool], ...]:
    return (
        Asked.tenant_id == asked.tenant_id,
        Asked.api_key_id == asked.api_key_id,
        Asked.key == asked.key,
    )
