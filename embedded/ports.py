"""Which ports are free, and the ones the servers of a data folder keep."""

import json
import socket
from dataclasses import asdict, dataclass
from pathlib import Path

from embedded.paths import write_private

FILE = "ports.json"
LOOPBACK = "127.0.0.1"


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


def _still_free(port: object) -> int:
    if isinstance(port, int) and refusal_to_listen(LOOPBACK, port) is None:
        return port
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def _load(folder: Path) -> dict[str, object]:
    try:
        loaded = json.loads((folder / FILE).read_text())
    except (OSError, ValueError):
        return {}
    return loaded if isinstance(loaded, dict) else {}
