"""A database that went back in time is noticed before anything is sent from it; a lost mark alone is no alarm."""

import shutil
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import text

from embedded import servers
from tests.campaigning import make_campaign, make_instance, make_people, statuses
from tests.people import make_person
from webapp import broker
from webapp.app import create_app
from webapp.config import Settings
from webapp.db import act_for, as_owner, db, owner_engine
from webapp.jobs import work
from webapp.models.campaigns import Campaign
from webapp.models.events import Event
from webapp.sending import continuity, plan
from webapp.services.campaigns import moves


class House:
    """A program with servers and a data folder of its own, whose database can be copied and put back."""

    def __init__(self, started: servers.Servers, app: Flask, folder: Path) -> None:
        self.servers, self.app, self.folder = started, app, folder

    @property
    def data(self) -> Path:
        return self.folder / "servers" / "postgres"

    def stop(self) -> None:
        db.session.remove()
        db.engine.dispose()
        self.servers.postgres.stop()

    def base_copy(self) -> Path:
        """A copy of all files, as a backup program makes it."""
        copy = self.folder / "copy"
        self.stop()
        shutil.copytree(self.data, copy, symlinks=True)
        self.servers.postgres.start()
        return copy

    def put_back(self, copy: Path) -> None:
        self.stop()
        shutil.rmtree(self.data)
        shutil.copytree(copy, self.data, symlinks=True)
        self.servers.postgres.start()

    def administer(self, *statements: str) -> None:
        """With nobody connected to the database."""
        db.session.remove()
        db.engine.dispose()
        with psycopg.connect(self.servers.superuser_url, autocommit=True) as connection:
            for statement in statements:
                self._execute(connection, statement)

    def _execute(self, connection: psycopg.Connection, statement: str) -> None:
        """Also while the server itself is still looking after the database."""
        give_up = time.monotonic() + 20
        while True:
            connection.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where datname = 'crier'"
            )
            try:
                connection.execute(statement)  # type: ignore[call-overload]
                return
            except psycopg.errors.ObjectInUse:
                if time.monotonic() > give_up:
                    raise
                time.sleep(0.1)


@pytest.fixture
def house(tmp_path: Path, settings: Settings) -> Iterator[House]:
    with servers.start(tmp_path / "servers", fsync=False) as started:
        (tmp_path / "data").mkdir()
        own = replace(
            settings,
            database_url=started.database_url,
            redis_url=started.redis_url,
            data_dir=tmp_path / "data",
        )
        app = create_app(own, statement_timeout_ms=60_000)
        with app.app_context():
            upgrade()
            yield House(started, app, tmp_path)
            db.session.remove()
            db.engine.dispose()
            owner_engine().dispose()


def make_three(house: House) -> list[Campaign]:
    """One that runs, one that is prepared, and one that starts tomorrow."""
    owner = make_person(house.app)
    make_people(owner.tenant_id, 5)
    instance = make_instance(owner.tenant_id)
    running = make_campaign(owner.tenant_id, instance)
    plan.plan(owner.tenant_id, running.id)
    preparing = make_campaign(owner.tenant_id, instance)
    later = make_campaign(
        owner.tenant_id, instance, status="scheduled", scheduled_at=datetime.now(UTC) + timedelta(days=1)
    )
    return [running, preparing, later]


def looked_at(campaigns: list[Campaign]) -> list[tuple[str, str | None]]:
    act_for(campaigns[0].tenant_id)
    db.session.expire_all()
    found = []
    for campaign in campaigns:
        row = db.session.get_one(Campaign, (campaign.tenant_id, campaign.id), populate_existing=True)
        found.append((row.status, row.paused_reason))
    return found


UNTOUCHED = [("running", None), ("preparing", None), ("scheduled", None)]
HELD = [("paused", "database_changed")] * 3


def next_number() -> int:
    with as_owner() as connection:
        return int(connection.scalar(text("select reserve_numbers(1)")) or 0)


def test_a_fresh_house_and_one_that_goes_on_are_no_alarm(house: House) -> None:
    assert continuity.check() is True
    campaigns = make_three(house)
    assert continuity.check() is True
    house.stop()
    house.servers.postgres.start()
    assert continuity.check() is True
    assert looked_at(campaigns) == UNTOUCHED


def test_a_lost_mark_alone_is_no_alarm(house: House) -> None:
    campaigns = make_three(house)
    continuity.check()
    broker.redis().flushall()
    assert continuity.check() is True
    (house.folder / "data" / continuity.FILE).unlink()
    assert continuity.check() is True
    (house.folder / "data" / continuity.FILE).write_text("{")
    broker.redis().set(continuity.KEY, "nonsense")
    assert continuity.check() is True
    assert looked_at(campaigns) == UNTOUCHED


def test_files_that_were_put_back_hold_everything_until_a_person_resumes(house: House) -> None:
    campaigns = make_three(house)
    continuity.check()
    copy = house.base_copy()
    continuity.check()
    given = next_number()
    continuity.check()
    house.put_back(copy)
    assert continuity.check() is False
    assert looked_at(campaigns) == HELD
    assert next_number() > given
    told = db.session.scalars(
        Event.of(campaigns[0].tenant_id).where(Event.type == "campaign_status_changed")
    ).all()
    assert sum(event.payload["pausedReason"] == "database_changed" for event in told) == 3
    assert continuity.check() is True
    for campaign in campaigns:
        moves.resume(campaign.tenant_id, campaign.id)
    assert continuity.check() is True
    assert looked_at(campaigns) == [("running", None), ("preparing", None), ("scheduled", None)]


@pytest.mark.parametrize("lost", ["redis", "file", "neither"])
def test_a_database_made_anew_from_a_copy_is_noticed_by_either_mark(house: House, lost: str) -> None:
    campaigns = make_three(house)
    house.administer("create database older template crier")
    continuity.check()
    house.administer("drop database crier", "alter database older rename to crier")
    if lost == "redis":
        broker.redis().flushall()
    elif lost == "file":
        (house.folder / "data" / continuity.FILE).unlink()
    assert continuity.check() is False
    assert looked_at(campaigns) == HELD


def test_rows_that_were_put_back_into_the_same_database_are_noticed(house: House) -> None:
    """As `pg_restore --clean` does: same cluster, same name, older sequences."""
    campaigns = make_three(house)
    for _ in range(3):
        continuity.check()
    with as_owner() as connection:
        connection.execute(text("select setval('house_beats', 1)"))
    assert continuity.check() is False
    assert looked_at(campaigns) == HELD


def test_the_planner_looks_first(house: House) -> None:
    campaigns = make_three(house)
    house.administer("create database older template crier")
    continuity.check()
    house.administer("drop database crier", "alter database older rename to crier")
    work.plan_campaign(str(campaigns[1].tenant_id), str(campaigns[1].id))
    assert looked_at(campaigns) == HELD
    assert statuses(campaigns[1]) == {}
