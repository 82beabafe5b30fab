"""A server that speaks HTTP/2 over TLS and answers, or fails to, exactly as a test says."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import DataReceived, StreamEnded

# Told a connection and the stream whose body arrived whole.
Script = Callable[["Peer", int], None]


@dataclass
class Peer:
    """One connection. `most_at_once` is how many streams it had open together."""

    wire: ssl.SSLSocket
    h2: H2Connection = field(default_factory=lambda: H2Connection(H2Configuration(client_side=False)))
    bodies: dict[int, bytes] = field(default_factory=dict)
    most_at_once: int = 0
    is_gone: bool = False

    def answer(self, stream: int, body: bytes = b"ok") -> None:
        self.h2.send_headers(stream, [(":status", "200"), ("content-length", str(len(body)))])
        self.h2.send_data(stream, body, end_stream=True)
        self.flush()

    def flush(self) -> None:
        self.wire.sendall(self.h2.data_to_send())

    def leave(self) -> None:
        """Hang up without a word. Whoever serves the connection closes it, as in raw_server.py."""
        self.is_gone = True
        with suppress(OSError):
            socket.socket.shutdown(self.wire, socket.SHUT_RDWR)


class Http2Server:
    """`bodies` are all that arrived whole, over all `peers`."""

    def __init__(self, script: Script, tls: ssl.SSLContext) -> None:
        self.bodies: list[bytes] = []
        self.peers: list[Peer] = []
        self._script = script
        self._tls = tls
        tls.set_alpn_protocols(["h2"])
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._listener.close()
        for peer in self.peers:
            peer.leave()

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            connection = self._tls.wrap_socket(connection, server_side=True)
            peer = Peer(connection)
            self.peers.append(peer)
            peer.h2.initiate_connection()
            peer.flush()
            while not peer.is_gone and (data := connection.recv(65536)):
                self._hear(peer, data)
        except OSError:
            pass
        finally:
            connection.close()

    def _hear(self, peer: Peer, data: bytes) -> None:
        for event in peer.h2.receive_data(data):
            if isinstance(event, DataReceived):
                peer.bodies[event.stream_id] = peer.bodies.get(event.stream_id, b"") + event.data
                peer.h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
            elif isinstance(event, StreamEnded):
                peer.most_at_once = max(peer.most_at_once, peer.h2.open_inbound_streams)
                self.bodies.append(peer.bodies.pop(event.stream_id, b""))
                self._script(peer, event.stream_id)
        peer.flush()


@contextmanager
def http2_server(script: Script, tls: ssl.SSLContext) -> Iterator[Http2Server]:
    server = Http2Server(script, tls)
    try:
        yield server
    finally:
        server.close()
