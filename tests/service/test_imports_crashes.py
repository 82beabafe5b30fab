"""Whatever dies, and whenever: the import goes on where it was, and no row counts twice or not at all."""

import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.exc import DBAPIError

from tests.imports import bring, counts, finish, people, start_list, upload_list
from tests.people import Person
from tests.processes import running_house, wait_until
from webapp import broker
from webapp.config import Settings
from webapp.db import as_owner, db
from webapp.models.events import Event
from webapp.models.imports import ImportChunk, ImportRow, ImportRun
from webapp.services import bells, groups, imports_overdue
from webapp.services.imports import runs, work

# Two in three are new people, every third is there again at the end; two rows are refused.
MANY = 9_000
LINES = [f"Person {n},+49151{10_000_000 + n}" for n in range(MANY)]
DATA = "\n".join(["name,phone", "bad,1", *LINES, *LINES[::3], "bad,2"])
OUTCOME = {"added": MANY, "repeated": MANY // 3, "refused": 2}

BREAKS = {
    "in the first step of reading": ("import_rows", "insert", "new.row_number = 5"),
    "in a later step of reading": ("import_rows", "insert", "new.row_number = 7000"),
    "at the last row of the file": ("import_rows", "insert", f"new.row_number = {MANY + MANY // 3 + 2}"),
    "in the first step of merging": ("contacts", "insert", "new.name = 'Person 10'"),
    "in a later step of merging": ("contacts", "insert", "new.name = 'Person 8999'"),
    "when people join the group": ("group_contacts", "insert", "random() < 0.001"),
    "when rows are forgotten": ("import_rows", "delete", "old.row_number = 5000"),
    "when the end is told": ("events", "insert", "new.type = 'contacts_imported'"),
    "when the file is forgotten": ("import_chunks", "delete", "true"),
}


@pytest.mark.parametrize("broken", BREAKS)
def test_a_step_that_breaks_is_done_again_and_nothing_is_doubled(owner: Person, broken: str) -> None:
    group = groups.create(owner.tenant_id, name="Guests")
    run = start_list(owner.tenant_id, DATA, group_id=group.id)
    with _breaking(*BREAKS[broken]), pytest.raises(DBAPIError, match="broken on purpose"):
        finish(run)
    db.session.refresh(run)
    assert run.status in runs.RUNNING
    assert run.tries == 1
    assert counts(finish(run)) == OUTCOME
    assert len(people(owner.tenant_id)) == MANY
    db.session.refresh(group)
    assert group.contact_count == MANY
    assert _leftovers(run) == (2, 0)
    assert db.session.scalars(db.select(Event.type).where(Event.object_id == run.id)).all() == [
        "contacts_imported"
    ]


def test_an_import_that_breaks_again_and_again_fails_with_a_sentence(owner: Person) -> None:
    run = start_list(owner.tenant_id, DATA)
    with _breaking("contacts", "insert", "new.name = 'Person 8999'"):
        for _ in range(60):
            with suppress(DBAPIError):  # a slow machine gets to the broken row in a later slice
                work.advance(run.tenant_id, run.id)
            db.session.refresh(run)
            if run.status == "failed":
                break
    assert run.status == "failed"
    assert "Something went wrong on our side" in str(runs.failure(run))
    finish(run)
    assert _leftovers(run) == (2, 0)
    assert counts(bring(owner.tenant_id, DATA)) == OUTCOME | {
        "added": MANY - run.added,
        "unchanged": run.added,
    }


def test_who_finds_the_import_taken_leaves_it_alone(app: Flask, owner: Person) -> None:
    run = start_list(owner.tenant_id, DATA)
    runs.locked(owner.tenant_id, run.id)
    _elsewhere(app, lambda: work.advance(owner.tenant_id, run.id))
    db.session.rollback()
    db.session.refresh(run)
    assert (run.status, run.read_rows) == ("queued", 0)


def test_workers_at_the_same_import_at_once_do_no_harm(app: Flask, owner: Person) -> None:
    run = start_list(owner.tenant_id, DATA)
    run_id, done = run.id, threading.Event()

    def work_on() -> None:
        while not done.wait(0.01):
            work.advance(owner.tenant_id, run_id)

    workers = [threading.Thread(target=_elsewhere, args=(app, work_on)) for _ in range(3)]
    for worker in workers:
        worker.start()
    wait_until(lambda: _fresh(run).status == "completed", 60)
    done.set()
    for worker in workers:
        worker.join()
    assert counts(run) == OUTCOME
    assert len(people(owner.tenant_id)) == MANY


def test_two_imports_of_the_same_people_at_once_do_not_lock_each_other_out(app: Flask, owner: Person) -> None:
    both = [start_list(owner.tenant_id, data) for data in (DATA, "\n".join(["name,phone", *reversed(LINES)]))]

    def work_on(run_id: uuid.UUID) -> None:
        for _ in range(50):
            work.advance(owner.tenant_id, run_id)

    workers = [threading.Thread(target=_elsewhere, args=(app, lambda i=run.id: work_on(i))) for run in both]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    for run in both:
        db.session.refresh(run)
        assert run.status == "completed"
    assert sum(run.added for run in both) == MANY == len(people(owner.tenant_id))


def test_a_worker_that_is_killed_while_reading_and_again_while_merging(
    settings: Settings, owner: Person, tmp_path: Path
) -> None:
    group = groups.create(owner.tenant_id, name="Guests")
    lines = [f"Person {n},+49151{10_000_000 + n},{n}" for n in range(40_000)]
    data = "\n".join(["name,phone,number", *lines, *lines[::2], "bad,1,"])
    with running_house(tmp_path, settings, senders=0, web=False) as house:
        run = start_list(owner.tenant_id, data, group_id=group.id)
        for position in ("read_rows", "merged_rows"):
            wait_until(lambda position=position: getattr(_fresh(run), position) > 0, 30)
            house.kill("work")
            assert _fresh(run).status in runs.RUNNING, "the worker was quicker than the kill"
            house.start("work", "worker.py", "work")
        wait_until(lambda: _fresh(run).status == "completed", 60)
    assert counts(run) == {"added": 40_000, "repeated": 20_000, "refused": 1}
    assert len(people(owner.tenant_id)) == 40_000
    db.session.refresh(group)
    assert group.contact_count == 40_000


def test_the_clock_finds_what_must_be_looked_after(owner: Person) -> None:
    running, cancelled = start_list(owner.tenant_id, DATA), start_list(owner.tenant_id, DATA)
    fresh, old = upload_list(owner.tenant_id, DATA), upload_list(owner.tenant_id, DATA)
    bring(owner.tenant_id, DATA)
    runs.cancel(owner.tenant_id, cancelled.id)
    old.created_at -= timedelta(days=2)
    db.session.commit()
    due = {(owner.tenant_id, run.id) for run in (running, cancelled, old)}
    assert set(imports_overdue.unfinished()) == due
    broker.redis().flushdb()
    bells.ring_forgotten()
    assert {tuple(job.args) for job in broker.queue("work").jobs} == {(str(t), str(r)) for t, r in due}
    for run in (running, cancelled, old):
        finish(run)
    assert imports_overdue.unfinished() == []
    assert _fresh(fresh).status == "uploaded"


@contextmanager
def _breaking(table: str, operation: str, condition: str) -> Iterator[None]:
    """While inside, a row that fits breaks the statement that touches it: as a crash of the server would."""
    with as_owner() as connection:
        connection.exec_driver_sql(
            "create function break_on_purpose() returns trigger language plpgsql as "
            "$$ begin raise exception 'broken on purpose'; end $$"
        )
        connection.exec_driver_sql(
            f"create trigger break_on_purpose before {operation} on {table} for each row "
            f"when ({condition}) execute function break_on_purpose()"
        )
    try:
        yield
    finally:
        db.session.rollback()
        with as_owner() as connection:
            connection.exec_driver_sql(f"drop trigger break_on_purpose on {table}")
            connection.exec_driver_sql("drop function break_on_purpose")


def _elsewhere(app: Flask, act: Callable[[], object]) -> None:
    """Act as another worker would: in a context of its own."""
    with app.app_context():
        act()
        db.session.remove()


def _fresh(run: ImportRun) -> ImportRun:
    db.session.rollback()
    db.session.refresh(run)
    return run


def _leftovers(run: ImportRun) -> tuple[int, int]:
    """Rows and pieces of the file that are still kept."""
    rows, pieces = (
        db.session.scalar(db.select(db.func.count()).select_from(model).where(model.import_run_id == run.id))
        for model in (ImportRow, ImportChunk)
    )
    return rows or 0, pieces or 0
