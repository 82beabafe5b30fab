"""What the processes of a world find around them: its own servers, and times that are short."""

import os
from collections.abc import Mapping
from pathlib import Path

from embedded import running
from embedded.program import Program

LEASE_SECONDS = 4.0
SWEEP_SECONDS = 0.25
PROVIDER_SECONDS = 1.5

# Whatever the terminal of the person who runs this holds must not reach the processes.
_OURS = ("TRUSTED_PROXIES", "ALLOWED_HOSTS", "HOST", "WEB_CONCURRENCY", "SEND_WINDOW")


def environment(database_url: str, redis_url: str, data: Path, house: Path) -> dict[str, str]:
    """The environment of every process of ours; a web process adds its own address.

    Args:
        data: the servers' folder, where the secrets are.
        house: what the processes are to take for their DATA_DIR.
    """
    inherited = {name: value for name, value in os.environ.items() if name not in _OURS}
    return inherited | {
        **running.secrets(data),
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "DATA_DIR": str(house),
        "EGRESS_ALLOW": "127.0.0.1/32:1024-65535",
        "SEND_LEASE_SECONDS": str(LEASE_SECONDS),
        "SWEEP_SECONDS": str(SWEEP_SECONDS),
        "PROVIDER_TIMEOUT_SECONDS": str(PROVIDER_SECONDS),
        "LOG_LEVEL": "INFO",
        "LOG_FORMAT": "text",
        "PYTHONUNBUFFERED": "1",
    }


def address(port: int) -> dict[str, str]:
    """What a web process is told beside the rest."""
    return {"PORT": str(port), "BASE_URL": f"http://127.0.0.1:{port}"}


def named(name: str, env: Mapping[str, str], *command: str) -> Program:
    """A program of a world."""
    return Program(name, command, env=env)
