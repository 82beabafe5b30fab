"""The one table of what `up` runs: the commands that prepare the house and the programs that stay."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass

from embedded.program import SIMULATOR, Program
from embedded.settings import Settings

WORKER_KINDS = ("send", "work", "webhooks", "clock")
# What the simulator, a stand-in for a stranger's service, has no business to know.
_OURS = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "ENCRYPTION_KEYS")


@dataclass(frozen=True)
class Table:
    """`link` prints an address to sign in at; the others are run for what they do."""

    migrate: Program
    seed: Program
    link: Program
    stay: tuple[Program, ...]


def table(settings: Settings, env: Mapping[str, str]) -> Table:
    """The table for an environment in which the servers and the secrets are known."""
    return Table(
        migrate=_flask("migrate", env, "db", "upgrade"),
        seed=_flask("seed", env, "seed", "--if-empty"),
        link=_flask("link", env, "users", "link", "--first-owner"),
        stay=(
            _simulator(settings, env),
            _python("web", env, "-m", "gunicorn", "wsgi:app", "-c", "gunicorn.conf.py"),
            *(_python(kind, env, "worker.py", kind) for kind in WORKER_KINDS),
        ),
    )


def _flask(name: str, env: Mapping[str, str], *arguments: str) -> Program:
    return _python(name, env, "-m", "flask", "--app", "wsgi", *arguments)


def _simulator(settings: Settings, env: Mapping[str, str]) -> Program:
    ledger = settings.data_dir / "simulator" / "ledger.jsonl"
    ledger.parent.mkdir(mode=0o700, exist_ok=True)
    return Program(
        "simulator",
        (sys.executable, "-m", "simulator", "--port", str(settings.simulator_port), "--ledger", str(ledger)),
        env={name: value for name, value in env.items() if name not in _OURS},
        stage=SIMULATOR,
        grace_seconds=5,
    )


def _python(name: str, env: Mapping[str, str], *arguments: str) -> Program:
    return Program(name, (sys.executable, *arguments), env=env)
