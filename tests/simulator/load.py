"""Many messages in one go, pipelined over one connection."""

import json
import socket

from tests.simulator.rig import text, wire

_PORTION = 200


def post_many(port: int, number: str, count: int, to: str | None = None) -> int:
    """How many of them were answered with 200."""
    path, good = f"/v23.0/{number}/messages", 0
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        for start in range(0, count, _PORTION):
            numbers = range(start, min(start + _PORTION, count))
            each = [json.dumps(text(to or f"+1202{at:07d}")).encode() for at in numbers]
            connection.sendall(b"".join(wire(path, content) for content in each))
            good += _good_answers(connection, len(numbers))
    return good


def _good_answers(connection: socket.socket, expected: int) -> int:
    got = b""
    while got.count(b"HTTP/1.1 ") < expected or not got.endswith(b"}"):
        data = connection.recv(1 << 20)
        assert data, got[-500:]
        got += data
    return got.count(b"HTTP/1.1 200")
