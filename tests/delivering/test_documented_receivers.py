"""The receivers of docs/webhooks.md, as they stand there: they take what we post and refuse what only looks like it."""

import base64
import os
import re
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from standardwebhooks import Webhook as Signer

from embedded.ports import free_port
from tests.api import nodejs
from tests.delivering.rig import deliver, endpoint, events, fresh, logs, secrets_of
from tests.people import Person
from tests.processes import ROOT, wait_until
from webapp.db import db

SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
BODY = '{"id":"1","type":"contact_created"}'


def code(language: str) -> str:
    found = re.search(rf"^```{language}\n(.*?)^```", (ROOT / "docs/webhooks.md").read_text(), re.M | re.S)
    assert found
    assert len(found[1].splitlines()) <= 11
    return found[1]


@contextmanager
def running(folder: Path, secret: str, *command: str) -> Iterator[str]:
    port = free_port()
    env = os.environ | {"WEBHOOK_SECRET": secret, "PORT": str(port)}
    with (
        (folder / "said").open("wb") as said,
        subprocess.Popen(command, cwd=folder, env=env, stdout=said) as process,
    ):
        try:
            wait_until(lambda: post(f"http://127.0.0.1:{port}/", {}) == 400, 20)
            yield f"http://127.0.0.1:{port}/"
        finally:
            process.terminate()


Start = Callable[[str], AbstractContextManager[str]]


@pytest.fixture(params=["python", "js"])
def start(request: pytest.FixtureRequest, tmp_path: Path) -> Start:
    """Starts the receiver of the document with a secret."""
    if request.param == "python":
        (tmp_path / "receiver.py").write_text(code("python"))
        return lambda secret: running(tmp_path, secret, sys.executable, "receiver.py")
    folder = nodejs.workshop(tmp_path / "node")
    (folder / "receiver.mjs").write_text(code("js"))
    return lambda secret: running(folder, secret, str(nodejs.NODE), "receiver.mjs")


def post(url: str, headers: dict[str, str], body: str = BODY) -> int:
    """The status of the answer; 0 when there is none."""
    request = urllib.request.Request(url, body.encode(), headers | {"content-type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as answer:
        return int(answer.code)
    except OSError:
        return 0


def signed(at: datetime | None = None, body: str = BODY) -> dict[str, str]:
    at = at or datetime.now(UTC)
    return {
        "webhook-id": "1",
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Signer(SECRET).sign("1", at, body),
    }


def test_it_takes_what_we_post(owner: Person, start: Start) -> None:
    webhook = endpoint(owner.tenant_id, "http://127.0.0.1:2000/")
    with start(secrets_of(webhook)[0]) as url:
        fresh(webhook).url = url
        db.session.commit()
        events(webhook, 5)
        deliver()
        assert [(log.success, log.status_code) for log in logs(webhook)] == [(True, 204)] * 5


def test_it_refuses_what_only_looks_like_it(start: Start) -> None:
    good = signed()
    signature = good["webhook-signature"]
    raw = base64.b64decode(signature.removeprefix("v1,"))
    with start(SECRET) as url:
        assert post(url, good) == 204
        assert post(url, good | {"webhook-signature": f"v1,{'A' * 43}= {signature}"}) == 204
        forged = {
            "empty": "",
            "only a version": "v1",
            "no signature": "v1,",
            "nothing but commas": ",,,",
            "truncated": signature[:-8],
            "one byte short": "v1," + base64.b64encode(raw[:-1]).decode(),
            "half": "v1," + base64.b64encode(raw[:16]).decode(),
            "one byte": "v1," + base64.b64encode(raw[:1]).decode(),
            "one byte long": "v1," + base64.b64encode(raw + b"\0").decode(),
            "twice as long": "v1," + base64.b64encode(raw + raw).decode(),
            "very long": "v1," + base64.b64encode(raw * 100).decode(),
            "wrong version": signature.replace("v1,", "v2,"),
            "asymmetric version": signature.replace("v1,", "v1a,"),
            "no version": signature.removeprefix("v1,"),
            "another's": Signer(base64.b64encode(b"x" * 32).decode()).sign("1", datetime.now(UTC), BODY),
            "not base64": "v1,????",
        }
        assert {
            name for name, one in forged.items() if post(url, good | {"webhook-signature": one}) != 400
        } == set()
        assert post(url, good, BODY + " ") == 400
        assert post(url, good | {"webhook-id": "2"}) == 400
        for minutes in (-6, 6):
            assert post(url, signed(datetime.now(UTC) + timedelta(minutes=minutes))) == 400
        for missing in good:
            assert post(url, {name: value for name, value in good.items() if name != missing}) == 400
