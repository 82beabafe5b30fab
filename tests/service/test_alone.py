"""What there may be once among the living: asked for first, so that an ordinary mistake is no error of the database."""

from collections.abc import Iterator

import pytest
from sqlalchemy import ExceptionContext, event

from tests.builders import make_contact, make_group
from tests.people import Person
from webapp.db import db
from webapp.domain.errors import Conflict, Invalid
from webapp.services import contacts, groups, message_templates

Complaints = list[str]


@pytest.fixture
def complaints(owner: Person) -> Iterator[Complaints]:
    """What PostgreSQL refuses while the test runs, and therefore writes into its log."""
    heard: Complaints = []

    def note(context: ExceptionContext) -> None:
        heard.append(str(context.original_exception))

    event.listen(db.engine, "handle_error", note)
    yield heard
    event.remove(db.engine, "handle_error", note)


def test_a_second_one_is_refused_before_it_is_written(owner: Person, complaints: Complaints) -> None:
    tenant_id = owner.tenant_id
    make_contact(tenant_id, "Ana", phone_number="+4915110000001")
    bob = make_contact(tenant_id, "Bob", phone_number="+4915110000002")
    make_group(tenant_id, "Friends")
    message_templates.create(tenant_id, name="Hello", content="Hello")
    with pytest.raises(Invalid, match="Ana"):
        contacts.create(tenant_id, phone_number="+49 1511 0000001")
    with pytest.raises(Invalid, match="Ana"):
        contacts.update(tenant_id, bob.id, phone_number="+4915110000001")
    with pytest.raises(Invalid, match="Another group"):
        groups.create(tenant_id, name="friends")
    with pytest.raises(Invalid, match="Another template"):
        message_templates.create(tenant_id, name="HELLO", content="Hello")
    assert complaints == []


def test_what_has_been_replaced_meanwhile_stays_in_the_trash(owner: Person, complaints: Complaints) -> None:
    tenant_id = owner.tenant_id
    ana = make_contact(tenant_id, "Ana", phone_number="+4915110000001")
    contacts.remove(tenant_id, ana.id)
    contacts.create(tenant_id, phone_number="+4915110000001")
    with pytest.raises(Conflict):
        contacts.restore(tenant_id, ana.id)
    assert complaints == []
