"""The log of who did what is kept for 400 days, events for 30 or for one, refused rows for 90, the answers to requests
with a key of their own for one; then they go, in every tenant."""

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text, update

from tests.builders import make_group
from tests.imports import bring
from tests.people import Person
from webapp.db import act_for, as_owner, db
from webapp.domain.events import EVENTS
from webapp.models.audit_log import AuditEntry
from webapp.models.events import Event
from webapp.models.idempotent_requests import IdempotentRequest
from webapp.models.imports import ImportRow, ImportRun
from webapp.models.users import SignInLink, User
from webapp.services import accounts, audit, events, idempotency, retention, sessions

LIST = "phone,name\n+4915123456789,Ana\nnobody,Bert\nnothing,Cleo\n"


def left(model: type[AuditEntry] | type[Event] | type[ImportRow], person: Person) -> int:
    act_for(person.tenant_id)
    return db.session.scalar(select(func.count()).select_from(model.of(person.tenant_id).subquery())) or 0


def age(table: str, days: int) -> None:
    db.session.rollback()
    with as_owner() as owner:
        owner.execute(
            text(f"update {table} set created_at = now() - make_interval(days => :days)"), {"days": days}
        )


@pytest.mark.parametrize(
    ("table", "model", "days"),
    [("audit_log", AuditEntry, retention.AUDIT_DAYS), ("events", Event, retention.EVENT_DAYS)],
)
def test_what_is_past_its_time_goes_in_every_tenant_and_the_rest_stays(
    owner: Person, stranger: Person, table: str, model: type[AuditEntry] | type[Event], days: int
) -> None:
    def happens(person: Person) -> None:
        act_for(person.tenant_id)
        make_group(person.tenant_id, f"Group {uuid.uuid4()}")
        audit.record(person.tenant_id, person.user_id, "tenant_changed")
        db.session.commit()

    for person in (owner, stranger):
        happens(person)
    age(table, days - 1)
    retention.forget_old()
    assert left(model, owner)
    assert left(model, stranger)
    age(table, days + 1)
    for person in (owner, stranger):
        happens(person)
    retention.forget_old()
    assert (left(model, owner), left(model, stranger)) == (1, 1)


def test_figures_that_move_go_after_a_day_and_other_events_stay(owner: Person, stranger: Person) -> None:
    for person in (owner, stranger):
        act_for(person.tenant_id)
        for name in EVENTS:
            events.emit(person.tenant_id, name, uuid.uuid4(), {})
        db.session.commit()
    retention.forget_old()
    assert (left(Event, owner), left(Event, stranger)) == (len(EVENTS), len(EVENTS))
    age("events", retention.FLEETING_DAYS + 1)
    retention.forget_old()
    for person in (owner, stranger):
        act_for(person.tenant_id)
        kept = db.session.scalars(select(Event.type).where(Event.tenant_id == person.tenant_id)).all()
        assert set(EVENTS) - set(kept) == {
            "campaign_progressed",
            "webhook_triggered",
            "message_status_changed",
        }


def test_more_than_one_statement_takes_goes_in_one_round(
    owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "AT_ONCE", 3)
    events.emit_all(owner.tenant_id, "campaign_progressed", [(None, {})] * 10)
    db.session.commit()
    age("events", retention.FLEETING_DAYS + 1)
    assert retention.forget_old() == 10


def test_a_round_that_takes_long_goes_on_the_next_time(
    owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "AT_ONCE", 3)
    monkeypatch.setattr(retention, "SECONDS", 0.0)
    events.emit_all(owner.tenant_id, "campaign_progressed", [(None, {})] * 10)
    db.session.commit()
    age("events", retention.FLEETING_DAYS + 1)
    assert [retention.forget_old() for _ in range(5)] == [3, 3, 3, 1, 0]


def test_the_keys_of_a_tenant_that_stopped_asking_go_after_a_day(owner: Person, stranger: Person) -> None:
    for person, hours in ((owner, 23), (owner, 25), (stranger, 25)):
        act_for(person.tenant_id)
        idempotency.begin(idempotency.Key(person.tenant_id, uuid.uuid4(), "order", "hash"))
        moved = update(IdempotentRequest).where(
            IdempotentRequest.started_at > func.now() - timedelta(hours=1)
        )
        db.session.execute(moved.values(started_at=func.now() - timedelta(hours=hours)))
        db.session.commit()
    assert retention.forget_old() == 2
    act_for(owner.tenant_id)
    assert db.session.scalar(select(func.count()).select_from(IdempotentRequest)) == 1


def test_refused_rows_go_after_their_time_and_the_page_of_the_import_says_so(owner: Person) -> None:
    old, young = bring(owner.tenant_id, LIST), bring(owner.tenant_id, LIST)
    ended = update(ImportRun).where(ImportRun.id == old.id)
    db.session.execute(ended.values(completed_at=func.now() - timedelta(days=retention.REFUSED_DAYS + 1)))
    db.session.commit()
    assert "Download these rows" in owner.get(f"/contacts/imports/{old.id}").text
    assert retention.forget_old() == 2
    assert retention.forget_old() == 0
    assert left(ImportRow, owner) == 2
    page = owner.get(f"/contacts/imports/{old.id}").text
    assert "not kept any more" in page
    assert "Download these rows" not in page
    assert "Download these rows" in owner.get(f"/contacts/imports/{young.id}").text


def test_a_one_time_link_is_forgotten_when_it_has_run_out(owner: Person) -> None:
    user = db.session.get_one(User, owner.user_id)
    db.session.query(SignInLink).delete()
    accounts.new_link(user)
    accounts.new_link(user)
    db.session.flush()
    oldest = select(SignInLink.token_hash).limit(1).scalar_subquery()
    passed = update(SignInLink).where(SignInLink.token_hash == oldest)
    db.session.execute(passed.values(expires_at=func.now() - timedelta(seconds=1)))
    db.session.commit()
    sessions.forget_old()
    assert db.session.scalar(select(func.count()).select_from(SignInLink)) == 1
