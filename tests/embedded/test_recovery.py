"""What dies comes back, with everything that was committed."""

import itertools
import os
import signal
import subprocess
from pathlib import Path

import psycopg
import pytest
import redis

from embedded import running, servers
from embedded.refused import Refused
from tests.embedded.house import House, eventually, lives


def fill(urls: dict[str, str]) -> None:
    with psycopg.connect(urls["DATABASE_URL"]) as database:
        database.execute("CREATE TABLE numbers AS SELECT generate_series(1, 20000) AS number")
    with redis.Redis.from_url(urls["REDIS_URL"]) as broker:
        broker.mset({f"key {number}": "kept" for number in range(1000)})


def counts(urls: dict[str, str]) -> tuple[int, int] | None:
    """The rows and the keys; None while the servers do not answer."""
    try:
        with psycopg.connect(urls["DATABASE_URL"]) as database:
            (rows,) = database.execute("SELECT count(*) FROM numbers").fetchall()
        with redis.Redis.from_url(urls["REDIS_URL"]) as broker:
            return rows[0], broker.dbsize()
    except (psycopg.OperationalError, redis.ConnectionError):
        return None


def test_killed_servers_come_back_with_their_data(folder: Path) -> None:
    with House(folder) as house:
        house.opens()
        fill(house.urls)
        for name in ("postgres", "valkey-server"):
            os.kill(house.pid_of(name), signal.SIGKILL)
        house.says("postgres was ended by SIGKILL; again in 1 s")
        house.says("valkey was ended by SIGKILL; again in 1 s")
        eventually(lambda: counts(house.urls) == (20000, 1000), "the data did not come back")
        assert house.asked_to_end() == 0
    assert not house.left_behind()


def test_everything_killed_at_once_starts_again(folder: Path) -> None:
    with House(folder) as house:
        house.opens()
        fill(house.urls)
        house.killed(with_all=True)
        assert (folder / "postgres" / "postmaster.pid").exists()
        assert running.urls(folder) == {}
    with House(folder) as again:
        again.opens()
        assert counts(again.urls) == (20000, 1000)


def test_the_number_of_a_dead_server_may_belong_to_another_program_by_now(folder: Path) -> None:
    note = folder / "postgres" / "postmaster.pid"
    with servers.start(folder, fsync=False) as started:
        words = note.read_text().splitlines()
        started.postgres.kill()
    other = subprocess.Popen(["sleep", "600"])
    try:
        note.write_text("\n".join([str(other.pid), *words[1:], ""]))
        with servers.start(folder, fsync=False):
            assert lives(other.pid)
    finally:
        other.kill()
        other.wait()


def test_servers_that_were_left_running_make_room(folder: Path) -> None:
    with servers.start(folder, fsync=False) as started:
        commands = [server.command for server in (started.postgres, started.valkey)]
    left = [subprocess.Popen(command, cwd="/", stderr=subprocess.DEVNULL) for command in commands]
    try:
        eventually((folder / "postgres" / "postmaster.pid").exists, "the left server did not start")
        with servers.start(folder, fsync=False) as again:
            assert [process.poll() for process in left] == [-signal.SIGKILL, -signal.SIGKILL]
            with psycopg.connect(again.database_url) as database:
                assert database.execute("SELECT 1").fetchall() == [(1,)]
    finally:
        for process in left:
            process.kill()
            process.wait()


def test_an_interrupted_first_start_costs_nothing(folder: Path) -> None:
    half = folder / "postgres.new" / "base"
    half.mkdir(parents=True)
    with servers.start(folder, fsync=False) as started, psycopg.connect(started.superuser_url) as database:
        assert database.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchall() == [
            (True,)
        ]
    assert not half.exists()


def test_a_folder_has_one_pair_of_servers(folder: Path) -> None:
    with servers.start(folder, fsync=False) as started:
        with pytest.raises(Refused, match="already runs"):
            servers.start(folder)
        assert running.urls(folder) == {"DATABASE_URL": started.database_url, "REDIS_URL": started.redis_url}
    assert running.urls(folder) == {}


def test_a_program_that_keeps_dying_is_started_again_later_and_later(folder: Path) -> None:
    with House(folder, ALSO="dying") as house:
        house.says(r"dying +\| a last word$")
        for pause in (1, 2, 4):
            house.says(f"dying ended with exit code 3; again in {pause} s")
        births = [float(line) for line in (folder / "diary").read_text().split()]
    pauses = [later - earlier for earlier, later in itertools.pairwise(births)]
    assert [round(pause) for pause in pauses] == [1, 2]


def test_what_a_dead_program_had_started_ends_with_it(folder: Path) -> None:
    with House(folder, ALSO="parent") as house:
        house.opens()
        parent, child = sorted(house.pids_of("parent"))
        os.kill(parent, signal.SIGKILL)
        house.says("parent was ended by SIGKILL")
        eventually(lambda: not lives(child), "the child lives on")
