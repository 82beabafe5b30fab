"""A running simulator, and the few ways a test speaks to it."""

import contextlib
import http.client
import itertools
import json
import os
import re
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

PROJECT = Path(__file__).parents[2]
TOKEN = "a-token"
# Small enough for a test not to wait, with room for the order to show.
QUICK = {"sent_seconds": 0, "delivered_seconds": 0.1, "read_seconds": 0.2, "held_seconds": 0.1, "jitter": 0}
QUICK["approval_seconds"] = 0.3
_ids = itertools.count(720000000000101)


def new_id() -> str:
    """A number or account that no other test uses."""
    return str(next(_ids))


def script(code: str) -> str:
    return f"+1999000{code}"


def text(to: str = "+12025550143", body: str = "Hello", **more: Any) -> dict[str, Any]:
    return {"messaging_product": "whatsapp", "to": to, "type": "text", "text": {"body": body}, **more}


def template(name: str, language: str = "en_US", *components: dict[str, Any], **more: Any) -> dict[str, Any]:
    content: dict[str, Any] = {"name": name, "language": {"code": language}}
    if components:
        content["components"] = list(components)
    base = {"messaging_product": "whatsapp", "to": "+12025550143", "type": "template"}
    return {**base, "template": content, **more}


def body(*values: str, **named: str) -> dict[str, Any]:
    """The component with the values of a template's text."""
    plain = [{"type": "text", "text": value} for value in values]
    with_name = [{"type": "text", "parameter_name": name, "text": value} for name, value in named.items()]
    return {"type": "body", "parameters": plain + with_name}


@dataclass(frozen=True)
class Answer:
    status: int
    raw: bytes
    headers: dict[str, str]

    @property
    def json(self) -> Any:
        return json.loads(self.raw)

    @property
    def code(self) -> int:
        """The code of a Graph error."""
        return int(self.json["error"]["code"])

    @property
    def message_id(self) -> str:
        assert self.status == 200, self.raw
        return str(self.json["messages"][0]["id"])


class Simulator:
    """The real program on a free port; `folder` holds its ledger and survives it."""

    def __init__(self, folder: Path, faults: dict[str, Any] | None = None, cwd: Path = PROJECT) -> None:
        self.ledger_file = folder / "ledger.jsonl"
        command = [sys.executable, "-m", "simulator", "--port", "0", "--ledger", str(self.ledger_file)]
        if faults is not None:
            (folder / "faults.json").write_text(json.dumps(faults))
            command += ["--faults", str(folder / "faults.json")]
        self.process = subprocess.Popen(
            command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert self.process.stdout
        self.first_line = self.process.stdout.readline()
        match = re.search(r"http://127\.0\.0\.1:(\d+)", self.first_line)
        assert match, self.process.communicate()
        self.port = int(match[1])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self, number: signal.Signals = signal.SIGTERM) -> tuple[int, str]:
        """Its exit code and what it said on stderr."""
        if self.process.poll() is None:
            os.kill(self.process.pid, number)
        _, errors = self.process.communicate(timeout=10)
        return self.process.returncode, errors

    def ask(
        self, method: str, path: str, content: Any = None, *, token: str | None = TOKEN, timeout: float = 10
    ) -> Answer:
        """One request on a connection of its own; `content` is JSON unless it is bytes."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        raw = content if isinstance(content, bytes | None) else json.dumps(content).encode()
        headers = {"Authorization": f"Bearer {token}"} if token is not None else {}
        try:
            connection.request(method, path, raw, headers)
            answer = connection.getresponse()
            return Answer(answer.status, answer.read(), dict(answer.getheaders()))
        finally:
            connection.close()

    def post(self, number_id: str, message: Any, **how: Any) -> Answer:
        return self.ask("POST", f"/v23.0/{number_id}/messages", message, **how)

    def subscribe(self, account_id: str, url: str, *, verify_token: str = "verify-me", **how: Any) -> Answer:
        asked = {"override_callback_uri": url, "verify_token": verify_token}
        return self.ask("POST", f"/v23.0/{account_id}/subscribed_apps", asked, **how)

    def tell(self, number_id: str, **what: Any) -> Answer:
        return self.ask("POST", "/_sim/numbers", {"phoneNumberId": number_id, **what})

    def faults(self, **change: Any) -> Answer:
        answer = self.ask("POST", "/_sim/faults", change)
        assert answer.status == 200, answer.raw
        return answer

    def stats(self) -> dict[str, int]:
        return dict(self.ask("GET", "/_sim/stats").json)

    def ledger(self, number_id: str | None = None) -> list[dict[str, Any]]:
        lines = [json.loads(line) for line in self.ledger_file.read_text().splitlines()]
        return [line for line in lines if number_id in (None, line["phoneNumberId"])]

    def raw(self, *parts: bytes, until_closed: bool = False, answers: int = 1) -> bytes:
        """What comes back for these bytes: so many answers, or all until the connection ends."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as connection:
            got = b""
            with contextlib.suppress(ConnectionError):
                for part in parts:
                    connection.sendall(part)
            while until_closed or got.count(b"HTTP/1.1 ") < answers or not got.endswith((b"}", b"\n", b">")):
                try:
                    data = connection.recv(65536)
                except ConnectionResetError:
                    break
                if not data:
                    break
                got += data
            return got


def wire(path: str, content: bytes, *headers: str) -> bytes:
    """A POST as bytes."""
    lines = [f"POST {path} HTTP/1.1", "Host: x", f"Authorization: Bearer {TOKEN}", *headers]
    return "\r\n".join([*lines, f"Content-Length: {len(content)}", "", ""]).encode() + content
