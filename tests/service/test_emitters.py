"""Every event of the catalogue: caused, told in the shape that the documents describe, and by nobody else."""

import ast
import re
import uuid
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func

from tests import builders, callbacks
from tests.causing import CAUSES
from tests.imports import bring, people, start_list
from tests.people import Person
from webapp import clock
from webapp.api.shapes import events as shapes
from webapp.db import act_for, db
from webapp.domain.events import EVENTS
from webapp.models.contacts import Contact
from webapp.models.events import Event
from webapp.sending import consequences
from webapp.sending.agenda import Item
from webapp.services import contacts, groups
from webapp.services.contact_senders import seen
from webapp.services.imports import runs, work

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted((ROOT / "webapp").rglob("*.py"))
OUTBOX = ROOT / "webapp" / "services" / "events.py"


def told(tenant_id: uuid.UUID, type: str) -> list[Event]:
    return list(db.session.scalars(Event.of(tenant_id).where(Event.type == type).order_by(Event.sequence)))


def named_in(path: Path) -> set[str]:
    """The events that a module names outside its docstrings."""
    return {
        node.value
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and node.value in EVENTS
    }


@pytest.mark.parametrize("name", list(CAUSES))
def test_an_event_is_told_by_what_causes_it_in_the_shape_of_its_model(
    app: Flask, owner: Person, name: str
) -> None:
    CAUSES[name](app, owner)
    act_for(owner.tenant_id)
    events = list(db.session.scalars(Event.of(owner.tenant_id)))
    assert name in {event.type for event in events}
    for event in events:
        shapes.PAYLOADS[event.type].read(event.payload)
        assert event.object_id == uuid.UUID(event.payload["id"]), "it names what it is about"


def test_catalogue_causes_and_models_are_the_same() -> None:
    assert set(CAUSES) == set(EVENTS) - {"webhook_triggered"}
    assert list(shapes.PAYLOADS) == list(EVENTS)


def test_every_event_has_an_emitter_and_no_module_writes_the_outbox_by_itself() -> None:
    rooms = [path for path in SOURCES if path.parts[-2] != "shapes" and path.name != "events.py"]
    emitters = [
        path
        for path in rooms
        if re.search(r"services.*import.*\bevents?\b|services\.events", path.read_text())
    ]
    assert set().union(*map(named_in, emitters)) >= set(EVENTS)
    for path in SOURCES:
        written = "into events" in path.read_text() or "insert(Event)" in path.read_text()
        assert not written or path == OUTBOX, path


def test_what_did_not_change_is_not_told(owner: Person) -> None:
    contact = builders.make_contact(owner.tenant_id, "Dana", attributes={"city": "Bonn"})
    group = groups.create(owner.tenant_id, name="Friends")
    number = contact.phone_number or ""
    for _ in range(2):
        contacts.update(
            owner.tenant_id, contact.id, phone_number=number, name="Eve", attributes={"city": "Bonn"}
        )
        groups.update(owner.tenant_id, group.id, name="Family")
    assert len(told(owner.tenant_id, "contact_updated")) == len(told(owner.tenant_id, "group_updated")) == 1


def test_a_name_or_number_that_is_learnt_is_told(owner: Person) -> None:
    nameless = builders.make_contact(owner.tenant_id, "", phone_number="+4915120999111")
    at = datetime.now(UTC)
    for _ in range(2):
        seen(owner.tenant_id, wa_id="4915120999111", user_id=None, name="Ada", at=at)
        db.session.commit()
    (named,) = told(owner.tenant_id, "contact_updated")
    assert (named.object_id, named.payload["name"]) == (nameless.id, "Ada")
    hidden = seen(owner.tenant_id, wa_id=None, user_id="US.88110022003300440055", name="Bo", at=at)
    seen(owner.tenant_id, wa_id="4915120999222", user_id="US.88110022003300440055", name="Bo", at=at)
    db.session.commit()
    numbered = told(owner.tenant_id, "contact_updated")[-1]
    assert (numbered.object_id, numbered.payload["phoneNumber"]) == (hidden.id, "+4915120999222")


def test_who_is_opted_out_because_the_provider_refuses_is_told_once(owner: Person) -> None:
    contact = builders.make_contact(owner.tenant_id, phone_number="+4915120777003")
    for _ in range(2):
        consequences._opt_out(Item(owner.tenant_id, uuid.uuid4()), ["+4915120777003"])
    (event,) = told(owner.tenant_id, "contact_updated")
    assert (event.object_id, event.payload["optedOut"]) == (contact.id, True)


def test_a_group_is_told_of_those_an_import_brought_before_it_ended_early(owner: Person) -> None:
    group = groups.create(owner.tenant_id, name="Guests")
    lines = "".join(f"+49151{20_000_000 + n}\n" for n in range(9_000))
    run = start_list(owner.tenant_id, f"phone\n{lines}", group_id=group.id)
    while not run.merged_rows:
        work._step(run.tenant_id, run.id)
        db.session.refresh(run)
    runs.cancel(run.tenant_id, run.id)
    (event,) = told(owner.tenant_id, "group_updated")
    joined = db.session.scalar(Contact.of(owner.tenant_id).with_only_columns(func.count()))
    assert 0 < event.payload["contactCount"] == joined < 9_000


def test_an_import_that_brings_nobody_tells_its_group_nothing(owner: Person) -> None:
    group = groups.create(owner.tenant_id, name="Guests")
    bring(owner.tenant_id, "phone\nx\n", group_id=group.id)
    assert told(owner.tenant_id, "group_updated") == []
    assert people(owner.tenant_id) == {}


def test_progress_is_told_with_the_counts_once_for_each_fold_that_moved_something(owner: Person) -> None:
    campaign, _ = callbacks.make_running(owner.tenant_id)
    callbacks.send(campaign)
    for _ in range(3):
        clock.fold()
    act_for(owner.tenant_id)
    (event,) = told(owner.tenant_id, "campaign_progressed")
    assert (event.object_id, event.payload["sentCount"], event.payload["pendingCount"]) == (campaign.id, 3, 0)
