"""What a command that is started by hand needs to know of a data folder."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from embedded.lock import is_locked
from embedded.paths import write_private
from embedded.secrets import FILE as SECRETS
from embedded.secrets import load_secrets

FILE = "running.json"


def secrets(folder: Path) -> dict[str, str]:
    """SECRET_KEY and ENCRYPTION_KEYS of the folder; empty before its first start."""
    return load_secrets(folder).of_application() if (folder / SECRETS).exists() else {}


def urls(folder: Path) -> dict[str, str]:
    """DATABASE_URL, REDIS_URL and BASE_URL of what runs in the folder, and its SIMULATOR_PORT; what does not run is
    left out."""
    if not is_locked(folder):
        return {}
    try:
        loaded = json.loads((folder / FILE).read_text())
    except (OSError, ValueError):
        return {}
    return {str(name): str(url) for name, url in loaded.items()}


def was_cut_off(folder: Path) -> bool:
    """Whether the last run of a folder that is now held by this process had no time to stop."""
    return (folder / FILE).exists()


@contextmanager
def announced(folder: Path, served: dict[str, str]) -> Iterator[None]:
    """Tells others where the servers accept; believed only as long as the folder is locked."""
    write_private(folder / FILE, json.dumps(served))
    try:
        yield
    finally:
        (folder / FILE).unlink(missing_ok=True)
