"""Two people, or a person and a worker, change one row at once: neither undoes what the other did."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flask import Flask
from sqlalchemy import func, select, text

from tests.builders import make_contact, make_group
from tests.numbers import make_number
from tests.people import Person
from webapp.db import act_for, as_owner, db
from webapp.domain.errors import Invalid, NotFound, Refusal
from webapp.models.events import Event
from webapp.services import accounts, contacts, groups, people, whatsapp_instances


@contextmanager
def somebody_who_looked(
    app: Flask, person: Person, look: Callable[[], object], act: Callable[[], object]
) -> Iterator[list[object]]:
    """Somebody looks before the block and acts after it; holds what they were refused, if they were."""
    refused: list[object] = []
    looked, may_act = threading.Event(), threading.Event()

    def do() -> None:
        with app.app_context():
            act_for(person.tenant_id)
            seen = look()
            looked.set()
            assert may_act.wait(10)
            try:
                act()
            except Refusal as refusal:
                refused.append(refusal)
            del seen

    thread = threading.Thread(target=do)
    thread.start()
    assert looked.wait(10)
    yield refused
    may_act.set()
    thread.join(10)
    db.session.rollback()
    db.session.expire_all()


def until_somebody_waits() -> None:
    for _ in range(500):
        with as_owner() as owner:
            if owner.scalar(text("select count(*) from pg_locks where not granted")):
                return
        time.sleep(0.01)
    raise AssertionError("nobody waits")


def test_two_new_secrets_of_one_number_are_both_kept(app: Flask, owner: Person) -> None:
    tenant_id, number = owner.tenant_id, make_number(owner.tenant_id)
    with somebody_who_looked(
        app,
        owner,
        lambda: whatsapp_instances.get(tenant_id, number.id),
        lambda: whatsapp_instances.update(tenant_id, number.id, app_secret="their-app-secret"),
    ):
        whatsapp_instances.update(tenant_id, number.id, access_token="our-access-token")
    kept = whatsapp_instances.secrets_of(whatsapp_instances.get(tenant_id, number.id))
    assert (kept.access_token, kept.app_secret) == ("our-access-token", "their-app-secret")


def test_a_number_that_was_paused_meanwhile_stays_paused(app: Flask, owner: Person) -> None:
    tenant_id, number = owner.tenant_id, make_number(owner.tenant_id)
    number.status = "connected"
    db.session.commit()
    with somebody_who_looked(
        app,
        owner,
        lambda: whatsapp_instances.get(tenant_id, number.id),
        lambda: whatsapp_instances.update(tenant_id, number.id, access_token="another-token"),
    ):
        whatsapp_instances.pause(tenant_id, number.id)
    assert whatsapp_instances.get(tenant_id, number.id).status == "paused"


def test_a_number_typed_again_after_somebody_changed_it_is_taken(app: Flask, owner: Person) -> None:
    tenant_id, contact = owner.tenant_id, make_contact(owner.tenant_id, phone_number="+4915123456789")
    with somebody_who_looked(
        app,
        owner,
        lambda: contacts.get(tenant_id, contact.id),
        lambda: contacts.update(tenant_id, contact.id, phone_number="+4915123456789", name="Dana"),
    ):
        contacts.update(tenant_id, contact.id, phone_number="+4915187654321", name="Dana")
    assert contacts.get(tenant_id, contact.id).phone_number == "+4915123456789"


def test_of_two_tenants_that_add_one_person_at_once_one_is_refused(
    app: Flask, owner: Person, stranger: Person
) -> None:
    refused: list[object] = []

    def add() -> None:
        with app.app_context():
            act_for(stranger.tenant_id)
            try:
                people.add(stranger.tenant_id, "new@example.org", "viewer", by=stranger.user_id)
            except Refusal as refusal:
                refused.append(refusal)

    accounts.add_member(owner.tenant_id, "new@example.org", "viewer")
    another = threading.Thread(target=add)
    another.start()
    until_somebody_waits()
    db.session.commit()
    another.join(10)
    assert [type(one) for one in refused] == [Invalid]
    assert len(people.listed(stranger.tenant_id)) == 1


def test_a_group_is_deleted_once_and_told_once(app: Flask, owner: Person) -> None:
    tenant_id, group = owner.tenant_id, make_group(owner.tenant_id)
    db.session.commit()
    refused: list[object] = []

    def remove() -> None:
        with app.app_context():
            act_for(tenant_id)
            try:
                groups.remove(tenant_id, group.id)
            except NotFound as refusal:
                refused.append(refusal)

    db.session.execute(text("update groups set deleted_at = now() where id = :id"), {"id": group.id})
    another = threading.Thread(target=remove)
    another.start()
    until_somebody_waits()
    db.session.commit()
    another.join(10)
    told = (
        select(func.count())
        .select_from(Event)
        .where(Event.tenant_id == tenant_id, Event.type == "group_deleted")
    )
    assert (len(refused), db.session.scalar(told)) == (1, 0)
