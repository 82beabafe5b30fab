"""Numbers: what may be typed, who may have one twice, and what a check finds out."""

import socket
import uuid
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import text

from tests.numbers import ACCESS, make_number
from tests.people import Person
from tests.simulator.rig import QUICK, Simulator
from tests.simulator.rig import text as message
from tests.simulator.sink import Sink
from webapp import broker
from webapp.db import act_for, as_owner, db
from webapp.domain.errors import Conflict, Invalid, NotFound
from webapp.models.audit_log import AuditEntry
from webapp.models.campaigns import Campaign
from webapp.models.whatsapp_instances import WhatsAppInstance
from webapp.services import bells, instance_checks, instance_secrets, whatsapp_instances


@pytest.fixture(scope="module")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    with Simulator(tmp_path_factory.mktemp("simulator"), QUICK) as running:
        yield running


@pytest.fixture(scope="module")
def sink() -> Iterator[Sink]:
    with Sink() as sink:
        yield sink


def at(app: Flask, monkeypatch: pytest.MonkeyPatch, base_url: str) -> None:
    """Our own address, as the provider is told it."""
    monkeypatch.setitem(app.config, "CRIER", replace(app.config["CRIER"], base_url=base_url))


def checked(number: WhatsAppInstance) -> WhatsAppInstance:
    """The number after its check, and after those that follow because somebody did not answer."""
    for _ in range(10):
        instance_checks.check(number.tenant_id, number.id)
        if not instance_checks.is_going_on(number):
            break
    return number


def simulated(tenant_id: uuid.UUID, simulator: Simulator, **other: object) -> WhatsAppInstance:
    return make_number(
        tenant_id,
        base_url=f"http://127.0.0.1:{simulator.port}",
        **{"verify_token": Sink.verify_token} | other,
    )


def audited(tenant_id: uuid.UUID) -> list[str]:
    query = AuditEntry.of(tenant_id).where(AuditEntry.action.startswith("number_")).order_by(AuditEntry.id)
    return [entry.action for entry in db.session.scalars(query)]


def waiting_checks() -> list[list[str]]:
    return [list(job.args) for job in broker.queue("work").jobs if job.func_name == "check_instance"]


def test_a_number_is_kept_with_its_callback_address_and_waits_for_its_check(owner: Person) -> None:
    number = make_number(owner.tenant_id, phone_number="+1 (202) 555-0142")
    assert (number.phone_number, number.status) == ("+12025550142", "unchecked")
    assert waiting_checks() == [[str(owner.tenant_id), str(number.id)]]
    found = db.session.execute(text("select whatsapp_instance_id, tenant_id from callback_addresses")).all()
    assert found == [(number.id, owner.tenant_id)]
    assert instance_checks.callback_address(number.id) == f"http://localhost/callbacks/whatsapp/{number.id}"


def test_secrets_come_back_for_those_who_send_and_only_their_ends_are_shown(owner: Person) -> None:
    number = make_number(owner.tenant_id)
    secrets = whatsapp_instances.secrets_of(number)
    assert secrets == instance_secrets.Credentials(**ACCESS)
    assert not any(secret in repr(secrets) for secret in ACCESS.values())
    shown = whatsapp_instances.shown(number)
    assert (shown.access_token_end, shown.app_secret_end) == ("1234", "5678")
    assert "canary" not in str(whatsapp_instances.described(number))


def test_the_end_of_a_short_secret_is_not_shown(owner: Person) -> None:
    assert whatsapp_instances.shown(make_number(owner.tenant_id, app_secret="12345678")).app_secret_end == ""


def test_a_number_without_a_verify_token_gets_one(owner: Person) -> None:
    number = make_number(owner.tenant_id, verify_token="")
    assert len(whatsapp_instances.secrets_of(number).verify_token) > 30


REFUSED = (
    ("name", " "),
    ("phone_number", "hello"),
    ("phone_number", "0171 3920012"),
    ("phone_number_id", "12a"),
    ("phone_number_id", "1" * 21),
    ("business_account_id", ""),
    ("api_version", "23"),
    ("api_version", "v23.0/../x"),
    ("base_url", "ftp://graph.facebook.com"),
    ("base_url", "http://graph.facebook.com"),
    ("base_url", "https://10.0.0.1"),
    ("base_url", "http://169.254.169.254:8090"),
    ("base_url", "http://127.0.0.1:80"),
    ("base_url", "https://me@127.0.0.1:8090"),
    ("base_url", "http://127.0.0.1:8090/?a=b"),
    ("access_token", ""),
    ("access_token", "a b c d e f g h"),
    ("app_secret", "x" * 1001),
    ("app_secret", ""),
    ("verify_token", "tökentöken"),
    ("messages_per_second", 0),
    ("messages_per_second", 1001),
    ("messages_per_second", True),
    ("provider", "carrier pigeon"),
)


def test_what_can_not_be_taken_is_refused_at_its_field(owner: Person) -> None:
    for field, value in REFUSED:
        with pytest.raises(Invalid) as refused:
            make_number(owner.tenant_id, **{field: value})
        assert refused.value.field == field, value
    assert whatsapp_instances.listed(owner.tenant_id).items == []


def test_a_server_that_the_operator_allows_may_be_called_over_http(owner: Person) -> None:
    assert make_number(owner.tenant_id, base_url="http://127.1:8090/").base_url == "http://127.0.0.1:8090"


def test_one_number_of_whatsapp_stands_once_in_a_tenant(owner: Person, stranger: Person) -> None:
    number = make_number(owner.tenant_id)
    with pytest.raises(Invalid, match="Another number here has this id"):
        make_number(owner.tenant_id, name="Again")
    other = make_number(owner.tenant_id, phone_number_id="720000000000102")
    with pytest.raises(Invalid, match="Another number here has this id"):
        whatsapp_instances.update(owner.tenant_id, other.id, phone_number_id=number.phone_number_id)
    whatsapp_instances.remove(owner.tenant_id, number.id)
    whatsapp_instances.update(owner.tenant_id, other.id, phone_number_id="720000000000101")
    with pytest.raises(Conflict, match="Another number here has this id"):
        whatsapp_instances.restore(owner.tenant_id, number.id)


def test_two_tenants_may_have_the_same_number(app: Flask, owner: Person, stranger: Person) -> None:
    make_number(owner.tenant_id)
    act_for(stranger.tenant_id)
    assert make_number(stranger.tenant_id).status == "unchecked"


def test_an_empty_secret_keeps_the_old_one(owner: Person) -> None:
    number = make_number(owner.tenant_id)
    number.status = "connected"
    db.session.commit()
    whatsapp_instances.update(
        owner.tenant_id,
        number.id,
        name="Renamed",
        access_token="",
        app_secret=" ",
        verify_token=ACCESS["verify_token"],
    )
    assert whatsapp_instances.secrets_of(number) == instance_secrets.Credentials(**ACCESS)
    assert (number.name, number.status) == ("Renamed", "connected")


def test_changed_access_is_checked_again(owner: Person) -> None:
    number = make_number(owner.tenant_id)
    for field, value in {
        "access_token": "another-token",
        "verify_token": "another-token",
        "phone_number_id": "1",
        "business_account_id": "1",
        "api_version": "v24.0",
    }.items():
        number.status = "connected"
        db.session.commit()
        broker.redis().flushdb()
        whatsapp_instances.update(owner.tenant_id, number.id, **{field: value})
        assert number.status == "unchecked", field
        assert waiting_checks() == [[str(owner.tenant_id), str(number.id)]], field


def test_what_was_done_to_a_number_is_in_the_audit_log_without_its_secrets(owner: Person) -> None:
    number = make_number(owner.tenant_id)
    whatsapp_instances.update(
        owner.tenant_id, number.id, access_token="canary-token-two", user_id=owner.user_id
    )
    whatsapp_instances.pause(owner.tenant_id, number.id)
    whatsapp_instances.unpause(owner.tenant_id, number.id)
    whatsapp_instances.remove(owner.tenant_id, number.id)
    whatsapp_instances.restore(owner.tenant_id, number.id)
    assert audited(owner.tenant_id) == [
        f"number_{act}" for act in ("added", "changed", "paused", "resumed", "removed", "restored")
    ]
    (change,) = db.session.scalars(
        AuditEntry.of(owner.tenant_id).where(AuditEntry.action == "number_changed")
    )
    assert (change.user_id, change.details) == (owner.user_id, {"fields": ["access_token"]})


def test_a_number_added_again_is_the_one_in_the_trash(owner: Person) -> None:
    """Callbacks name the number at the provider: under another id they would not find the campaigns sent before."""
    first = make_number(owner.tenant_id, phone_number_id="4711", name="Old line")
    whatsapp_instances.remove(owner.tenant_id, first.id)
    other = make_number(owner.tenant_id, phone_number_id="4712", name="Another line")
    again = make_number(
        owner.tenant_id, phone_number_id="4711", name="New line", access_token="new-token-abcdef"
    )
    assert again.id == first.id != other.id
    assert (again.name, again.deleted_at, again.status) == ("New line", None, "unchecked")
    assert instance_secrets.secrets_of(again).access_token == "new-token-abcdef"


def test_a_number_that_a_campaign_needs_is_not_deleted(owner: Person) -> None:
    for status in ("scheduled", "preparing", "running", "paused"):
        number = make_number(owner.tenant_id)
        campaign = Campaign(
            tenant_id=owner.tenant_id, name="Spring", whatsapp_instance_id=number.id, status=status
        )
        db.session.add(campaign)
        db.session.commit()
        with pytest.raises(Conflict, match="The campaign “Spring” still sends from this number"):
            whatsapp_instances.remove(owner.tenant_id, number.id)
        campaign.status = "cancelled"
        db.session.commit()
        whatsapp_instances.remove(owner.tenant_id, number.id)
        with pytest.raises(NotFound):
            whatsapp_instances.get(owner.tenant_id, number.id)


def test_a_check_connects_the_number_and_has_whatsapp_call_us(
    app: Flask, owner: Person, simulator: Simulator, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(app, monkeypatch, sink.url(""))
    number = checked(simulated(owner.tenant_id, simulator))
    assert (number.status, number.quality) == ("connected", "GREEN")
    assert number.check_result["verified_name"] == "Simulated 0101"
    assert number.check_result["callbacks"] is None
    assert number.checked_at is not None
    simulator.post(number.phone_number_id, message(), token=ACCESS["access_token"])
    assert sink.waits_for(lambda: sink.at(f"/callbacks/whatsapp/{number.id}"))


def test_a_token_that_whatsapp_refuses_is_said_in_words(owner: Person, simulator: Simulator) -> None:
    number = simulated(owner.tenant_id, simulator, access_token="expired")
    instance_checks.check(owner.tenant_id, number.id)
    assert number.status == "refused"
    (problem,) = number.check_result["problems"]
    assert "token" in problem["sentence"]
    assert problem["advice"]


def test_a_provider_that_does_not_answer_is_asked_some_times_before_it_is_believed(owner: Person) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed_soon:
        port = closed_soon.getsockname()[1]
    number = make_number(owner.tenant_id, base_url=f"http://127.0.0.1:{port}")
    instance_checks.check(owner.tenant_id, number.id)
    assert number.status == "unchecked"
    assert checked(number).status == "refused"
    assert "Nobody answers" in number.check_result["problems"][0]["sentence"]


def test_a_number_that_can_not_report_back_is_connected_and_says_so(
    app: Flask, owner: Person, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(app, monkeypatch, "http://127.0.0.1:1")
    number = checked(simulated(owner.tenant_id, simulator))
    assert number.status == "connected"
    assert number.check_result["callbacks"]["sentence"]


def test_metas_own_number_at_a_private_address_of_ours_is_out_of_reach(
    app: Flask, owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = make_number(owner.tenant_id)
    for ours, out_of_reach in {
        "http://127.0.0.1:8000": True,
        "https://localhost": True,
        "https://10.1.2.3": True,
        "http://crier.example.com": True,
        "https://crier.example.com": False,
    }.items():
        at(app, monkeypatch, ours)
        assert instance_checks.is_out_of_reach(number) is out_of_reach, ours
    number.base_url = "http://127.0.0.1:8090"
    at(app, monkeypatch, "http://127.0.0.1:8000")
    assert not instance_checks.is_out_of_reach(number)


def test_a_second_bell_for_the_same_check_asks_nobody(
    app: Flask, owner: Person, simulator: Simulator, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(app, monkeypatch, sink.url(""))
    number = checked(simulated(owner.tenant_id, simulator))
    before = number.checked_at
    instance_checks.check(owner.tenant_id, number.id)
    assert number.checked_at == before


def test_what_a_person_paused_stays_paused_until_a_person_lets_it_go(
    owner: Person, simulator: Simulator
) -> None:
    number = simulated(owner.tenant_id, simulator)
    whatsapp_instances.pause(owner.tenant_id, number.id)
    instance_checks.check(owner.tenant_id, number.id)
    whatsapp_instances.update(owner.tenant_id, number.id, access_token="another-token")
    with pytest.raises(Conflict, match="paused"):
        whatsapp_instances.check_again(owner.tenant_id, number.id)
    assert number.status == "paused"
    assert whatsapp_instances.unpause(owner.tenant_id, number.id).status == "unchecked"
    with pytest.raises(Conflict):
        whatsapp_instances.unpause(owner.tenant_id, number.id)


def test_new_access_lets_a_number_go_on_that_whatsapp_had_stopped(owner: Person) -> None:
    number = make_number(owner.tenant_id)
    number.status = "paused"
    db.session.commit()
    whatsapp_instances.update(owner.tenant_id, number.id, access_token="another-token")
    assert number.status == "unchecked"


def test_the_answer_to_old_access_does_not_speak_for_the_new(owner: Person, simulator: Simulator) -> None:
    number = simulated(owner.tenant_id, simulator, access_token="expired")
    asked = instance_checks._number(number)
    assert asked is not None
    found = instance_checks._asked(number, asked)
    whatsapp_instances.update(owner.tenant_id, number.id, access_token="a-good-token")
    instance_checks._write_down(owner.tenant_id, number.id, asked, *found)
    assert (number.status, number.checked_at) == ("unchecked", None)


def test_secrets_whose_key_is_gone_are_asked_for_again(
    app: Flask, owner: Person, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = simulated(owner.tenant_id, simulator)
    other_keys = replace(app.config["CRIER"], encryption_keys={"k2": bytes(range(40, 72))})
    monkeypatch.setitem(app.config, "CRIER", other_keys)
    instance_checks.check(owner.tenant_id, number.id)
    assert number.status == "refused"
    assert "can not be read" in number.check_result["problems"][0]["sentence"]
    assert not whatsapp_instances.shown(number).readable
    whatsapp_instances.update(owner.tenant_id, number.id, **ACCESS)
    assert whatsapp_instances.secrets_of(number).access_token == ACCESS["access_token"]


def test_a_check_whose_bell_was_lost_is_rung_for_again(owner: Person) -> None:
    number = make_number(owner.tenant_id)
    broker.redis().flushdb()
    bells.ring_forgotten()
    assert waiting_checks() == [[str(owner.tenant_id), str(number.id)]]
    with as_owner() as connection:
        connection.execute(text("update whatsapp_instances set status = 'checking'"))
    broker.redis().flushdb()
    bells.ring_forgotten()
    assert waiting_checks() == []
    with as_owner() as connection:
        connection.execute(text("update whatsapp_instances set updated_at = now() - interval '2 minutes'"))
    bells.ring_forgotten()
    assert waiting_checks() == [[str(owner.tenant_id), str(number.id)]]


def test_after_a_move_of_ours_connected_numbers_are_checked_again(
    app: Flask, owner: Person, simulator: Simulator, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(app, monkeypatch, sink.url("/before"))
    number = checked(simulated(owner.tenant_id, simulator))
    bells.check_after_moving()
    db.session.refresh(number)
    assert number.status == "connected"
    db.session.commit()
    at(app, monkeypatch, sink.url("/after"))
    bells.check_after_moving()
    db.session.refresh(number)
    assert number.status == "unchecked"
    checked(number)
    bells.check_after_moving()
    db.session.refresh(number)
    assert (number.status, number.check_result["callbacks"]) == ("connected", None)


def test_strangers_have_no_such_number(owner: Person, stranger: Person) -> None:
    number = make_number(owner.tenant_id)
    with pytest.raises(NotFound):
        whatsapp_instances.get(stranger.tenant_id, number.id)
