"""Rows of a run: a tenant, its number at the stub, its people, its campaign."""

import uuid
from typing import Any, Final

from sqlalchemy import text

from bench.texts import MESSAGE
from webapp import vault
from webapp.db import act_for, db, owner_engine
from webapp.models.campaigns import Campaign
from webapp.models.tenants import Tenant
from webapp.models.whatsapp_instances import CallbackAddress, WhatsAppInstance
from webapp.sending import plan
from webapp.services import accounts

APP_SECRET: Final = "bench-app-" + "5" * 22
UNLIMITED: Final = 100_000

_PEOPLE: Final = text(
    """
insert into contacts (tenant_id, phone_number, phone_key, name)
select :tenant_id, '+' || (4915100000000 + n), (4915100000000 + n)::text, 'Person ' || n
from generate_series(cast(:first as bigint), :first + :count - 1) as n
"""
)


def make_tenant(name: str = "Bench") -> uuid.UUID:
    """A tenant; from here on the context acts for it."""
    tenant, _ = accounts.create_tenant(name, f"{uuid.uuid4().hex}@example.org")
    return _known(tenant)


def _known(tenant: Tenant) -> uuid.UUID:
    act_for(tenant.id)
    return tenant.id


def make_number(tenant_id: uuid.UUID, base_url: str, per_second: int = UNLIMITED) -> WhatsAppInstance:
    """A connected number whose messages go to `base_url`."""
    key = uuid.uuid4()
    secrets = {"access_token": f"token-{key.hex}", "app_secret": APP_SECRET, "verify_token": key.hex}
    number = WhatsAppInstance(
        tenant_id=tenant_id,
        id=key,
        name="Bench",
        phone_number="+12025550100",
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
    db.session.add(number)
    db.session.flush()
    db.session.add(CallbackAddress(tenant_id=tenant_id, whatsapp_instance_id=key))
    db.session.commit()
    return number


def make_people(tenant_id: uuid.UUID, count: int, *, first: int = 0) -> None:
    """Contacts, and statistics of them.

    PostgreSQL's own may be taken while this statement runs, of a table that was emptied before: they say that nobody is
    there, and every index seems as good as the next to whoever checks a foreign key. Planning then takes minutes.
    """
    db.session.execute(_PEOPLE, {"tenant_id": tenant_id, "first": first, "count": count})
    db.session.commit()
    with owner_engine().begin() as owner:
        owner.execute(text("analyze contacts"))


def make_campaign(tenant_id: uuid.UUID, number: WhatsAppInstance, **fields: Any) -> Campaign:
    """A campaign to everyone, waiting for the planner."""
    given: dict[str, Any] = {"audience": {"recipient_type": "all"}, "status": "preparing"} | fields
    campaign = Campaign(
        tenant_id=tenant_id, whatsapp_instance_id=number.id, name="Bench", message=MESSAGE, **given
    )
    db.session.add(campaign)
    db.session.commit()
    return campaign


def make_planned(base_url: str, people: int, *, per_second: int = UNLIMITED, name: str = "Bench") -> Campaign:
    """A running campaign of a new tenant, with nobody reached yet."""
    tenant_id = make_tenant(name)
    make_people(tenant_id, people)
    campaign = make_campaign(tenant_id, make_number(tenant_id, base_url, per_second))
    plan.plan(tenant_id, campaign.id)
    return campaign
