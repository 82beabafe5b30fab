"""The door for providers: who is let in, what is stored, and what is answered."""

import socket
import time
import uuid
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from threading import Event

import pytest
from flask import Flask
from sqlalchemy import text
from werkzeug.test import TestResponse

from tests.callbacks import forget_addresses, inbox, make_example_number, post, signed, work
from tests.campaigning import APP_SECRET, make_campaign, make_instance
from tests.cloud import example, raw_example
from tests.people import Person, outside
from tests.watching import eventually
from webapp import broker
from webapp.app import create_app
from webapp.config import Settings
from webapp.db import act_for, db
from webapp.models.callback_inbox import Callback
from webapp.models.whatsapp_instances import WhatsAppInstance
from webapp.services import heard, instance_secrets, whatsapp_instances
from webapp.services.receiving import addresses
from webapp.services.receiving.addresses import KEEP_SECONDS
from webapp.services.receiving.forgeries import MOST_IN_A_ROW
from webapp.services.receiving.letterbox import Letter, Letterbox

BODY = raw_example("wh_status_delivered")
SIGNED = example("signature")
HANDSHAKES = example("handshake")["cases"]


@pytest.fixture(autouse=True)
def _fresh_door() -> Iterator[None]:
    forget_addresses()
    yield
    forget_addresses()


@pytest.fixture
def instance(owner: Person) -> WhatsAppInstance:
    return make_example_number(owner.tenant_id)


def give(instance: WhatsAppInstance, **secrets: str) -> None:
    instance_secrets.seal(instance, secrets)
    db.session.commit()


def stored(tenant_id: uuid.UUID) -> list[Callback]:
    db.session.rollback()
    return inbox(tenant_id)


@pytest.mark.parametrize("case", HANDSHAKES)
def test_the_handshake_proves_that_the_address_is_ours(
    app: Flask, instance: WhatsAppInstance, case: dict
) -> None:
    give(instance, verify_token=case["configured_verify_token"])
    answer = outside(app.test_client().get, f"/callbacks/whatsapp/{instance.id}", query_string=case["query"])
    assert answer.status_code == case["expect_status"]
    assert answer.mimetype == "text/plain"
    if "expect_body" in case:
        assert answer.text == case["expect_body"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    else:
        assert "1158201444" not in answer.text


def test_a_new_verify_token_counts_at_once(app: Flask, instance: WhatsAppInstance) -> None:
    assert post(app, instance.id, BODY).status_code == 200, "the address is remembered from here"
    give(instance, verify_token="new")
    asked = {"hub.mode": "subscribe", "hub.verify_token": "new", "hub.challenge": "7"}
    answer = outside(app.test_client().get, f"/callbacks/whatsapp/{instance.id}", query_string=asked)
    assert (answer.status_code, answer.text) == (200, "7")


def test_nobody_shakes_hands_for_a_number_that_is_not_there(app: Flask, instance: WhatsAppInstance) -> None:
    asked = {"hub.mode": "subscribe", "hub.verify_token": "", "hub.challenge": "1"}
    for address in (uuid.uuid4(), instance.id):
        answer = outside(app.test_client().get, f"/callbacks/whatsapp/{address}", query_string=asked)
        assert answer.status_code == 403


@pytest.mark.parametrize("case", SIGNED["cases"], ids=lambda case: case["name"])
def test_only_what_is_signed_is_stored_as_it_came(app: Flask, instance: WhatsAppInstance, case: dict) -> None:
    give(instance, app_secret=SIGNED["app_secret"])
    raw = case["raw_body"].encode()
    headers = {"X-Hub-Signature-256": case["signature"]} if case["signature"] is not None else {}
    answer = post(app, instance.id, raw, headers=headers)
    assert answer.status_code == (200 if case["valid"] else 401)
    assert [row.body for row in stored(instance.tenant_id)] == ([raw] if case["valid"] else [])


@pytest.mark.parametrize(
    "header", ["", "sha256=", "sha256=0", "sha1=abc", signed(BODY)[:-1], signed(BODY).upper(), "é"]
)
def test_an_odd_signature_stores_nothing(app: Flask, instance: WhatsAppInstance, header: str) -> None:
    answer = post(app, instance.id, BODY, headers={"X-Hub-Signature-256": header.encode().decode("latin-1")})
    assert (answer.status_code, answer.data) == (401, b"")
    assert stored(instance.tenant_id) == []


def test_a_body_without_signature_stores_nothing(app: Flask, instance: WhatsAppInstance) -> None:
    assert post(app, instance.id, BODY, headers={}).status_code == 401
    assert stored(instance.tenant_id) == []


def test_another_tenants_secret_opens_nothing(app: Flask, owner: Person, stranger: Person) -> None:
    instance = make_instance(owner.tenant_id)
    act_for(stranger.tenant_id)
    theirs = make_instance(stranger.tenant_id)
    give(theirs, app_secret="the stranger's own secret")
    assert post(app, instance.id, BODY, secret="the stranger's own secret").status_code == 401
    assert post(app, theirs.id, BODY, secret=APP_SECRET).status_code == 401
    assert stored(stranger.tenant_id) == []
    act_for(owner.tenant_id)
    assert stored(owner.tenant_id) == []


def test_a_number_without_app_secret_hears_nothing(app: Flask, instance: WhatsAppInstance) -> None:
    instance.credentials = {name: v for name, v in instance.credentials.items() if name != "app_secret"}
    db.session.commit()
    for secret in ("", APP_SECRET):
        assert post(app, instance.id, BODY, secret=secret).status_code == 401
    assert stored(instance.tenant_id) == []


def test_a_number_whose_secrets_can_not_be_read_hears_nothing(app: Flask, instance: WhatsAppInstance) -> None:
    instance.credentials = {**instance.credentials, "app_secret": "k0:AAAA"}
    db.session.commit()
    assert post(app, instance.id, BODY).status_code == 401
    assert post(app, instance.id, BODY, secret="").status_code == 401


def test_a_number_that_is_not_there_looks_like_one_whose_signature_is_wrong(
    app: Flask, instance: WhatsAppInstance
) -> None:
    missing, forged = post(app, uuid.uuid4(), BODY), post(app, instance.id, BODY, secret="x")
    assert (missing.status_code, missing.data) == (forged.status_code, forged.data) == (401, b"")
    assert outside(app.test_client().post, "/callbacks/whatsapp/not-an-id", data=BODY).status_code == 404


def test_a_number_in_the_trash_is_deaf_within_seconds(app: Flask, instance: WhatsAppInstance) -> None:
    assert post(app, instance.id, BODY).status_code == 200
    instance.deleted_at = datetime.now(UTC)
    db.session.commit()
    time.sleep(KEEP_SECONDS + 0.1)
    assert post(app, instance.id, BODY).status_code == 401
    assert len(stored(instance.tenant_id)) == 1


def test_a_changed_secret_is_the_only_one_within_seconds(app: Flask, instance: WhatsAppInstance) -> None:
    assert post(app, instance.id, BODY).status_code == 200
    give(instance, app_secret="another app secret")
    time.sleep(KEEP_SECONDS + 0.1)
    assert post(app, instance.id, BODY).status_code == 401
    assert post(app, instance.id, BODY, secret="another app secret").status_code == 200


def test_it_is_stored_and_the_bell_rung_before_it_is_acknowledged(
    app: Flask, instance: WhatsAppInstance
) -> None:
    raw = b'{"odd":  "bytes \\u00e9"}\n'
    assert post(app, instance.id, raw).status_code == 200
    (row,) = stored(instance.tenant_id)
    assert (row.body, row.whatsapp_instance_id, row.applied_at) == (raw, instance.id, None)
    (job,) = broker.queue("callbacks").jobs
    assert (job.func_name, job.args) == ("apply_callbacks", [str(instance.tenant_id)])


def test_many_callbacks_ring_one_bell(app: Flask, instance: WhatsAppInstance) -> None:
    for _ in range(5):
        assert post(app, instance.id, BODY).status_code == 200
    assert len(broker.queue("callbacks").jobs) == 1
    assert len(stored(instance.tenant_id)) == 5


def test_a_number_that_is_not_ours_is_acknowledged_and_ignored(
    app: Flask, instance: WhatsAppInstance
) -> None:
    assert post(app, instance.id, raw_example("wh_unknown_phone")).status_code == 200
    work(instance.tenant_id)
    assert [row.error for row in stored(instance.tenant_id)] == ["not our number: 1"]
    for table in ("contacts", "opt_outs", "messages_history"):
        assert db.session.scalar(text(f"select count(*) from {table}")) == 0


def test_what_is_too_large_is_not_read(app: Flask, instance: WhatsAppInstance) -> None:
    largest = b" " * (4 * 1024 * 1024)
    assert post(app, instance.id, largest).status_code == 200
    assert post(app, instance.id, largest + b" ").status_code == 413
    assert len(stored(instance.tenant_id)) == 1


def test_no_page_of_ours_is_needed_and_none_of_another_site_is_in_the_way(
    app: Flask, instance: WhatsAppInstance
) -> None:
    headers = {
        "X-Hub-Signature-256": signed(BODY),
        "Origin": "https://graph.facebook.com",
        "Sec-Fetch-Site": "cross-site",
    }
    assert post(app, instance.id, BODY, headers=headers).status_code == 200


def test_who_only_forges_is_not_read_for_a_while(app: Flask, instance: WhatsAppInstance) -> None:
    def from_client(address: str, secret: str) -> TestResponse:
        return post(app, instance.id, BODY, secret=secret, environ_overrides={"REMOTE_ADDR": address})

    answers = {from_client("203.0.113.1", "forged").status_code for _ in range(MOST_IN_A_ROW)}
    assert answers == {401}
    assert from_client("203.0.113.1", APP_SECRET).status_code == 429
    assert from_client("203.0.113.2", APP_SECRET).status_code == 200


def test_a_forger_beside_a_provider_silences_nobody(app: Flask, instance: WhatsAppInstance) -> None:
    for _ in range(3):
        for _ in range(MOST_IN_A_ROW // 2):
            assert post(app, instance.id, BODY, secret="forged").status_code == 401
        assert post(app, instance.id, BODY).status_code == 200


@pytest.fixture
def cut_off(settings: Settings) -> Iterator[Flask]:
    """The application while its database is away, and its Redis is not."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"postgresql://crier:x@127.0.0.1:{unused.getsockname()[1]}/crier"
        yield create_app(replace(settings, database_url=url))


def test_the_provider_tries_again_when_the_database_is_away(
    app: Flask, instance: WhatsAppInstance, cut_off: Flask
) -> None:
    assert post(cut_off, instance.id, BODY).status_code == 503, "nobody knows whose address it is"
    assert post(app, instance.id, BODY).status_code == 200
    assert post(cut_off, instance.id, BODY).status_code == 503, (
        "the address is known, the body can not be stored"
    )
    assert len(stored(instance.tenant_id)) == 1


def test_who_waits_at_the_door_holds_no_connection(
    app: Flask, instance: WhatsAppInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting, may_write, write = [], Event(), Letterbox._write

    def write_later(self: Letterbox, letters: Sequence[Letter]) -> None:
        waiting.append(letters)
        assert may_write.wait(5)
        write(self, letters)

    monkeypatch.setattr(Letterbox, "_write", write_later)
    monkeypatch.setattr(addresses, "KEEP_SECONDS", -1)
    instance_id = instance.id
    db.session.rollback()
    with ThreadPoolExecutor(5) as providers:
        answers = [providers.submit(post, app, instance_id, BODY) for _ in range(5)]
        assert eventually(lambda: waiting)
        assert eventually(lambda: db.engine.pool.checkedout() == 0)  # type: ignore[attr-defined]
        may_write.set()
        assert {answer.result(5).status_code for answer in answers} == {200}
    assert len(stored(instance.tenant_id)) == 5


def test_a_lost_bell_loses_nothing(app: Flask, instance: WhatsAppInstance, settings: Settings) -> None:
    deaf = create_app(replace(settings, redis_url="redis://127.0.0.1:1/0"))
    assert post(deaf, instance.id, BODY).status_code == 200
    assert len(stored(instance.tenant_id)) == 1


def test_callbacks_signed_with_another_secret_are_told_where_people_look(
    app: Flask, owner: Person, instance: WhatsAppInstance
) -> None:
    campaign = make_campaign(owner.tenant_id, instance, status="running")
    places = ("/", f"/numbers/{instance.id}", f"/campaigns/{campaign.id}")
    sentence = "not signed with this app secret"
    assert not any(sentence in owner.get(place).text for place in places)
    assert "reports back" not in owner.get(places[1]).text
    assert post(app, instance.id, BODY, secret="another").status_code == 401
    assert all(sentence in owner.get(place).text for place in places)
    assert "reports back" not in owner.get(places[1]).text
    change = {"name": instance.name, "phone_number": instance.phone_number, "app_secret": "another-secret-1"}
    whatsapp_instances.update(owner.tenant_id, instance.id, **change)
    assert not any(sentence in owner.get(place).text for place in places)


def test_somebody_who_posts_garbage_beside_a_right_secret_alarms_nobody(
    app: Flask, owner: Person, instance: WhatsAppInstance
) -> None:
    post(app, instance.id, BODY)
    post(app, instance.id, b"garbage", secret="x")
    page = owner.get(f"/numbers/{instance.id}").text
    assert "not signed with this app secret" not in page
    assert "reports back" in page
    assert "None yet" not in page


def test_refused_callbacks_are_written_down_once_a_minute(
    app: Flask, owner: Person, instance: WhatsAppInstance
) -> None:
    post(app, instance.id, BODY, secret="another")
    first = heard.of(instance.id).refused_at
    assert first is not None
    for _ in range(3):
        post(app, instance.id, BODY, secret="another")
    db.session.rollback()
    assert heard.of(instance.id).refused_at == first
