"""A server that counts what arrives and answers, or fails to, exactly as a test says."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from webapp.egress.rules import Rules, parse_allow

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

# Told the number of the request over all connections, from 1, and its connection.
Script = Callable[[int, socket.socket], None]


def answer(data: bytes = OK) -> Script:
    return lambda number, connection: connection.sendall(data)


class RawServer:
    """`heads` and `bodies` are all requests that arrived whole; `connections` how many were opened."""

    def __init__(self, script: Script, tls: ssl.SSLContext | None, host: str, port: int = 0) -> None:
        self.heads: list[bytes] = []
        self.bodies: list[bytes] = []
        self.connections = 0
        self._script = script
        self._tls = tls
        self._open: list[socket.socket] = []
        self._over = threading.Event()
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._listener = socket.create_server((host, port), family=family)
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def stop_listening(self) -> None:
        """From now on a connection is refused; those that are open stay."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._listener.close()

    def close(self) -> None:
        if self._listener.fileno() >= 0:
            self.stop_listening()
        self._over.set()
        for connection in self._open:
            # Whoever serves it closes it: a number freed here, while that thread is about to read from it,
            # could be a connection of the next server, which would then get this one's answers.
            with suppress(OSError):
                socket.socket.shutdown(connection, socket.SHUT_RDWR)

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            if self._tls:
                connection = self._tls.wrap_socket(connection, server_side=True)
                self._open.append(connection)
            self._read(connection)
            self._over.wait()
        except OSError:
            pass
        finally:
            connection.close()

    def _read(self, connection: socket.socket) -> None:
        waiting = b""
        while data := connection.recv(65536):
            waiting += data
            while (parts := _whole(waiting)) is not None:
                head, body, waiting = parts
                self.heads.append(head)
                self.bodies.append(body)
                self._script(len(self.bodies), connection)


def _whole(data: bytes) -> tuple[bytes, bytes, bytes] | None:
    head, gap, rest = data.partition(b"\r\n\r\n")
    if not gap:
        return None
    lengths = [
        line.split(b":")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")
    ]
    length = int(lengths[0]) if lengths else 0
    return (head, rest[:length], rest[length:]) if len(rest) >= length else None


@contextmanager
def raw_server(
    script: Script | None = None, *, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1", port: int = 0
) -> Iterator[RawServer]:
    server = RawServer(script or answer(), tls, host, port)
    try:
        yield server
    finally:
        server.close()


def hang_up(connection: socket.socket) -> None:
    """Closes without a word: the end of the stream for the other side."""
    connection.shutdown(socket.SHUT_RDWR)
    connection.close()


def reset(connection: socket.socket) -> None:
    """Closes with a reset, as a process that died does."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
    connection.close()


def http(status: str, body: bytes = b"", *headers: str) -> bytes:
    """A whole answer."""
    head = "\r\n".join([f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers])
    return head.encode() + b"\r\n\r\n" + body


def only(server: RawServer) -> Rules:
    """Rules that allow this server and nothing else of this machine."""
    return parse_allow(f"127.0.0.1/32:{server.port},[::1]:{server.port}")
