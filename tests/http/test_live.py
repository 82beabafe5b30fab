"""The socket of a campaign's page, on a real server: who may listen, what comes, and when it ends."""

import subprocess
import sys
import threading
import time
import uuid
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from simple_websocket import ConnectionError as Refused

from embedded.ports import free_port
from tests.listening import close_code, open_and_never_read, refusal
from tests.people import Person, join
from tests.processes import answers, environment_of, wait_until
from tests.watching import await_figure, count, eventually, make_running, open_socket
from webapp.config import Settings
from webapp.db import db
from webapp.models.campaigns import Campaign
from webapp.services import progress, sessions
from webapp.services.live import hub
from webapp.views import live

NOBODY = None


@pytest.fixture
def campaign(owner: Person) -> Campaign:
    return make_running(owner.tenant_id)


def test_a_page_of_ours_gets_the_present_state_and_every_change(
    host: str, owner: Person, campaign: Campaign
) -> None:
    count(campaign, sent_count=3)
    socket = open_socket(host, campaign.id, owner)
    first = await_figure(socket, "sent", 3)
    assert all(f'id="campaign-{name}"' in first for name in ("status", "bar", "stats", "chart", "reasons"))
    count(campaign, sent_count=5)
    progress.publish(campaign.tenant_id, campaign.id, True)
    frame = await_figure(socket, "sent", 5)
    assert 'id="campaign-left-out"' not in frame, "what did not change is not sent again"
    socket.close()


def test_the_last_of_many_changes_is_shown_even_after_the_campaign_is_over(
    app: Flask, host: str, owner: Person
) -> None:
    over = make_running(owner.tenant_id, status="completed")
    socket = open_socket(host, over.id, owner)
    await_figure(socket, "sent", 0)
    for sent in (1, 2, 3):
        count(over, sent_count=sent)
        progress.publish(over.tenant_id, over.id)
    await_figure(socket, "sent", 3, seconds=3)
    socket.close()


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1", ""])
def test_a_foreign_page_or_none_is_refused_before_the_upgrade(
    host: str, owner: Person, campaign: Campaign, origin: str
) -> None:
    assert refusal(open_socket, host, campaign.id, owner, Origin=origin) == 403


def test_nobody_listens_without_a_session(host: str, campaign: Campaign) -> None:
    assert refusal(open_socket, host, campaign.id, NOBODY) == 403
    assert refusal(open_socket, host, campaign.id, NOBODY, Cookie="crier_session=forged") == 403


def test_a_strangers_campaign_is_not_there(host: str, stranger: Person, campaign: Campaign) -> None:
    assert refusal(open_socket, host, campaign.id, stranger) == 404
    assert refusal(open_socket, host, uuid.uuid4(), stranger) == 404


def test_a_viewer_may_listen(app: Flask, host: str, owner: Person, campaign: Campaign) -> None:
    socket = open_socket(host, campaign.id, join(app, owner.tenant_id, "viewer"))
    await_figure(socket, "sent", 0)
    socket.close()


def test_the_twenty_first_socket_of_a_person_is_refused(host: str, owner: Person, campaign: Campaign) -> None:
    open_ones = [open_socket(host, campaign.id, owner) for _ in range(hub.SEATS)]
    assert refusal(open_socket, host, campaign.id, owner) == 429
    for one in open_ones:
        one.close()

    def has_room() -> bool:
        try:
            open_socket(host, campaign.id, owner).close()
        except Refused:
            return False
        return True

    assert eventually(has_room)


def test_a_page_that_is_gone_leaves_nothing_behind(
    web: Flask, host: str, owner: Person, campaign: Campaign
) -> None:
    socket = open_socket(host, campaign.id, owner)
    await_figure(socket, "sent", 0)
    own_hub = web.extensions["crier_live"]
    assert own_hub._readers
    socket.close()
    assert eventually(lambda: not own_hub._readers and not own_hub._seats)


def test_open_sockets_hold_no_connection_of_the_database(
    web: Flask, host: str, owner: Person, campaign: Campaign
) -> None:
    open_ones = [open_socket(host, campaign.id, owner) for _ in range(3)]
    for one in open_ones:
        await_figure(one, "sent", 0)
    with web.app_context():
        assert eventually(lambda: db.engine.pool.checkedout() == 0)
    for one in open_ones:
        one.close()


def test_a_page_has_nothing_to_say(host: str, owner: Person, campaign: Campaign) -> None:
    socket = open_socket(host, campaign.id, owner)
    socket.send("subscribe me to everything")
    assert close_code(socket) == 1008


def test_a_long_message_ends_the_socket(host: str, owner: Person, campaign: Campaign) -> None:
    socket = open_socket(host, campaign.id, owner)
    socket.send("x" * 5000)
    assert close_code(socket) in (1008, 1009)


def test_signing_out_ends_the_sockets_of_that_session_at_once(
    host: str, owner: Person, campaign: Campaign
) -> None:
    socket = open_socket(host, campaign.id, owner)
    await_figure(socket, "sent", 0)
    assert owner.post("/sign-out").status_code == 303
    assert close_code(socket) == 1008


def test_signing_out_while_the_socket_opens_ends_it(
    host: str, owner: Person, campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_past_the_door, may_enter, come = threading.Event(), threading.Event(), hub.Hub._come

    def come_late(self: hub.Hub, tenant_id: uuid.UUID, campaign_id: uuid.UUID) -> Any:
        is_past_the_door.set()
        may_enter.wait(5)
        return come(self, tenant_id, campaign_id)

    monkeypatch.setattr(hub.Hub, "_come", come_late)
    socket = open_socket(host, campaign.id, owner)
    assert is_past_the_door.wait(5)
    assert owner.post("/sign-out").status_code == 303
    time.sleep(0.5)  # until the departure was told
    may_enter.set()
    assert close_code(socket) == 1008


def test_a_role_that_changes_ends_the_sockets(
    app: Flask, host: str, owner: Person, campaign: Campaign
) -> None:
    person = join(app, owner.tenant_id, "sender")
    theirs, mine = open_socket(host, campaign.id, person), open_socket(host, campaign.id, owner)
    await_figure(theirs, "sent", 0)
    assert owner.post(f"/settings/people/{person.user_id}", {"role": "viewer"}).status_code == 303
    assert close_code(theirs) == 1008
    assert mine.connected
    mine.close()


def test_a_session_that_ran_out_is_found_by_the_socket_itself(
    host: str, owner: Person, campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "CHECK_SECONDS", 0.3)
    socket = open_socket(host, campaign.id, owner)
    await_figure(socket, "sent", 0)
    monkeypatch.setattr(sessions, "IDLE", sessions.IDLE * 0)
    assert close_code(socket) == 1008


def test_a_stopping_process_sends_its_pages_to_the_next_one(
    web: Flask, host: str, owner: Person, campaign: Campaign
) -> None:
    socket = open_socket(host, campaign.id, owner)
    await_figure(socket, "sent", 0)
    web.extensions["crier_live"].stop()
    assert close_code(socket) == 1012


def test_a_page_that_does_not_read_holds_up_nobody(host: str, owner: Person, campaign: Campaign) -> None:
    deaf = open_and_never_read(host, f"/campaigns/{campaign.id}/live", owner)
    reading = open_socket(host, campaign.id, owner)
    await_figure(reading, "sent", 0)
    for number in range(1, 101):
        count(campaign, sent_count=number)
        progress.publish(campaign.tenant_id, campaign.id, True)
    await_figure(reading, "sent", 100)
    reading.close()
    deaf.close()


def test_a_plain_request_to_the_socket_is_refused(owner: Person, campaign: Campaign) -> None:
    assert owner.get(f"/campaigns/{campaign.id}/live").status_code == 400


def test_under_gunicorn_frames_come_and_a_stop_is_quick(
    settings: Settings, owner: Person, campaign: Campaign, tmp_path: Path
) -> None:
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "wsgi:app", "-c", "gunicorn.conf.py"]
    said = (tmp_path / "web.log").open("wb")
    process = subprocess.Popen(
        command, env=environment_of(settings, port, tmp_path), stdout=said, stderr=said
    )
    try:
        wait_until(lambda: answers(f"http://127.0.0.1:{port}/healthz"), 30)
        socket = open_socket(f"127.0.0.1:{port}", campaign.id, owner)
        await_figure(socket, "sent", 0)
        count(campaign, sent_count=9)
        progress.publish(campaign.tenant_id, campaign.id, True)
        await_figure(socket, "sent", 9)
        process.terminate()
        assert close_code(socket) == 1012
        assert process.wait(4) == 0
    finally:
        process.kill()
        process.wait()
        said.close()
