"""As whom everything runs: root, ordinary users, and root where user namespaces are closed."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import psycopg
import pytest

import embedded.identity
from tests.embedded.house import House

_AS = ("unshare", "--user")
ROOT = (*_AS, "--map-root-user")
ORDINARY = (*_AS, "--map-user=65534", "--map-group=65534")
NAMELESS = (*_AS, "--map-user=54321", "--map-group=54321")
NO_UNSHARE = "/nonexistent"


def can_be(runner: Sequence[str]) -> bool:
    return subprocess.run([*runner, "true"], capture_output=True, check=False).returncode == 0


# In a user namespace anybody can be anybody: all kinds of users are tried, whoever runs the tests.
USERS = {"root": ROOT, "ordinary": ORDINARY, "nameless": NAMELESS}
POSSIBLE = {name: runner for name, runner in USERS.items() if can_be(runner)}


def works(house: House) -> bool:
    with psycopg.connect(house.urls["DATABASE_URL"]) as database:
        return database.execute("SELECT 1").fetchall() == [(1,)]


@pytest.fixture
def passable() -> Iterator[Path]:
    """A folder that other users may pass through."""
    with tempfile.TemporaryDirectory() as made:
        path = Path(made)
        path.chmod(0o711)
        yield path


@pytest.mark.parametrize("name", POSSIBLE)
def test_every_kind_of_user_can_run_it(folder: Path, name: str) -> None:
    with House(folder, runner=POSSIBLE[name]) as house:
        house.opens()
        assert works(house)
        assert house.asked_to_end() == 0
    assert not house.left_behind()


def test_without_user_namespaces_root_runs_the_database_as_nobody(passable: Path) -> None:
    with House(passable / "data", PATH=NO_UNSHARE) as house:
        house.opens()
        assert works(house)
        owner = 65534 if os.geteuid() == 0 else os.geteuid()
        assert (passable / "data" / "postgres").stat().st_uid == owner
        house.killed()
    with House(passable / "data") as again:
        again.opens()
        assert works(again)


def test_binaries_out_of_reach_are_copied(passable: Path, tmp_path: Path) -> None:
    package = embedded.identity._package()
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    for found in (package, package.with_name(f"{package.name}.libs")):
        (closed / found.name).symlink_to(found)
    with House(passable / "data", PATH=NO_UNSHARE, PYTHONPATH=str(closed)) as house:
        house.opens()
        assert works(house)
        assert bool(list((passable / "data").glob("postgres-programs-*"))) == (os.geteuid() == 0)


@pytest.mark.parametrize("name", [name for name in POSSIBLE if name == "nameless"])
def test_who_has_no_way_is_told_so(folder: Path, name: str) -> None:
    with House(folder, runner=[str(shutil.which("unshare")), *POSSIBLE[name][1:]], PATH=NO_UNSHARE) as house:
        assert house.ended() == 1
    assert house.lines[-1] == (
        "PostgreSQL does not run as the nameless user 54321: "
        "run Crier as a user of this system, or set DATABASE_URL to a server of your own."
    )
