"""The first start, the second, and the starts that are refused."""

import json
import os
import shutil
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from embedded import running
from tests.embedded.house import House


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One that stands open, for the tests that only look."""
    base = tmp_path_factory.mktemp("open")
    with House(base / "data", ALSO="telling", EGRESS_ALLOW="10.0.0.0/8:443") as opened:
        opened.opens()
        yield opened
    shutil.rmtree(base)


def remember(house: House, word: str) -> None:
    with psycopg.connect(house.urls["DATABASE_URL"]) as database:
        database.execute("CREATE TABLE words AS SELECT %s::text AS word", [word])
    with redis.Redis.from_url(house.urls["REDIS_URL"]) as broker:
        broker.set("word", word)


def recall(house: House) -> tuple[str, str]:
    with psycopg.connect(house.urls["DATABASE_URL"]) as database:
        (row,) = database.execute("SELECT word FROM words").fetchall()
    with redis.Redis.from_url(house.urls["REDIS_URL"], decode_responses=True) as broker:
        return row[0], str(broker.get("word"))


def servers(house: House) -> dict[str, str]:
    """Where the house says its servers accept."""
    return {name: house.urls[name] for name in ("DATABASE_URL", "REDIS_URL")}


def test_a_second_start_finds_the_data_the_secrets_and_the_ports_of_the_first(folder: Path) -> None:
    with House(folder) as first:
        assert first.opens() == f"http://127.0.0.1:{first.env['PORT']}/sign-in/once"
        assert "within 15 minutes; `" in first.text
        remember(first, "kept")
        urls, secrets = servers(first), running.secrets(folder)
        assert first.asked_to_end() == 0
    assert running.urls(folder) == {}
    with House(folder) as second:
        second.opens()
        assert (servers(second), running.secrets(folder)) == (urls, secrets)
        assert recall(second) == ("kept", "kept")


def test_only_the_owner_can_read_what_the_folder_keeps(house: House) -> None:
    folder = house.folder
    private = [folder / name for name in ("secrets.json", "running.json", "ports.json", "lock")]
    assert {mode_of(path) for path in [*private, folder / "valkey" / "valkey.conf"]} == {0o600}
    assert {mode_of(path) for path in (folder, folder / "postgres", folder / "valkey")} == {0o700}


def test_the_database_belongs_to_a_role_that_is_no_superuser(house: House) -> None:
    with psycopg.connect(house.urls["DATABASE_URL"]) as database:
        rights = database.execute(
            "SELECT rolname, rolsuper, rolcreaterole, rolcreatedb, datlocale, pg_encoding_to_char(encoding), "
            "current_setting('data_checksums'), current_setting('TimeZone') "
            "FROM pg_roles, pg_database d WHERE rolname = current_user AND d.datdba = pg_roles.oid"
        ).fetchall()
    assert rights == [("crier", False, True, True, "C.UTF-8", "UTF8", "on", "UTC")]


@pytest.mark.parametrize("user", ["crier", "postgres"])
def test_nobody_gets_into_the_database_without_the_password(house: House, user: str) -> None:
    place = house.urls["DATABASE_URL"].rsplit("@")[1]
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(f"postgresql://{user}:guessed@{place}")


def test_nobody_gets_into_the_broker_without_the_password(house: House) -> None:
    place = house.urls["REDIS_URL"].rsplit("@")[1]
    with redis.Redis.from_url(f"redis://{place}") as stranger, pytest.raises(redis.AuthenticationError):
        stranger.get("word")


def test_an_error_in_the_log_shows_nobody_s_number(house: House) -> None:
    with psycopg.connect(house.urls["DATABASE_URL"]) as database:
        database.execute("CREATE TEMP TABLE people (phone text PRIMARY KEY)")
        with pytest.raises(psycopg.errors.UniqueViolation):
            database.execute("INSERT INTO people VALUES ('+4915112345678'), ('+4915112345678')")
    house.says("duplicate key")
    assert "4915112345678" not in house.text


def test_programs_know_the_servers_the_secrets_and_the_simulator(house: House) -> None:
    told = json.loads(house.says(r"^telling +\| (.+)$")[1])
    assert told.items() >= {**house.urls, **running.secrets(house.folder)}.items()
    assert told["EGRESS_ALLOW"] == f"10.0.0.0/8:443,127.0.0.1/32:{house.env['SIMULATOR_PORT']}"
    assert told["BASE_URL"] == house.urls["BASE_URL"] == f"http://127.0.0.1:{house.env['PORT']}"


def test_a_second_house_in_the_same_folder_is_told_where_the_first_one_is(house: House) -> None:
    with House(house.folder) as second:
        assert second.ended() == 1
    assert second.lines == [
        f"Crier already runs at http://127.0.0.1:{house.env['PORT']} (process {house.process.pid}) "
        f"with the data of {house.folder}: stop that one first, or set DATA_DIR to another folder."
    ]
    assert house.process.poll() is None
    assert house.urls


def test_a_given_server_is_used_instead_of_an_own_one(house: House, folder: Path) -> None:
    with House(folder, **servers(house)) as guest:
        guest.opens()
        assert not servers(house).keys() & guest.urls
    assert not (folder / "postgres").exists()


def test_a_taken_port_is_told_before_anything_starts(folder: Path) -> None:
    for name in ("PORT", "SIMULATOR_PORT"):
        with socket.create_server(("127.0.0.1", 0)) as other:
            port = other.getsockname()[1]
            with House(folder, **{name: str(port)}) as house:
                assert house.ended() == 1
        assert house.lines == [
            f"Port {port} on 127.0.0.1 is taken by another program: "
            f"stop that one, or choose another port, such as {name}={port + 1}."
        ]
        assert not (folder / "secrets.json").exists()


def test_a_folder_of_another_user_is_told(folder: Path) -> None:
    if os.geteuid() == 0:
        folder.mkdir(mode=0o700)
        os.chown(folder, 65534, 65534)
    with House(folder if os.geteuid() == 0 else Path("/root/crier")) as house:
        assert house.ended() == 1
    (line,) = house.lines
    assert line.startswith("The data folder ")


def test_nonsense_for_a_port_is_told(folder: Path) -> None:
    with House(folder, PORT="eighty") as house:
        assert house.ended() == 1
    assert house.lines == ["PORT is 'eighty': it must be a number from 1 to 65535."]


def test_a_server_port_that_somebody_else_took_is_exchanged(folder: Path) -> None:
    with House(folder) as first:
        first.opens()
    kept = json.loads((folder / "ports.json").read_text())
    with socket.create_server(("127.0.0.1", kept["postgres"])), House(folder) as second:
        second.opens()
        now = json.loads((folder / "ports.json").read_text())
    assert now["postgres"] != kept["postgres"]
    assert now["valkey"] == kept["valkey"]


def test_a_database_without_its_secrets_is_not_started_with_new_ones(folder: Path) -> None:
    (folder / "postgres").mkdir(parents=True)
    with House(folder) as house:
        assert house.ended() == 1
    assert "its secrets.json is missing" in house.text
    assert not (folder / "secrets.json").exists()


def test_without_an_owner_the_address_itself_is_given(folder: Path) -> None:
    with House(folder, NO_OWNER="yes") as house:
        assert house.opens() == f"http://127.0.0.1:{house.env['PORT']}"


def test_migrations_that_fail_end_the_start(folder: Path) -> None:
    with House(folder, MIGRATE_CODE="3") as house:
        assert house.ended() == 1
        assert house.lines[-1] == "The database could not be brought up to date (migrate); why stands above."
        assert not house.left_behind()
