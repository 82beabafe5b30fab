"""docs/api.md is true: its programs run as they stand, and a client that others generate works."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.api import nodejs
from tests.api.caller import Caller, make_caller
from tests.api.serving import served
from tests.builders import make_contact
from tests.campaigning import make_instance

DOCUMENT = (Path(__file__).parents[2] / "docs" / "api.md").read_text()


def program(language: str) -> str:
    (found,) = re.findall(rf"```{language}\n(.*?)```", DOCUMENT, re.DOTALL)
    return found


@pytest.fixture
def url(app: Flask, caller: Caller) -> Iterator[str]:
    make_instance(caller.tenant_id)
    with served(app) as address:
        yield address


def started(caller: Caller) -> list[tuple[str, str]]:
    return [(one["name"], one["status"]) for one in caller.get("/campaigns")["items"]]


def test_the_program_in_python_starts_a_campaign_as_often_as_it_is_run(
    app: Flask, caller: Caller, url: str, tmp_path: Path
) -> None:
    scopes = re.findall(
        r"`(\w+:\w+)`", DOCUMENT[DOCUMENT.index("The key needs the scopes") :].partition(".")[0]
    )
    key = make_caller(app, caller.tenant_id, *scopes).token
    (tmp_path / "first.py").write_text(program("python"))
    for _once_more in range(2):
        ran = subprocess.run(
            [sys.executable, "first.py"], cwd=tmp_path, env={"CRIER_URL": url, "CRIER_KEY": key},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert (ran.stdout, ran.stderr) == ("preparing\n", "")
    assert started(caller) == [("Q1 Promotion", "preparing")] * 2


def test_the_program_in_typescript_starts_a_campaign(caller: Caller, url: str, tmp_path: Path) -> None:
    make_contact(caller.tenant_id, "John Doe", phone_number="+1234567890")
    folder = nodejs.workshop(tmp_path / "node")
    (folder / "first.ts").write_text(program("typescript"))
    nodejs.checked(folder, "first.ts")
    assert nodejs.node(folder, "first.ts", CRIER_URL=url, CRIER_KEY=caller.token) == "preparing\n"
    assert started(caller) == [("Q1 Promotion", "preparing")]


def test_each_program_has_about_ten_lines() -> None:
    for language in ("python", "typescript"):
        lines = [line for line in program(language).splitlines() if line and not line.startswith("import ")]
        assert len(lines) <= 10


def test_a_client_that_others_generate_starts_a_campaign(
    app: Flask, caller: Caller, url: str, tmp_path: Path
) -> None:
    folder = nodejs.workshop(tmp_path / "node")
    (folder / "openapi.json").write_text(json.dumps(app.test_client().get("/api/v1/openapi.json").json))
    nodejs.node(folder, "node_modules/openapi-typescript/bin/cli.js", "openapi.json", "-o", "crier.d.ts")
    (folder / "generated.ts").write_text((nodejs.PACKAGES / "generated.ts").read_text())
    nodejs.checked(folder, "generated.ts")
    said = json.loads(nodejs.node(folder, "generated.ts", CRIER_URL=url, CRIER_KEY=caller.token))
    assert said == {"status": "preparing", "missing": "not_found"}
    assert started(caller) == [("Q1 Promotion", "preparing")]


def test_every_scope_and_limit_stands_in_the_document(app: Flask) -> None:
    told = app.test_client().get("/api/v1/openapi.json").text
    for words in ("RateLimit-Remaining", "Idempotency-Key", "contacts:write", "campaigns:send"):
        assert words in told
