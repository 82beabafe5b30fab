"""Callbacks that come at the same moment are stored together, and none is acknowledged that is not."""

import uuid
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from tests.campaigning import make_instance
from tests.people import Person
from tests.watching import eventually
from webapp.db import act_for, db
from webapp.models.callback_inbox import Callback
from webapp.services import heard
from webapp.services.receiving import letterbox
from webapp.services.receiving.letterbox import Letter, Letterbox

Drop = Callable[[bytes], Future[bool]]


class SlowBox(Letterbox):
    """Writes when it is told to; `written` are the bodies of each transaction."""

    def __init__(self, tenant_id: uuid.UUID) -> None:
        super().__init__(tenant_id)
        self.may_write, self.written = Event(), list[list[bytes]]()
        self.is_writing = self.is_broken = False

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    def _write(self, letters: Collection[Letter]) -> None:
        self.is_writing = True
        assert self.may_write.wait(5)
        self.written.append([letter.body for letter in letters])
        if self.is_broken:
            raise OperationalError("insert", {}, Exception("away"))
        super()._write(letters)


@pytest.fixture
def box(owner: Person) -> SlowBox:
    return SlowBox(owner.tenant_id)


@pytest.fixture
def number(owner: Person) -> uuid.UUID:
    return make_instance(owner.tenant_id).id


@pytest.fixture
def drop(app: Flask, box: SlowBox, number: uuid.UUID) -> Iterator[Drop]:
    """Somebody posts this body, each in a thread of their own."""

    def store(body: bytes) -> bool:
        with app.app_context():
            return box.drop(number, body)

    with ThreadPoolExecutor(8) as posts:
        yield lambda body: posts.submit(store, body)


@pytest.fixture
def first(box: SlowBox, drop: Drop) -> Future[bool]:
    """Somebody's callback that is being stored."""
    post = drop(b"first")
    assert eventually(lambda: box.is_writing)
    return post


def stored(owner: Person) -> list[bytes]:
    act_for(owner.tenant_id)
    return list(db.session.scalars(select(Callback.body).order_by(Callback.id)))


def test_who_comes_while_another_is_stored_is_stored_with_the_rest(
    owner: Person, box: SlowBox, drop: Drop, first: Future[bool]
) -> None:
    others = [drop(b"%d" % number) for number in range(5)]
    assert eventually(lambda: box.waiting == 5)
    box.may_write.set()
    assert all(post.result(5) for post in (first, *others))
    assert [len(bodies) for bodies in box.written] == [1, 5]
    assert sorted(stored(owner)) == [b"0", b"1", b"2", b"3", b"4", b"first"]


def test_nobody_is_told_that_it_is_stored_when_it_is_not(
    owner: Person, box: SlowBox, drop: Drop, first: Future[bool]
) -> None:
    others = [drop(b"%d" % number) for number in range(3)]
    assert eventually(lambda: box.waiting == 3)
    box.is_broken = True
    box.may_write.set()
    assert not any(post.result(5) for post in (first, *others))
    box.is_broken = False
    assert drop(b"again").result(5)
    assert stored(owner) == [b"again"]


def test_large_callbacks_go_in_several_transactions(
    owner: Person, box: SlowBox, drop: Drop, first: Future[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(letterbox, "MOST_BYTES", 25)
    others = [drop(b"%d" % number * 10) for number in range(4)]
    others.append(drop(b"x" * 100))
    assert eventually(lambda: box.waiting == 5)
    box.may_write.set()
    assert all(post.result(5) for post in (first, *others))
    assert all(len(bodies) == 1 or sum(map(len, bodies)) <= 25 for bodies in box.written)
    assert 4 <= len(box.written) < 6
    assert len(stored(owner)) == 6


def test_who_gives_up_waiting_holds_nobody_up(
    owner: Person, box: SlowBox, drop: Drop, first: Future[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(letterbox, "PATIENCE_SECONDS", 0.3)
    assert not drop(b"impatient").result(5)
    box.may_write.set()
    assert first.result(5)
    assert drop(b"next").result(5)
    assert stored(owner) == [b"first", b"next"]


def test_an_error_that_nobody_thought_of_ends_one_turn_only(
    owner: Person, box: SlowBox, drop: Drop, first: Future[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    other = drop(b"other")
    assert eventually(lambda: box.waiting == 1)
    monkeypatch.setattr(heard, "note", raises)
    box.may_write.set()
    for post in (first, other):
        with pytest.raises(ZeroDivisionError):
            post.result(5)
    monkeypatch.undo()
    assert drop(b"next").result(5)
    assert stored(owner) == [b"next"]


def raises(*_: object, **__: object) -> None:
    raise ZeroDivisionError


def test_one_that_can_not_be_stored_costs_only_itself(
    app: Flask, owner: Person, box: SlowBox, drop: Drop, first: Future[bool]
) -> None:
    good = drop(b"good")

    def drop_for_a_number_that_is_gone() -> bool:
        with app.app_context():
            return box.drop(uuid.uuid4(), b"bad")

    with ThreadPoolExecutor(1) as posts:
        bad = posts.submit(drop_for_a_number_that_is_gone)
        assert eventually(lambda: box.waiting == 2)
        box.may_write.set()
        assert first.result(5)
        assert good.result(5)
        assert not bad.result(5)
    assert stored(owner) == [b"first", b"good"]
