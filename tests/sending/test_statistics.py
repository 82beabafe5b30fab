"""What the engine reads does not depend on what PostgreSQL happens to know of a tenant."""

import psycopg
from flask import current_app

from tests.campaigning import make_campaign, make_instance, make_people
from tests.people import Person
from webapp.db import act_for
from webapp.models.campaigns import Campaign
from webapp.providers.base import Accepted
from webapp.sending import plan
from webapp.sending.gate import gate
from webapp.sending.lease import claim
from webapp.sending.results import result_of
from webapp.sending.settle import settle
from webapp.sending.store import Store

READ = """
select sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::bigint from pg_stat_user_tables
where relname in ('campaign_recipients', 'contacts')
"""


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


def test_a_tenant_that_came_after_the_last_statistics_is_read_by_its_keys(
    superuser: psycopg.Connection, owner: Person, stranger: Person
) -> None:
    planned(stranger, 3000)
    superuser.execute("analyze campaign_recipients")
    superuser.execute("analyze contacts")
    campaign = planned(owner, 1000)
    instance_id = campaign.whatsapp_instance_id
    assert instance_id is not None
    store = Store(current_app.config["CRIER"].database_url)
    batch = claim(store, owner.tenant_id, campaign.id, 60)
    assert batch is not None
    with store.transaction(owner.tenant_id) as cursor:
        cursor.execute("select pg_stat_force_next_flush()")
    before = rows_read(superuser)
    for number in range(10):
        window = gate(store, batch, 10, lease_seconds=60, post_seconds=30)
        assert window is not None
        results = [result_of(row, Accepted(f"wamid.{number}.{row.number}")) for row in window.rows]
        settle(store, [(window, results)], instance_id=instance_id, type="text")
    with store.transaction(owner.tenant_id) as cursor:
        cursor.execute("select pg_stat_force_next_flush()")
    store.close()
    # Of 100 people: their row and their contact at the gate, their row at the settle, and what keys look up besides.
    assert 200 <= rows_read(superuser) - before < 1000
