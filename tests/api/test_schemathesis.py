"""The document is true: what schemathesis makes of it is answered as it says, whatever is asked."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask

from tests.api.caller import Caller
from tests.api.serving import served
from tests.api.test_every_act import OBJECT
from tests.people import Person
from tests.world import make_world
from webapp.api.acts.catalogue import ACTS
from webapp.services import rate_limits

HERE = Path(__file__).parent
# Every check, with data that fit and data that do not. The same examples in every run, and so many, however long they
# take: else a slow machine would look at fewer, and a run would fail that nobody can repeat.
OPTIONS = (
    "--checks all --mode all --max-examples 2 --generation-deterministic --suppress-health-check all "
    "--request-timeout 60 --no-shrink --continue-on-failure"
)


def test_every_answer_is_as_the_document_says(
    app: Flask, owner: Person, caller: Caller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rate_limits, "PER_MINUTE", 1_000_000)
    monkeypatch.setattr(rate_limits, "HEAVY_PER_MINUTE", 1_000_000)
    command = [
        sys.executable,
        "-m",
        "schemathesis.cli",
        "--config-file",
        str(HERE / "schemathesis.toml"),
        "run",
    ]
    key = ["--header", f"Authorization: Bearer {caller.token}"]
    ids = make_world(owner, "CANARYALPHA", 70_000_001).ids
    there = {act.path.split("/<uuid:id>")[0]: str(ids[OBJECT[act.room]]) for act in ACTS if act.has_id}
    ours = {
        "SCHEMATHESIS_HOOKS": "tests.api.schemathesis_checks",
        "PYTHONPATH": str(HERE.parents[1]),
        "CRIER_OBJECTS": json.dumps(there),
    }
    with served(app) as url:
        ran = subprocess.run(
            [*command, f"{url}/api/v1/openapi.json", *OPTIONS.split(), *key], cwd=tmp_path, env=os.environ | ours,
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    assert ran.returncode == 0, ran.stdout[-20_000:]
