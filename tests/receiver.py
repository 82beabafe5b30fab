"""A receiver of webhooks as a program of its own, with every bad habit on demand and an append-only ledger.

`python -m tests.receiver LEDGER` says its port. What is posted is written down before it is answered. How it is answered
says the path (`/fail`, `/hang`, `/slow`, `/drip`, `/redirect`, `/gone`, `/busy`, `/huge`, `/reset`), and elsewhere chance,
as POST `/_faults` sets it: `fails` and `hangs` are shares, `most_failures` how often one event may meet them.
"""

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

import httptools

ROOT = Path(__file__).resolve().parents[1]
REASONS = {
    200: "OK",
    302: "Found",
    410: "Gone",
    429: "Too Many Requests",
    500: "Internal Server Error",
    503: "Busy",
}


class Habits:
    """What this receiver does to whoever posts to it."""

    def __init__(self, ledger: Path) -> None:
        self._ledger = os.open(ledger, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
        self._met: Counter[str] = Counter()
        self.change({})

    def change(self, faults: dict[str, Any]) -> None:
        self._faults = {"fails": 0.0, "hangs": 0.0, "most_failures": 1000, "seed": 1} | faults
        self._dice = random.Random(self._faults["seed"])
        self._met.clear()

    def fate(self, path: str, message_id: str) -> str:
        """The habit that this post meets."""
        if path in ("fail", "hang", "slow", "drip", "redirect", "gone", "busy", "huge", "long", "reset"):
            return path
        chance, faults = self._dice.random(), self._faults
        found = (
            "fail"
            if chance < faults["fails"]
            else "hang"
            if chance < faults["fails"] + faults["hangs"]
            else "ok"
        )
        if found != "ok" and self._met[message_id] >= faults["most_failures"]:
            return "ok"
        self._met[message_id] += found != "ok"
        return found

    def note(self, path: str, fate: str, headers: dict[str, str], body: bytes) -> None:
        entry = {"at": time.time(), "path": path, "fate": fate, "headers": headers, "body": body.decode()}
        os.write(self._ledger, json.dumps(entry).encode() + b"\n")


class Connection(asyncio.Protocol):
    def __init__(self, habits: Habits) -> None:
        self._habits = habits
        self._parser = httptools.HttpRequestParser(self)
        self._forget()

    def _forget(self) -> None:
        self._url, self._body, self._headers = b"", b"", dict[str, str]()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._transport.close()

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self._transport.close()

    def on_url(self, url: bytes) -> None:
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers[name.decode().lower()] = value.decode()

    def on_body(self, data: bytes) -> None:
        self._body += data

    def on_message_complete(self) -> None:
        url, headers, body = urlsplit(self._url.decode()), self._headers, self._body
        self._forget()
        if url.path == "/_faults":
            self._habits.change(json.loads(body))
            self._answer(200)
            return
        asked = {name: values[0] for name, values in parse_qs(url.query).items()}
        fate = self._habits.fate(url.path.strip("/"), headers.get("webhook-id", ""))
        self._habits.note(url.path, fate, headers, body)
        getattr(self, f"_{fate}")(asked)

    def _answer(self, status: int, body: bytes = b"ok", *more: str) -> None:
        head = [f"HTTP/1.1 {status} {REASONS.get(status, 'Odd')}", f"Content-Length: {len(body)}", *more]
        self._transport.write("\r\n".join(head).encode() + b"\r\n\r\n" + body)

    def _later(self, seconds: float, call: Any, *args: Any) -> None:
        asyncio.get_running_loop().call_later(seconds, call, *args)

    def _ok(self, asked: dict[str, str]) -> None:
        self._answer(int(asked.get("status", 200)), asked.get("say", "ok").encode())

    def _fail(self, asked: dict[str, str]) -> None:
        self._answer(500, asked.get("say", "no").encode())

    def _hang(self, asked: dict[str, str]) -> None:
        """Not a word."""

    def _slow(self, asked: dict[str, str]) -> None:
        self._later(float(asked.get("seconds", 2)), self._answer, 200)

    def _drip(self, asked: dict[str, str]) -> None:
        self._transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        self._drop()

    def _drop(self) -> None:
        if not self._transport.is_closing():
            self._transport.write(b".")
            self._later(0.2, self._drop)

    def _redirect(self, asked: dict[str, str]) -> None:
        self._answer(302, b"", f"Location: {asked['to']}")

    def _gone(self, asked: dict[str, str]) -> None:
        self._answer(410)

    def _busy(self, asked: dict[str, str]) -> None:
        self._answer(int(asked.get("status", 429)), b"later", f"Retry-After: {asked.get('after', '1')}")

    def _huge(self, asked: dict[str, str]) -> None:
        self._answer(200, b"x" * 200_000)

    def _long(self, asked: dict[str, str]) -> None:
        self._answer(200, "ä".encode() * 20_000)

    def _reset(self, asked: dict[str, str]) -> None:
        self._transport.abort()


async def main(ledger: Path) -> None:
    loop, habits, ended = asyncio.get_running_loop(), Habits(ledger), asyncio.Event()
    server = await loop.create_server(lambda: Connection(habits), "127.0.0.1", 0, backlog=1024)
    loop.add_signal_handler(signal.SIGTERM, ended.set)
    print(server.sockets[0].getsockname()[1], flush=True)
    await ended.wait()


@dataclass(frozen=True)
class Receiver:
    """A receiver that runs. Each entry of its ledger has at, path, fate, headers (lower case) and body."""

    url: str
    _ledger: Path

    def misbehave(self, **faults: float) -> None:
        request = urllib.request.Request(f"{self.url}/_faults", json.dumps(faults).encode())
        with urllib.request.urlopen(request, timeout=5):
            pass

    def ledger(self) -> list[dict[str, Any]]:
        """Whole lines only: one may be under way."""
        lines = self._ledger.read_bytes().split(b"\n")[:-1]
        return [json.loads(line) for line in lines]


@contextmanager
def receiver(folder: Path, **faults: float) -> Iterator[Receiver]:
    """A receiver of its own, until the block is left."""
    ledger = folder / "receiver.jsonl"
    command = (sys.executable, "-m", "tests.receiver", str(ledger))
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        started = Receiver(f"http://127.0.0.1:{int(process.stdout.readline())}", ledger)
        try:
            started.misbehave(**faults)
            yield started
        finally:
            process.terminate()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
