"""S22: ten thousand events for a receiver that fails thirty times of a hundred and hangs twice, while those who post
are killed ten times and Redis is emptied twice. Every event arrives, and our log agrees with the receiver's own."""

import sys
import uuid
from random import Random

from psycopg.types.json import Jsonb

from chaos.environment import named
from chaos.fault import Fault
from chaos.finding import Finding, found
from chaos.send import Send
from chaos.world import World
from tests.deliveries import TRIED, Tried, wrong
from tests.receiver import Receiver, receiver
from webapp.models.webhooks import Webhook
from webapp.services import webhook_secrets, webhooks

EVENTS = 10_000
KILLS = 10
EMPTIED = (3, 7)
WORKERS = ("webhooks0", "webhooks1")
SECONDS = 240.0

# Tries within seconds instead of days; a receiver that is bad luck in person takes an event at the seventh at last.
SHORT = {"WEBHOOK_TIMEOUT_SECONDS": "1.5", "WEBHOOK_SCHEDULE": "0,0.2,0.5,0.5,1,1,1,2,2,2"}
FAILS, HANGS, MOST_FAILURES = 0.3, 0.02, 6

_INSERT = """
insert into webhook_logs (tenant_id, webhook_id, event_id, event, payload, next_attempt_at)
values (%s, %s, %s, 'contact_created', %s, now())
"""
_OPEN = "select count(*) as events from webhook_logs where webhook_id = %s and completed_at is null"


def strike(world: World, _send: Send, dice: Random) -> None:
    with receiver(
        world.logs.parent, fails=FAILS, hangs=HANGS, most_failures=MOST_FAILURES, seed=dice.random()
    ) as sink:
        webhook = _waiting(world, sink)
        for name in WORKERS:
            worker = (sys.executable, "-m", "chaos.worker", "sane", "webhooks")
            world.keeper.start(named(name, world.env | SHORT, *worker))
        try:
            _harass(world, sink, dice)
            is_over = world.until(lambda: _open(world, webhook.id) == 0, SECONDS)
        finally:
            for name in WORKERS:
                world.keeper.hold_back(name)
        left = [] if is_over else [f"{_open(world, webhook.id)} events"]
        world.findings.extend(found("webhooks", "Events that were not delivered in time", left))
        world.findings.extend(_judged(world, webhook, sink))


def _waiting(world: World, sink: Receiver) -> Webhook:
    """A webhook of the first tenant for which all the events wait."""
    tenant_id = world.tenants[0]
    typed = {"name": "Receiver", "url": f"{sink.url}/hook", "events": ["contact_created"]}
    webhook, _ = world.act(tenant_id, lambda: webhooks.create(tenant_id, **typed))  # type: ignore[arg-type]
    with world.database() as connection, connection.cursor() as cursor:
        rows = [
            (tenant_id, webhook.id, key, _payload(tenant_id, key))
            for key in (uuid.uuid4() for _ in range(EVENTS))
        ]
        cursor.executemany(_INSERT, rows)
    return webhook


def _payload(tenant_id: uuid.UUID, key: uuid.UUID) -> Jsonb:
    return Jsonb(
        {"id": str(key), "type": "contact_created", "tenantId": str(tenant_id), "payload": {"name": "Zoë"}}
    )


def _harass(world: World, sink: Receiver, dice: Random) -> None:
    """Kill a worker each time another part of the events was posted."""
    for kill in range(KILLS):
        posts = EVENTS * (kill + 1) // (KILLS + 2)
        world.until(lambda posts=posts: len(sink.ledger()) >= posts, SECONDS)  # type: ignore[misc]
        world.keeper.kill(dice.choice(WORKERS))
        if kill in EMPTIED:
            world.redis().flushall()


def _open(world: World, webhook_id: uuid.UUID) -> int:
    with world.database() as connection:
        row = connection.execute(_OPEN, [webhook_id]).fetchone() or {}
    return int(row["events"])


def _judged(world: World, webhook: Webhook, sink: Receiver) -> list[Finding]:
    (secret,) = world.act(webhook.tenant_id, lambda: webhook_secrets.signing_secrets(webhook))
    with world.database() as connection:
        rows = connection.execute(TRIED.format(webhook_id=webhook.id)).fetchall()
    tried = [Tried(**row) for row in rows]
    missing = [] if len(tried) == EVENTS else [f"{len(tried)} of {EVENTS}"]
    return [
        *found("webhooks", "Events that are in no log", missing),
        *found("webhooks", "Deliveries that are not as they should be", wrong(tried, sink.ledger(), secret)),
    ]


FAULT = Fault(
    "S22",
    "a receiver that fails and hangs, its workers killed",
    strike,
    strikes=1,
    in_mix=False,
    needs="webapp.delivering",
)
