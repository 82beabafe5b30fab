"""What waits for the commit happens once it came, and never for a part that was taken back."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DataError

from tests.people import Person
from webapp.db import db, on_commit


def fail() -> None:
    db.session.execute(text("select 1 / 0"))


def take_back(heard: list[str]) -> None:
    with db.session.begin_nested():
        on_commit(heard.append, "lost")
        with db.session.begin_nested():
            on_commit(heard.append, "lost with the one around it")
        fail()


def test_a_savepoint_that_is_taken_back_takes_its_own_calls_along_and_no_others(owner: Person) -> None:
    heard: list[str] = []
    on_commit(heard.append, "before")
    with db.session.begin_nested():
        on_commit(heard.append, "kept")
    with pytest.raises(DataError):
        take_back(heard)
    on_commit(heard.append, "after")
    assert heard == []
    db.session.commit()
    assert heard == ["before", "kept", "after"]
    db.session.commit()
    assert len(heard) == 3


def test_a_rollback_takes_all_of_them(owner: Person) -> None:
    heard: list[str] = []
    on_commit(heard.append, "never")
    db.session.execute(text("select 1"))
    db.session.rollback()
    db.session.commit()
    assert heard == []


def test_one_that_fails_keeps_no_other_back(owner: Person) -> None:
    heard: list[str] = []
    on_commit(fail)
    on_commit(heard.append, "told")
    db.session.execute(text("select 1"))
    db.session.commit()
    assert heard == ["told"]
