"""The same request under the same key has one effect."""

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import func, update

from tests.people import Person
from webapp.db import act_for, db
from webapp.domain.errors import Conflict, Invalid
from webapp.models.idempotent_requests import IdempotentRequest
from webapp.services import idempotency
from webapp.services.idempotency import Answer, Key

API_KEY = uuid.uuid4()
CREATED = Answer(201, {"Content-Type": "application/json"}, b'{"id": 1}')


def asked(owner: Person, key: str = "k", body: bytes = b"{}") -> Key:
    return Key(owner.tenant_id, API_KEY, key, idempotency.hash_of("POST", "/x", [body]))


def grow_old(age: timedelta) -> None:
    db.session.execute(update(IdempotentRequest).values(started_at=func.now() - age))
    db.session.commit()


def test_what_was_answered_is_answered_again(owner: Person) -> None:
    assert idempotency.begin(asked(owner)) is None
    idempotency.finish(asked(owner), CREATED)
    assert idempotency.begin(asked(owner)) == CREATED


def test_one_that_is_still_answered_is_a_conflict(owner: Person) -> None:
    idempotency.begin(asked(owner))
    with pytest.raises(Conflict, match="still being answered"):
        idempotency.begin(asked(owner))


def test_another_body_is_refused(owner: Person) -> None:
    idempotency.begin(asked(owner))
    with pytest.raises(Invalid) as refused:
        idempotency.begin(asked(owner, body=b"{} "))
    assert refused.value.field == "Idempotency-Key"


def test_one_that_broke_off_is_never_done_again(owner: Person) -> None:
    idempotency.begin(asked(owner))
    grow_old(timedelta(minutes=11))
    with pytest.raises(Conflict, match="broke off"):
        idempotency.begin(asked(owner))


def test_after_a_day_the_key_is_free_again(owner: Person) -> None:
    idempotency.begin(asked(owner))
    idempotency.finish(asked(owner), CREATED)
    grow_old(timedelta(hours=25))
    assert idempotency.begin(asked(owner, body=b"other")) is None


def test_keys_of_others_are_others(owner: Person, stranger: Person) -> None:
    idempotency.begin(asked(owner))
    act_for(stranger.tenant_id)
    theirs = Key(stranger.tenant_id, API_KEY, "k", "h")
    assert idempotency.begin(theirs) is None
    act_for(owner.tenant_id)
    assert idempotency.begin(Key(owner.tenant_id, uuid.uuid4(), "k", "h")) is None


def test_method_address_and_body_make_the_request() -> None:
    one = idempotency.hash_of("POST", "/x", [b"a", b"b"])
    assert one == idempotency.hash_of("POST", "/x", [b"ab"])
    others = [("PATCH", "/x", b"ab"), ("POST", "/y", b"ab"), ("POST", "/x", b"ac")]
    assert one not in {idempotency.hash_of(method, address, [body]) for method, address, body in others}
