"""The demo tenant, made in one go."""

import random
import uuid
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from flask import current_app
from sqlalchemy import insert, select

from webapp.db import db
from webapp.domain.errors import N_, Conflict
from webapp.models.contacts import Contact
from webapp.models.groups import Group, GroupContact
from webapp.models.message_templates import MessageTemplate
from webapp.models.opt_outs import SOURCES, OptOut
from webapp.models.tenants import Tenant
from webapp.models.users import User
from webapp.services import accounts, tokens, whatsapp_instances
from webapp.services.demo.customers import SCRIPTED, contacts
from webapp.services.demo.texts import CATERING, GROUPS, NEWSLETTER, OUTCOMES, REGULARS, TEMPLATES

OWNER: Final = "demo@example.org"
NAME: Final = "Demo bakery"

_OPTED_OUT: Final = 60


def is_made() -> bool:
    return db.session.scalar(select(User.id).where(User.email == OWNER)) is not None


def make() -> tuple[Tenant, str]:
    """Make the demo tenant; returns it and the token of its owner's sign-in link.

    Raises:
        Conflict: it is there already.
    """
    if is_made():
        raise Conflict(N_("The demo data are there already."))
    dice = random.Random(1848)  # noqa: S311 the same people at every making
    tenant, token = accounts.create_tenant(NAME, OWNER)
    tenant.time_zone, tenant.default_country = "Europe/Berlin", "DE"
    people = _people(tenant.id, dice)
    _groups(tenant.id, people, dice)
    _opt_outs(tenant.id, people, dice)
    db.session.execute(
        insert(MessageTemplate), [{"tenant_id": tenant.id, **template} for template in TEMPLATES]
    )
    _number(tenant.id)
    db.session.commit()
    return tenant, token


def _people(tenant_id: uuid.UUID, dice: random.Random) -> list[tuple[uuid.UUID, str]]:
    """Ids and phone keys, the scripted ones last."""
    written = insert(Contact).returning(Contact.id, Contact.phone_key, sort_by_parameter_order=True)
    return [(key, phone_key) for key, phone_key in db.session.execute(written, contacts(tenant_id, dice))]


def _groups(tenant_id: uuid.UUID, people: list[tuple[uuid.UUID, str]], dice: random.Random) -> None:
    ids = [key for key, _ in people]
    customers, scripted = ids[: -len(SCRIPTED)], ids[-len(SCRIPTED) :]
    members = {
        NEWSLETTER: dice.sample(customers, 1_400),
        REGULARS: dice.sample(customers, 380),
        CATERING: dice.sample(customers, 120),
        OUTCOMES: scripted,
    }
    for name, description in GROUPS.items():
        group = Group(tenant_id=tenant_id, name=name, description=description)
        db.session.add(group)
        db.session.flush()
        db.session.execute(insert(GroupContact), _memberships(tenant_id, group.id, members[name]))


def _memberships(tenant_id: uuid.UUID, group_id: uuid.UUID, ids: Iterable[uuid.UUID]) -> list[dict[str, Any]]:
    return [{"tenant_id": tenant_id, "group_id": group_id, "contact_id": key} for key in ids]


def _opt_outs(tenant_id: uuid.UUID, people: list[tuple[uuid.UUID, str]], dice: random.Random) -> None:
    said_no = dice.sample(people[: -len(SCRIPTED)], _OPTED_OUT)
    db.session.execute(
        insert(OptOut),
        [
            {
                "tenant_id": tenant_id,
                "phone_key": phone_key,
                "source": dice.choice(SOURCES),
                "at": datetime.now(UTC) - timedelta(days=dice.uniform(1, 300)),
            }
            for _, phone_key in said_no
        ],
    )


def _number(tenant_id: uuid.UUID) -> None:
    """A number of the simulator. Written without asking whether its address may be called: its check asks."""
    columns = {
        "name": "Bakery line",
        "phone_number": "+12025550142",
        "provider": "cloud",
        "base_url": f"http://127.0.0.1:{current_app.config['CRIER'].simulator_port}",
        "api_version": "v23.0",
        "phone_number_id": "100200300400500",
        "business_account_id": "200300400500600",
        "messages_per_second": 200,
    }
    # What the simulator signs with unless it was told otherwise; its tokens are not checked.
    secrets = {
        "access_token": tokens.fresh(),
        "app_secret": "simulator-app-secret",
        "verify_token": tokens.fresh(),
    }
    whatsapp_instances.add(tenant_id, columns, secrets)
