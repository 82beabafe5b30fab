"""Which ports are free, and the ones the servers of a data folder keep."""

import json
import secrets
import socket
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from embedded.paths import write_private

FILE = "ports.json"
LOOPBACK = "127.0.0.1"

# Below the ports that Linux, macOS and Windows give to connections: one of those would keep a server that died from
# coming back to its own port.
_OURS: Final = range(20_000, 32_000)
_TRIES: Final = 1000


@dataclass(frozen=True)
class Ports:
    postgres: int
    valkey: int


def keep_ports(folder: Path) -> Ports:
    """The ports of the last start, each replaced by a free one where somebody else listens there now."""
    known = _load(folder)
    ports = Ports(*(_still_free(known.get(name)) for name in ("postgres", "valkey")))
    if asdict(ports) != known:
        write_private(folder / FILE, json.dumps(asdict(ports)))
    return ports


def refusal_to_listen(host: str, port: int) -> OSError | None:
    """Why nothing can listen there, or None when something can."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            # A port whose last connections still fade away is free, as it is for the servers themselves.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        return error
    return None


def free_port() -> int:
    """A port of this machine where nobody listens and from which no connection goes out.

    Raises:
        OSError: nothing can listen on this machine.
    """
    for _ in range(_TRIES):
        port = secrets.choice(_OURS)
        refusal = refusal_to_listen(LOOPBACK, port)
        if refusal is None:
            return port
    raise refusal or OSError()


def _still_free(port: object) -> int:
    if isinstance(port, int) and refusal_to_listen(LOOPBACK, port) is None:
        return port
    return free_port()


def _load(folder: Path) -> dict[str, object]:
    try:
        loaded = json.loads((folder / FILE).read_text())
    except (OSError, ValueError):
        return {}
    return loaded if isinstance(loaded, dict) else {}
