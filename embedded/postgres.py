"""PostgreSQL 18 in DATA_DIR/postgres, reached over 127.0.0.1 with a password."""

import os
import signal
from functools import partial
from pathlib import Path

from embedded.cluster import ENV, give, make_cluster
from embedded.identity import find_identity
from embedded.ports import LOOPBACK, Ports
from embedded.processes import end_working_in
from embedded.program import POSTGRES, Program
from embedded.secrets import Secrets

_SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "max_connections": "200",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    # A log line must not carry a phone number, and both the detail and the statement of an error do.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
}
# Fewer checkpoints: after each, every page that is written again goes whole into the log.
_LASTING = {"max_wal_size": "4GB", "checkpoint_timeout": "15min", "wal_compression": "on"}
# For data that may be lost with the machine, though not with a process: tests.
_CARELESS = {"fsync": "off", "full_page_writes": "off", "shared_buffers": "128MB"}


class Postgres:
    """The database server: superuser `postgres` for maintenance, role and database `crier` for the rest."""

    url_name = "DATABASE_URL"

    def __init__(self, folder: Path, ports: Ports, secrets: Secrets, *, fsync: bool = True) -> None:
        self._folder = folder / "postgres"
        self._port = ports.postgres
        self._secrets = secrets
        self._fsync = fsync
        self._identity = find_identity(folder)

    @property
    def url(self) -> str:
        return f"postgresql://crier:{self._secrets.POSTGRES_PASSWORD}@{LOOPBACK}:{self._port}/crier"

    @property
    def superuser_url(self) -> str:
        password = self._secrets.POSTGRES_SUPERUSER_PASSWORD
        return f"postgresql://postgres:{password}@{LOOPBACK}:{self._port}/postgres"

    @property
    def program(self) -> Program:
        lasting = _LASTING | {"shared_buffers": f"{_cache_megabytes()}MB"}
        settings = _SETTINGS | {"port": str(self._port)} | (lasting if self._fsync else _CARELESS)
        flags = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return Program(
            "postgres",
            self._identity.command("postgres", "-D", str(self._folder), *flags),
            env=ENV,
            stage=POSTGRES,
            stop_signal=signal.SIGINT,  # "fast": sessions are cut off, everything committed is written
            grace_seconds=30,
            uid=self._identity.uid,
            clear=partial(clear, self._folder),
        )

    def prepare(self) -> None:
        """Makes the cluster at the first start."""
        if not self._folder.exists():
            make_cluster(self._folder, self._identity, self._secrets, sync=self._fsync)
        give(self._folder, self._identity)

    def is_ready(self, pid: int) -> bool:
        """Whether the process accepts connections, by the file in which it says so (lines 1 and 8)."""
        try:
            lines = (self._folder / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lines) > 7 and lines[0] == str(pid) and lines[7].strip() == "ready"


def _cache_megabytes() -> int:
    """An eighth of the machine's memory, from 128 MB to 1 GB: the programs and the other server live here, too."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return max(128, min(1024, memory // 8 // 2**20))


def clear(folder: Path) -> None:
    """Ends a server that was left working here, and takes away the file that names a dead one.

    PostgreSQL would not start while the number in that file belongs to any other program of its user, as it
    often does by then in a container.
    """
    end_working_in(folder, "postgres")
    (folder / "postmaster.pid").unlink(missing_ok=True)
