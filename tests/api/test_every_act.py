"""Walks over every act of both doors: a stranger reaches nothing, a key does what its scopes say and no more."""

import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from tests.api.caller import Caller, make_caller
from tests.api.targets import make_targets
from tests.drafting import in_a_week
from tests.people import Person, outside
from tests.world import World, checksum, make_world
from webapp.api import document
from webapp.api.acts.act import Act
from webapp.api.acts.catalogue import ACTS, PROCEDURES
from webapp.db import act_for, db
from webapp.domain.scopes import SCOPES
from webapp.models.audit_log import AuditEntry

# Which object of a world an act is about, by its room.
OBJECT = {
    "contacts": "contact_id",
    "imports": "run_id",
    "groups": "group_id",
    "messageTemplates": "template_id",
    "whatsappInstances": "instance_id",
    "campaigns": "campaign_id",
    "messagesHistory": "message_id",
    "webhooks": "webhook_id",
}
# The fields that take ids, and what is tried in them.
FIELDS = {
    "groupIds": ["group_id"],
    "contactIds": ["contact_id"],
    "recipientIds": ["group_id"],
    "whatsappInstanceId": "instance_id",
    "messageTemplateId": "template_id",
    "groupId": "group_id",
    "contactId": "contact_id",
    "campaignId": "campaign_id",
    "logId": "log_id",
    "cursor": "contact_id",
}


# Of what is changed no other object may have the same.
ANOTHER = {"name": "Another", "phoneNumber": "+4915123450000", "phoneNumberId": "106540352242923"}
# What its own tenant is refused, too: these need messages that failed (tests/api/test_campaigns.py has some).
REFUSED = {"campaigns.retryFailed": 422, "campaigns.resendUncertain": 409}


@pytest.fixture
def worlds(owner: Person, stranger: Person) -> tuple[World, World]:
    theirs = make_world(owner, "CANARYALPHA", 70_000_001)
    theirs.ids.update(make_targets(theirs))
    own = make_world(stranger, "CANARYBRAVO", 80_000_001)
    own.ids.update(make_targets(own))
    return theirs, own


def target(act: Act, world: World) -> uuid.UUID:
    """The object of this world that the act is tried with."""
    found: uuid.UUID = world.ids.get(act.name, world.ids[OBJECT[act.room]])
    return found


def example(act: Act, world: World) -> dict[str, Any]:
    """What the document gives as an example, with ids of this world in it."""
    schemas = document.whole()["components"]["schemas"]
    if act.takes is None:
        return {}
    if act.asks_in_address:
        told = {
            one["name"]: one["schema"].get("examples", [""])[0]
            for one in document.query_parameters(act.takes)
        }
    else:
        told = document.example_of(schemas[act.takes.__name__], schemas)
    for change in named(act, world):
        told |= change
    if "message" in told:
        told.pop("messageTemplateId", None)
    if "scheduledAt" in told:
        told["scheduledAt"] = in_a_week().isoformat()
    if act.method == "PATCH":
        told |= {name: value for name, value in ANOTHER.items() if name in told}
    return {name: value for name, value in told.items() if value is not None}


def named(act: Act, world: World) -> Iterator[dict[str, Any]]:
    """Each field of the act that takes ids, with one of this world; recipients are contacts, or else groups."""
    fields = act.takes.model_json_schema()["properties"] if act.takes else {}
    ids = world.ids | ({"contact_id": target(act, world)} if act.room == "contacts" else {})
    for field, name in FIELDS.items():
        if field == "recipientIds" and field in fields:
            yield {"recipientType": "contacts", field: [str(ids["contact_id"])]}
            yield {"recipientType": "groups", field: [str(ids["group_id"])]}
        elif field in fields and "uuid" in json.dumps(fields[field]):  # a place in a campaign is no object
            yield {field: [str(ids[one]) for one in name] if isinstance(name, list) else str(ids[name])}


def needed(act: Act, world: World) -> dict[str, Any]:
    """What can not be left out."""
    required = act.takes.model_json_schema().get("required", ()) if act.takes else ()
    return {name: value for name, value in example(act, world).items() if name in required}


def call(caller: Caller, act: Act, key: Any, given: dict[str, Any]) -> tuple[int, str]:
    """Through /api/v1."""
    path = act.path.replace("<uuid:id>", str(key))
    asked = given if act.asks_in_address else None
    kwargs: dict[str, Any] = {
        "query_string": {k: str(v).lower() if v is False else v for k, v in (asked or {}).items()}
    }
    if act.raw:
        kwargs |= {"data": b"phoneNumber\n+4915123456789\n", "content_type": "text/csv"}
    body = given if act.takes is not None and not act.asks_in_address else None
    answer = caller.ask(act.method, path, body, **kwargs)
    return answer.status_code, answer.text


def call_procedure(caller: Caller, act: Act, key: Any, given: dict[str, Any]) -> tuple[int, str]:
    """Through /api/trpc."""
    told = given | ({act.id_name: str(key)} if act.has_id else {})
    kwargs: dict[str, Any] = (
        {"query_string": {"input": json.dumps(told)}} if act.is_query
        else {"data": json.dumps(told), "content_type": "application/json"}
    )  # fmt: skip
    answer = outside(
        caller.client.open, f"/api/trpc/{act.procedure}", method="GET" if act.is_query else "POST",
        headers={"Authorization": f"Bearer {caller.token}"}, **kwargs,
    )  # fmt: skip
    return answer.status_code, answer.text


def ways(act: Act) -> Iterator[Any]:
    yield call
    if act.procedure:
        yield call_procedure


def without_cursor(given: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if name != "cursor"}


def test_every_act_is_about_something_that_the_walk_knows() -> None:
    assert {act.room for act in ACTS} == set(OBJECT)
    assert len({act.name for act in ACTS}) == len(ACTS)
    assert set(PROCEDURES.values()) <= set(ACTS)


def test_a_strangers_ids_reach_nothing_by_either_door(app: Flask, worlds: tuple[World, World]) -> None:
    """Neither as the object of an act nor in any of its fields, where each is foreign alone."""
    theirs, own = worlds
    stranger = make_caller(app, own.tenant_id)
    before = checksum(theirs.tenant_id)
    for act in ACTS:
        mine, all_foreign = (without_cursor(example(act, world)) for world in (own, theirs))
        for way in ways(act):
            for given in (mine, all_foreign) if act.has_id else ():
                status, text = way(stranger, act, target(act, theirs), given)
                assert status == 404, (act.name, way.__name__, status, text)
                assert theirs.canary not in text, act.name
            for foreign in named(act, theirs):
                given = {
                    name: value for name, value in (mine | foreign).items() if not instead(name, foreign)
                }
                status, text = way(stranger, act, target(act, own), given)
                assert status == 404 or (act.is_query and status == 200), (act.name, foreign, status, text)
                assert theirs.canary not in text, (act.name, foreign)
            if act.is_query:
                assert theirs.canary not in way(stranger, act, target(act, own), mine)[1], act.name
    after = checksum(theirs.tenant_id)
    assert {name for name in before if before[name] != after[name]} == set()


def instead(name: str, foreign: dict[str, Any]) -> bool:
    """A template stands in the place of a text."""
    return "messageTemplateId" in foreign and name in ("message", "variables")


def test_a_foreign_and_a_missing_object_look_the_same(app: Flask, worlds: tuple[World, World]) -> None:
    theirs, own = worlds
    stranger = make_caller(app, own.tenant_id)
    for act in ACTS:
        if act.has_id and act.is_query:
            foreign = call(stranger, act, target(act, theirs), {})
            assert foreign == call(stranger, act, uuid.uuid4(), {}), act.name


@pytest.mark.parametrize("scope", sorted(SCOPES))
def test_a_key_with_every_other_scope_may_not(app: Flask, worlds: tuple[World, World], scope: str) -> None:
    theirs, _own = worlds
    caller = make_caller(app, theirs.tenant_id, *(set(SCOPES) - {scope}))
    before = checksum(theirs.tenant_id)
    for act in ACTS:
        if act.scope == scope:
            for way in ways(act):
                status, text = way(caller, act, target(act, theirs), example(act, theirs))
                assert status == 403, (act.name, way.__name__, status)
                assert theirs.canary not in text
    after = checksum(theirs.tenant_id)
    assert {name for name in before if before[name] != after[name]} <= {"api_keys"}


def test_nobody_comes_in_without_a_key(app: Flask, worlds: tuple[World, World]) -> None:
    theirs, _own = worlds
    nobody = Caller(app.test_client(), theirs.tenant_id, uuid.uuid4(), "crier_" + "x" * 43)
    before = checksum()
    for act in ACTS:
        for way in ways(act):
            assert way(nobody, act, target(act, theirs), {})[0] == 401, act.name
    assert checksum() == before


def test_reading_changes_nothing(app: Flask, worlds: tuple[World, World]) -> None:
    theirs, _own = worlds
    caller = make_caller(app, theirs.tenant_id)
    reads = [act for act in ACTS if act.is_query]
    for act in reads:
        call(caller, act, target(act, theirs), needed(act, theirs))
    before = checksum()
    for act in reads:
        for way in ways(act):
            status, text = way(caller, act, target(act, theirs), needed(act, theirs))
            assert status == 200, (act.name, text)
    assert checksum() == before


def test_every_act_works_for_its_own_tenant(app: Flask, worlds: tuple[World, World]) -> None:
    """Else the walks above would prove nothing; and the audit log names the key for all of it."""
    theirs, _own = worlds
    caller = make_caller(app, theirs.tenant_id)
    for act in ACTS:
        given = without_cursor(example(act, theirs))
        status, text = call(caller, act, target(act, theirs), given)
        assert status == REFUSED.get(act.name, act.status), (act.name, status, text)
        if status < 300 and act.gives:
            act.gives.model_validate_json(text)
    act_for(theirs.tenant_id)
    done = db.session.scalars(AuditEntry.of(theirs.tenant_id).where(AuditEntry.id > caller.key_id)).all()
    assert {entry.api_key_id for entry in done if entry.action != "api_key_created"} == {caller.key_id}
    assert {"contact_opted_out", "campaign_paused", "webhook_tested"} <= {entry.action for entry in done}
