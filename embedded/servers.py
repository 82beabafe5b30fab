"""The two servers of a data folder: prepared for the supervisor, or started for tests and trials."""

import subprocess
import time
from collections.abc import Collection
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol, Self

from embedded import postgres, valkey
from embedded.lock import locked
from embedded.paths import open_folder
from embedded.ports import Ports, keep_ports
from embedded.postgres import Postgres
from embedded.program import Program, spawn
from embedded.refused import Refused
from embedded.running import announced
from embedded.secrets import Secrets, keep_secrets
from embedded.valkey import Valkey

# A big database that was cut off in the middle of its work takes a while to come back.
PATIENCE_SECONDS = 300.0


class Server(Protocol):
    """What there is to know of either server. `url_name` is the variable that would replace it."""

    url_name: str

    @property
    def url(self) -> str: ...
    @property
    def program(self) -> Program: ...
    def prepare(self) -> None: ...
    def is_ready(self, pid: int) -> bool: ...


def prepare_servers(folder: Path, given: Collection[str], *, fsync: bool = True) -> list[Server]:
    """The servers that no variable replaces, ready to be started, in a folder whose lock is held."""
    secrets, ports = _settle(folder)
    kinds: tuple[type[Postgres] | type[Valkey], ...] = (Postgres, Valkey)
    wanted = [kind for kind in kinds if kind.url_name not in given]
    servers: list[Server] = [kind(folder, ports, secrets, fsync=fsync) for kind in wanted]
    for server in servers:
        server.prepare()
    return servers


def start(data_dir: Path, *, fsync: bool = True) -> "Servers":
    """Both servers in this folder, accepting; without `fsync` quicker, and lost when the machine stops.

    They end with `stop`, with this process, and with the calling thread: call it from the main thread.
    """
    return Servers(data_dir, fsync=fsync)


class Servers:
    """Two started servers and where they are reached."""

    def __init__(self, folder: Path, *, fsync: bool) -> None:
        open_folder(folder)
        with ExitStack() as stack:
            stack.enter_context(locked(folder, "127.0.0.1"))
            secrets, ports = _settle(folder)
            database = Postgres(folder, ports, secrets, fsync=fsync)
            broker = Valkey(folder, ports, secrets, fsync=fsync)
            self.database_url, self.superuser_url = database.url, database.superuser_url
            self.redis_url = broker.url
            self.postgres, self.valkey = Started(database, folder), Started(broker, folder)
            for server in (self.postgres, self.valkey):
                server.start()
                stack.callback(server.stop)
            stack.enter_context(announced(folder, {s.url_name: s.url for s in (database, broker)}))
            self._stack = stack.pop_all()

    def stop(self) -> None:
        """Stops both, properly, and lets go of the folder."""
        self._stack.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


class Started:
    """A server that nobody supervises; what it says goes to a file beside its folder."""

    def __init__(self, server: Server, folder: Path) -> None:
        server.prepare()
        self._server = server
        self._log = folder / f"{server.program.name}.log"
        self._process: subprocess.Popen[bytes]

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def command(self) -> tuple[str, ...]:
        return self._server.program.command

    def start(self) -> None:
        """Returns when the server accepts."""
        with self._log.open("ab") as log:
            self._process = spawn(self._server.program, stdout=log.fileno())
        give_up = time.monotonic() + PATIENCE_SECONDS
        while not self._server.is_ready(self.pid):
            if self._process.poll() is not None or time.monotonic() > give_up:
                self.kill()
                raise Refused(f"{self._server.program.name} did not start: {self._log} says why.")
            time.sleep(0.01)

    def stop(self) -> None:
        """Lets the server end as it should."""
        self._process.send_signal(self._server.program.stop_signal)
        try:
            self._process.wait(self._server.program.grace_seconds)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """As a crash would do; `start` brings it back with everything that was committed."""
        self._process.kill()
        self._process.wait()
        self._server.program.clear()


def _settle(folder: Path) -> tuple[Secrets, Ports]:
    """The folder's secrets and ports, after ending what an earlier run left listening there."""
    secrets = keep_secrets(folder)
    postgres.clear(folder / "postgres")
    valkey.clear(folder / "valkey")
    return secrets, keep_ports(folder)
