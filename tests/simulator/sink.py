"""A callback address of our own: it answers the handshake and keeps what is posted to it."""

import hashlib
import hmac
import json
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

PATIENCE_SECONDS = 8.0
SECRET = "simulator-app-secret"


@dataclass(frozen=True)
class Callback:
    path: str
    signature: str
    raw: bytes
    at: float

    @cached_property
    def body(self) -> Any:
        return json.loads(self.raw)

    def is_signed_with(self, secret: str) -> bool:
        expected = hmac.new(secret.encode(), self.raw, hashlib.sha256).hexdigest()
        return self.signature == f"sha256={expected}"

    def values(self, part: str) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
        """Each item of this part (statuses, messages, ...) with the value it stands in."""
        for entry in self.body["entry"]:
            for change in entry["changes"]:
                for item in change["value"].get(part, []):
                    yield change["value"], item


class Sink(ThreadingHTTPServer):
    """`answers` are the statuses of the next posts to a path; after them every post gets 200."""

    daemon_threads = True
    verify_token = "verify-me"

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.callbacks: list[Callback] = []
        self.answers: defaultdict[str, deque[int]] = defaultdict(deque)
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02})

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self._thread.join()
        self.server_close()

    def url(self, path: str = "/callbacks") -> str:
        return f"http://127.0.0.1:{self.server_port}{path}"

    def at(self, path: str) -> list[Callback]:
        return [callback for callback in self.callbacks if callback.path == path]

    def items(self, part: str, *, path: str = "/callbacks") -> list[dict[str, Any]]:
        """Every item of this part that came to this path, in the order of arrival."""
        return [item for callback in self.at(path) for _, item in callback.values(part)]

    def statuses(self, message_id: str, *, path: str = "/callbacks") -> list[str]:
        return [each["status"] for each in self.items("statuses", path=path) if each["id"] == message_id]

    def waits_for(self, met: Callable[[], Any], what: str = "") -> Any:
        """What the condition gives once it is true; fails when it never is."""
        give_up = time.monotonic() + PATIENCE_SECONDS
        while not (result := met()):
            assert time.monotonic() < give_up, what or [each.raw for each in self.callbacks]
            time.sleep(0.01)
        return result


class _Handler(BaseHTTPRequestHandler):
    server: Sink
    protocol_version = "HTTP/1.1"
    # Head and body of an answer in two packets would wait for each other.
    wbufsize = -1
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        asked = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        fits = (
            asked.get("hub.mode") == "subscribe" and asked.get("hub.verify_token") == self.server.verify_token
        )
        self._say(200 if fits else 403, asked.get("hub.challenge", "") if fits else "no")

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers["Content-Length"]))
        path = urlsplit(self.path).path
        answers = self.server.answers[path]
        status = answers.popleft() if answers else 200
        signature = self.headers.get("X-Hub-Signature-256", "")
        self.server.callbacks.append(Callback(path, signature, raw, time.monotonic()))
        self._say(status, "")

    def _say(self, status: int, words: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(words)))
        self.end_headers()
        self.wfile.write(words.encode())

    def log_message(self, format: str, *args: object) -> None:
        pass
