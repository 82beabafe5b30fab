"""The making of a database cluster: initdb, then the one role and the one database that Crier uses."""

import os
import shutil
import subprocess
from pathlib import Path

from embedded.identity import Identity
from embedded.paths import write_private
from embedded.program import leashed
from embedded.refused import Refused
from embedded.secrets import Secrets

# Nothing of the terminal's PostgreSQL client settings, nothing of the machine's locale.
ENV = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}


def make_cluster(folder: Path, identity: Identity, secrets: Secrets, *, sync: bool) -> None:
    """A cluster that appears in its place only when it is complete, so an interrupted start costs nothing."""
    draft = folder.with_suffix(".new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    give(draft, identity)
    _initdb(draft, identity, secrets)
    _make_database(draft, identity, secrets)
    if sync:
        _run(identity, "initdb", "--sync-only", "-D", str(draft))
    draft.rename(folder)


def give(folder: Path, identity: Identity) -> None:
    """PostgreSQL starts only in a folder of its own user, closed to others; a copy or a move may undo it."""
    folder.chmod(0o700)
    if folder.stat().st_uid == identity.owner:
        return
    for path in (folder, *folder.rglob("*")):
        os.chown(path, identity.owner, identity.owner, follow_symlinks=False)


def _initdb(draft: Path, identity: Identity, secrets: Secrets) -> None:
    password = draft.with_name("superuser-password")
    write_private(password, secrets.POSTGRES_SUPERUSER_PASSWORD)
    os.chown(password, identity.owner, -1)
    locale = ("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--encoding=UTF8")
    access = ("--username=postgres", f"--pwfile={password}", "--auth=scram-sha-256")
    try:
        _run(identity, "initdb", "--no-sync", "-D", str(draft), *locale, *access)
    finally:
        password.unlink()


def _make_database(draft: Path, identity: Identity, secrets: Secrets) -> None:
    """Without a server: one statement per line to a single-user backend."""
    # The password needs no quoting: it is made here, of letters, digits, - and _.
    role = f"CREATE ROLE crier LOGIN CREATEROLE CREATEDB PASSWORD '{secrets.POSTGRES_PASSWORD}';"
    database = "CREATE DATABASE crier OWNER crier;"
    settings = ("-c", "fsync=off", "-c", "log_checkpoints=off", "-c", "exit_on_error=on")
    statements = f"{role}\n{database}\n"
    _run(identity, "postgres", "--single", *settings, "-D", str(draft), "postgres", stdin=statements)


def _run(identity: Identity, *command: str, stdin: str = "") -> None:
    done = subprocess.run(
        leashed(identity.command(*command), identity.uid),
        input=stdin,
        text=True,
        capture_output=True,
        env=ENV,
        cwd="/",
        start_new_session=True,
        check=False,
    )
    if done.returncode:
        raise Refused(f"PostgreSQL could not be set up ({command[0]}): {done.stderr.strip()}")
