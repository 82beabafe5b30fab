"""What the engine reads does not depend on what PostgreSQL happens to know of a tenant."""

from collections.abc import Iterator
from contextlib import closing

import psycopg
import pytest
from flask import current_app
from sqlalchemy import text

from tests.campaigning import make_campaign, make_instance, make_people
from tests.people import Person
from webapp.db import act_for, db
from webapp.models.campaigns import Campaign
from webapp.providers.base import Accepted
from webapp.sending import plan
from webapp.sending.gate import gate
from webapp.sending.lease import Batch, claim
from webapp.sending.results import result_of
from webapp.sending.settle import settle
from webapp.sending.store import Store

READ = """
select sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::bigint from pg_stat_user_tables
where relname in ('campaign_recipients', 'contacts')
"""


@pytest.fixture
def store(owner: Person) -> Iterator[Store]:
    with closing(Store(current_app.config["CRIER"].database_url)) as store:
        yield store


def planned(person: Person, count: int) -> Campaign:
    act_for(person.tenant_id)
    make_people(person.tenant_id, count)
    campaign = make_campaign(person.tenant_id, make_instance(person.tenant_id))
    plan.plan(person.tenant_id, campaign.id)
    return campaign


def rows_read(superuser: psycopg.Connection) -> int:
    superuser.execute("select pg_stat_clear_snapshot()")
    found = superuser.execute(READ).fetchone()
    assert found is not None
    return int(found[0])


def rows_read_by_ten_windows(superuser: psycopg.Connection, store: Store, campaign: Campaign) -> int:
    """Of 100 people: their row and their contact at the gate, their row at the settle, and what keys look up besides."""
    batch = claimed(store, campaign)
    # What the plan has read is not to be counted later.
    db.session.execute(text("select pg_stat_force_next_flush()"))
    db.session.commit()
    tell_what_was_read(store, campaign)
    before = rows_read(superuser)
    for _ in range(10):
        send(store, campaign, batch, 10)
    tell_what_was_read(store, campaign)
    return rows_read(superuser) - before


def claimed(store: Store, campaign: Campaign) -> Batch:
    batch = claim(store, campaign.tenant_id, campaign.id, 60)
    assert batch is not None
    return batch


def send(store: Store, campaign: Campaign, batch: Batch, people: int) -> None:
    window = gate(store, batch, people, lease_seconds=60, post_seconds=30)
    assert window is not None
    assert campaign.whatsapp_instance_id is not None
    results = [result_of(row, Accepted(f"wamid.{row.number}")) for row in window.rows]
    settle(store, [(window, results)], instance_id=campaign.whatsapp_instance_id, type="text")


def tell_what_was_read(store: Store, campaign: Campaign) -> None:
    with store.transaction(campaign.tenant_id) as cursor:
        cursor.execute("select pg_stat_force_next_flush()")


def test_a_tenant_that_came_after_the_last_statistics_is_read_by_its_keys(
    superuser: psycopg.Connection, owner: Person, stranger: Person, store: Store
) -> None:
    planned(stranger, 3000)
    superuser.execute("analyze campaign_recipients")
    superuser.execute("analyze contacts")
    assert 200 <= rows_read_by_ten_windows(superuser, store, planned(owner, 1000)) < 1000


def test_what_was_planned_for_a_small_table_does_not_read_a_large_one(
    superuser: psycopg.Connection, owner: Person, stranger: Person, store: Store
) -> None:
    first = planned(stranger, 1)
    send(store, first, claimed(store, first), 1)
    assert 200 <= rows_read_by_ten_windows(superuser, store, planned(owner, 5000)) < 1000
