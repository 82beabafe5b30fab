"""The real processes: workers that are killed, a Redis that forgets, a receiver that fails and hangs."""

import uuid
from pathlib import Path

from sqlalchemy import text

from embedded.ports import free_port
from tests.deliveries import TRIED, Tried, wrong
from tests.delivering.rig import attempts, endpoint, events, logs, secrets_of
from tests.people import Person
from tests.processes import House, environment_of, wait_until
from tests.receiver import receiver
from webapp import broker
from webapp.config import Settings
from webapp.db import as_owner
from webapp.models.webhooks import Webhook

# A worker whose slices are shorter than the answers it waits for.
HASTY = (
    "import worker; from webapp.delivering import deliverers;"
    " deliverers.SLICE_SECONDS = 0.1; worker.main('webhooks')"
)
SHORT = {"WEBHOOK_TIMEOUT_SECONDS": "0.7", "WEBHOOK_SCHEDULE": ",".join(["0", *["0.3"] * 19])}


def house(settings: Settings, folder: Path) -> House:
    """No process yet."""
    port = free_port()
    environment = environment_of(settings, port, folder) | SHORT
    return House(f"http://127.0.0.1:{port}", None, environment, folder)  # type: ignore[arg-type]


def tried(webhook_id: uuid.UUID) -> list[Tried]:
    with as_owner() as connection:
        return [Tried(*row) for row in connection.execute(text(TRIED.format(webhook_id=webhook_id)))]


def is_over(webhook: Webhook) -> bool:
    return all(log.completed_at is not None for log in logs(webhook))


def test_every_event_arrives_whatever_dies(owner: Person, settings: Settings, tmp_path: Path) -> None:
    with receiver(tmp_path, fails=0.3, hangs=0.02, most_failures=8) as sink:
        webhook = endpoint(owner.tenant_id, f"{sink.url}/hook")
        events(webhook, 400)
        running = house(settings, tmp_path)
        try:
            running.start("clock", "worker.py", "clock")
            for number in range(4):
                already = len(sink.ledger())
                running.start(f"webhooks{number}", "worker.py", "webhooks")
                wait_until(lambda already=already: len(sink.ledger()) > already + 40 or is_over(webhook), 60)
                if number < 3:
                    running.kill(f"webhooks{number}")
                if number == 1:
                    broker.redis().flushall()
            wait_until(lambda: is_over(webhook), 60)
        finally:
            running.stop()
        found = tried(webhook.id)
        assert len(found) == 400
        assert list(wrong(found, sink.ledger(), secrets_of(webhook)[0])) == []


def test_two_workers_share_and_whatever_one_has_in_the_air_lands_whoever_takes_the_next_bell(
    owner: Person, settings: Settings, tmp_path: Path
) -> None:
    with receiver(tmp_path) as sink:
        webhook = endpoint(owner.tenant_id, f"{sink.url}/slow?seconds=0.3")
        events(webhook, 100)
        running = house(settings, tmp_path)
        try:
            for name in ("one", "two"):
                running.start(name, "-c", HASTY)
            running.start("clock", "worker.py", "clock")
            wait_until(lambda: is_over(webhook), 60)
        finally:
            running.stop()
        assert len(sink.ledger()) == 100
        assert all(log.success and log.attempt_count == 1 for log in logs(webhook))


def test_one_that_is_asked_to_stop_lands_what_is_in_the_air(
    owner: Person, settings: Settings, tmp_path: Path
) -> None:
    with receiver(tmp_path) as sink:
        webhook = endpoint(owner.tenant_id, f"{sink.url}/slow?seconds=0.5")
        events(webhook, 300)
        running = house(settings, tmp_path)
        try:
            running.start("clock", "worker.py", "clock")
            running.start("one", "worker.py", "webhooks")
            wait_until(sink.ledger, 60)
            running.processes["one"].terminate()
            running.processes.pop("one").wait(20)
            begun = [attempt for log in logs(webhook) for attempt in attempts(log)]
            assert 0 < len(begun) < 300
            assert all(attempt.completed_at for attempt in begun)
            assert len(sink.ledger()) == len(begun)
        finally:
            running.stop()
