"""A send: one campaign of a world, with people of its own and a number of its own, and what was done to it."""

import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Final

from sqlalchemy import text

from chaos.world import World
from webapp import vault
from webapp.db import db
from webapp.domain.errors import Conflict
from webapp.models.campaigns import Campaign
from webapp.models.whatsapp_instances import CallbackAddress, WhatsAppInstance
from webapp.services import groups
from webapp.services.campaigns import moves

APP_SECRET: Final = "r4nd0m-app-proof-of-this-number"

Gates = frozenset[int]

_numbers = count(1)

_PEOPLE = text(
    """insert into contacts (tenant_id, phone_number, phone_key, name)
       select :tenant_id, '+' || n, n::text, 'Person ' || n
       from generate_series(:first, :first + :count - 1) as n returning id"""
)


@dataclass
class Stop:
    """Something that stopped a campaign, or only these people in it, and has returned.

    `gates` had committed by then, `gates_until` when a person let it go on: between the two none may."""

    what: str
    gates: Gates
    phones: frozenset[str] | None = None
    gates_until: Gates | None = None


@dataclass
class Send:
    """`people` is how many it is to reach; `first` is the first of their phone numbers, as digits."""

    world: World
    tenant_id: uuid.UUID
    campaign_id: uuid.UUID
    number_id: str
    first: int
    people: int
    per_second: int
    message: str
    secrets: tuple[str, ...]
    stops: list[Stop] = field(default_factory=list)
    is_started: bool = False
    is_over: bool = False
    # The database forgot part of it, so its rows say nothing any more.
    is_lost: bool = False

    def start(self) -> None:
        self.world.act(self.tenant_id, lambda: moves.start(self.tenant_id, self.campaign_id))
        self.is_started = True

    def accepted(self) -> int:
        return len(self.world.ledger.of(self.number_id))

    def reaches(self, accepted: int, seconds: float = 60) -> bool:
        """Wait until so many messages were accepted, or the campaign came to its end before."""
        return self.world.until(
            lambda: self.accepted() >= accepted or self.status() not in _UNDERWAY, seconds
        )

    def status(self) -> str:
        with self.world.database() as connection:
            row = connection.execute(
                "select status from campaigns where id = %s", [self.campaign_id]
            ).fetchone()
        return str(row["status"]) if row else "gone"

    def pause(self) -> bool:
        """Pause it and note what had passed the gate when that returned; whether there was something to pause."""
        try:
            self.world.act(self.tenant_id, lambda: moves.pause(self.tenant_id, self.campaign_id))
        except Conflict:
            return False
        self.stops.append(Stop("paused", self.gates()))
        return True

    def resume(self) -> None:
        self.stops[-1].gates_until = self.gates()
        self.let_go_on()

    def let_go_on(self) -> None:
        """As a person does with one that paused by itself."""
        try:
            self.world.act(self.tenant_id, lambda: moves.resume(self.tenant_id, self.campaign_id))
        except Conflict:
            # It came to its end meanwhile, or an earlier try did it before the connection broke.
            return

    def cancel(self) -> None:
        try:
            self.world.act(self.tenant_id, lambda: moves.cancel(self.tenant_id, self.campaign_id))
        except Conflict:
            return
        self.stops.append(Stop("cancelled", self.gates()))

    def stopped_for(self, what: str, phones: frozenset[str]) -> None:
        """These people opted out or were deleted, and that has returned."""
        self.stops.append(Stop(what, self.gates(), phones))

    def gates(self) -> Gates:
        """The first number of every window that has been recorded."""
        query = "select first_number from send_windows where campaign_id = %s"

        def read() -> Gates:
            with self.world.database() as connection:
                return frozenset(
                    int(row["first_number"]) for row in connection.execute(query, [self.campaign_id])
                )

        while (known := self.world.quietly(read)) is None:
            self.world.wait(0.1)
        return known


_UNDERWAY = ("preparing", "running", "paused", "draft")


def make_send(
    world: World, people: int, *, per_second: int, tenant: int = 0, message: str = "Hello {{name}}"
) -> Send:
    """A campaign to `people` of its own that is ready to be started."""
    tenant_id = world.tenants[tenant]
    return world.act(tenant_id, lambda: _make(world, tenant_id, people, per_second, message))


def _make(world: World, tenant_id: uuid.UUID, people: int, per_second: int, message: str) -> Send:
    which = next(_numbers)
    first = 4915100000000 + which * 100_000
    given = {"tenant_id": tenant_id, "first": first, "count": people}
    contacts = list(db.session.scalars(_PEOPLE, given))
    db.session.commit()
    group = groups.create(tenant_id, name=f"People {which}")
    groups.add_contacts(tenant_id, group.id, contacts)
    instance, secrets = _instance(tenant_id, world.provider.url, per_second, which)
    campaign = Campaign(
        tenant_id=tenant_id,
        whatsapp_instance_id=instance.id,
        name=f"Campaign {which} of {datetime.now(UTC):%H:%M}",
        message=message,
        audience={"recipient_type": "groups", "recipient_ids": [str(group.id)]},
        status="draft",
    )
    db.session.add(campaign)
    db.session.commit()
    web = world.webs[which % len(world.webs)]
    url = f"{web}/callbacks/whatsapp/{instance.id}"
    world.provider.register(instance.phone_number_id, instance.business_account_id, APP_SECRET, url)
    return Send(
        world, tenant_id, campaign.id, instance.phone_number_id, first, people, per_second, message, secrets
    )


def _instance(
    tenant_id: uuid.UUID, base_url: str, per_second: int, which: int
) -> tuple[WhatsAppInstance, tuple[str, ...]]:
    key = uuid.uuid4()
    secrets = {
        "access_token": f"EAAG{uuid.uuid4().hex}",
        "app_secret": APP_SECRET,
        "verify_token": f"verify-{uuid.uuid4().hex}",
    }
    instance = WhatsAppInstance(
        tenant_id=tenant_id,
        id=key,
        name=f"Shop {which}",
        phone_number=f"+1202555{which:04d}",
        base_url=base_url,
        api_version="v23.0",
        phone_number_id=str(key.int % 10**15),
        business_account_id=str(key.int % 10**14),
        credentials={
            name: vault.seal(value, tenant_id, "whatsapp_instances", key, name)
            for name, value in secrets.items()
        },
        messages_per_second=per_second,
        status="connected",
    )
    db.session.add(instance)
    db.session.flush()
    db.session.add(CallbackAddress(tenant_id=tenant_id, whatsapp_instance_id=key))
    db.session.commit()
    return instance, tuple(secrets.values())
