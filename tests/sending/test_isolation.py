"""One number's trouble is its own: what hangs, answers nonsense or can not be read holds up nobody else."""

import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from flask import Flask
from redis import RedisError
from sqlalchemy import text

from tests.campaigning import check_counts, make_campaign, make_instance, make_people, simulator, statuses
from tests.people import Person
from webapp import broker
from webapp.db import act_for, as_owner, db
from webapp.models.campaigns import Campaign
from webapp.sending import plan, reach, slice
from webapp.sending.ear import Ear
from webapp.sending.slice import Sender
from webapp.services import outgoing
from webapp.services.campaigns import moves


@contextmanager
def listening(answer: bytes | None) -> Iterator[str]:
    """A provider that takes every request and says this, or nothing at all."""
    with socket.create_server(("127.0.0.1", 0), backlog=256) as server:
        held: list[socket.socket] = []

        def take() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                held.append(connection)
                if answer is not None:
                    threading.Thread(target=say, args=(connection,), daemon=True).start()

        def say(connection: socket.socket) -> None:
            with connection:
                connection.recv(65536)
                connection.sendall(answer or b"")

        threading.Thread(target=take, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)
        for connection in held:
            connection.close()


Serve = Callable[[float], object]


@dataclass(frozen=True)
class Send:
    """A running campaign of one of two tenants."""

    tenant_id: uuid.UUID
    campaign_id: uuid.UUID

    def campaign(self) -> Campaign:
        db.session.rollback()
        db.session.expunge_all()
        act_for(self.tenant_id)
        return db.session.scalars(Campaign.of(self.tenant_id).where(Campaign.id == self.campaign_id)).one()

    def statuses(self) -> dict[str, int]:
        return dict(statuses(self.campaign()))


def running(person: Person, url: str, count: int) -> Send:
    act_for(person.tenant_id)
    make_people(person.tenant_id, count)
    campaign = make_campaign(person.tenant_id, make_instance(person.tenant_id, url, per_second=1000))
    send = Send(person.tenant_id, campaign.id)
    plan.plan(person.tenant_id, campaign.id)
    return send


def stopped(send: Send) -> tuple[str, str | None]:
    campaign = send.campaign()
    return campaign.status, campaign.paused_reason


@pytest.fixture
def serve(app: Flask) -> Iterator[Serve]:
    """A sender that waits at most 4 seconds for an answer: slices of so many seconds."""
    settings = replace(app.config["CRIER"], provider_timeout_seconds=4)
    with closing(Sender(settings, outgoing.rules(), broker.redis())) as sender:
        yield lambda seconds: sender.serve(lambda: False, seconds)


def test_a_number_that_hangs_holds_up_nobody_else(
    serve: Serve, owner: Person, stranger: Person, tmp_path: Path
) -> None:
    with simulator(tmp_path) as provider, listening(None) as silence:
        hanging = running(stranger, silence, 300)
        healthy = running(owner, provider.url, 600)
        serve(4)
        assert healthy.statuses() == {"accepted": 600}
        assert 0 < hanging.statuses()["uncertain"] <= reach.FIRST
    check_counts(healthy.campaign())
    check_counts(hanging.campaign())


def test_a_provider_that_says_nothing_clear_is_left_before_the_whole_campaign_is_in_doubt(
    serve: Serve, owner: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reach, "PAUSES", (0.01,))
    page = b"HTTP/1.1 404 Not Found\r\nContent-Length: 9\r\nConnection: close\r\n\r\nnot here."
    with listening(page) as url:
        send = running(owner, url, 500)
        serve(20)
        found = send.statuses()
        assert reach.MOST_RISKED <= found["uncertain"] < reach.MOST_RISKED + 2 * reach.FIRST
        assert found["pending"] == 500 - found["uncertain"]
        assert stopped(send) == ("paused", "unclear_answers")
    check_counts(send.campaign())


def test_nobody_fails_while_the_provider_can_not_be_reached(
    serve: Serve, owner: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reach, "PAUSES", (0.05,))
    monkeypatch.setattr(reach, "PATIENCE_SECONDS", 1)
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    send = running(owner, f"http://127.0.0.1:{port}", 200)
    for _ in range(8):
        serve(2)
        with as_owner() as connection:
            connection.execute(text("update send_retries set not_before = now() where number is null"))
        if stopped(send)[0] == "paused":
            break
    assert stopped(send) == ("paused", "unreachable")
    assert send.statuses() == {"pending": 200}
    with simulator(tmp_path) as provider:
        with as_owner() as connection:
            connection.execute(text("update whatsapp_instances set base_url = :url"), {"url": provider.url})
        moves.resume(owner.tenant_id, send.campaign_id)
        for _ in range(3):
            serve(20)
            time.sleep(1)
        assert send.statuses() == {"accepted": 200}
        assert set(provider.times_reached().values()) == {1}
    check_counts(send.campaign())


def test_a_number_whose_secrets_can_not_be_read_stops_nobody_else(
    serve: Serve, owner: Person, stranger: Person, tmp_path: Path
) -> None:
    with simulator(tmp_path) as provider:
        broken = running(stranger, provider.url, 5)
        healthy = running(owner, provider.url, 5)
        with as_owner() as connection:
            connection.execute(
                text(
                    "update whatsapp_instances set credentials = jsonb_set(credentials, '{access_token}', "
                    "to_jsonb(replace(credentials->>'access_token', 'k1', 'k9'))) where tenant_id = :t"
                ),
                {"t": stranger.tenant_id},
            )
        serve(3)
        assert healthy.statuses() == {"accepted": 5}
        assert broken.statuses() == {"pending": 5}


def test_one_tenants_lock_holds_up_nobody_else(
    serve: Serve, owner: Person, stranger: Person, tmp_path: Path
) -> None:
    with simulator(tmp_path) as provider:
        blocked = running(stranger, provider.url, 50)
        healthy = running(owner, provider.url, 300)
        with as_owner() as holder:
            holder.execute(
                text("select pg_advisory_xact_lock(hashtextextended(:t, 2))"), {"t": str(stranger.tenant_id)}
            )
            serve(3)
            assert healthy.statuses() == {"accepted": 300}
            assert blocked.statuses() == {"pending": 50}
        serve(5)
        assert blocked.statuses() == {"accepted": 50}


def test_a_small_campaign_beside_a_large_one_is_found_by_its_bell(
    app: Flask, serve: Serve, owner: Person, stranger: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slice, "LOOK_AGAIN_SECONDS", 1000)
    with simulator(tmp_path) as provider:
        large = running(stranger, provider.url, 3000)
        small: list[Send] = []

        def begin_small() -> None:
            with app.app_context():
                while len(provider.ledger()) < 100:
                    time.sleep(0.01)
                small.append(running(owner, provider.url, 100))

        beginner = threading.Thread(target=begin_small)
        beginner.start()
        serve(20)
        beginner.join()
        assert large.statuses() == {"accepted": 3000}
        assert small[0].statuses() == {"accepted": 100}
        numbers = [entry["phoneNumberId"] for entry in provider.ledger()]
    assert numbers[-1] == numbers[0], "the large one was there before the small one and after it"


@dataclass
class Demand:
    unanswered: int
    is_hungry: bool


@pytest.mark.parametrize(
    ("demands", "share"),
    [
        ([(0, True)], 112),
        ([(112, True), (0, True)], 56),
        ([(112, True), (0, True), (0, True), (0, True)], 28),
        ([(40, True), (8, True), (28, False)], 43),
        ([(60, True), (28, False)], 87),
        ([(1, False)] * 100, 24),
        ([(1, True)] * 100, slice.FEWEST_SHARED),
    ],
)
def test_who_has_more_to_send_shares_what_the_others_leave(
    demands: list[tuple[int, bool]], share: int
) -> None:
    assert slice.fair_share([Demand(*demand) for demand in demands]) == share  # type: ignore[misc]


@pytest.mark.usefixtures("owner")
def test_a_busy_sender_hears_each_bell_once() -> None:
    ear = Ear(broker.redis())
    ear.hears_bell()
    for _ in range(3):
        broker.ring("send_slice")
        assert ear.hears_bell()
        assert not ear.hears_bell()
    assert broker.queue("send").count == 1, "one bell of a kind hangs at a time"


def test_a_sender_without_redis_hears_nothing_and_does_not_ask_all_the_time() -> None:
    class Away:
        asked = 0

        def get(self, _key: str) -> bytes:
            self.asked += 1
            raise RedisError("away")

    away = Away()
    ear = Ear(away)  # type: ignore[arg-type]
    assert not ear.hears_bell()
    assert not ear.hears_bell()
    assert away.asked == 1
