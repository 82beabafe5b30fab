"""The document is true: what schemathesis makes of it is answered as it says, whatever is asked."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask

from tests.api.caller import Caller
from tests.api.serving import served
from webapp.services import rate_limits

HERE = Path(__file__).parent


def test_every_answer_is_as_the_document_says(
    app: Flask, caller: Caller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rate_limits, "PER_MINUTE", 1_000_000)
    monkeypatch.setattr(rate_limits, "HEAVY_PER_MINUTE", 1_000_000)
    with served(app) as url:
        command = [
            sys.executable,
            "-m",
            "schemathesis.cli",
            "--config-file",
            str(HERE / "schemathesis.toml"),
            "run",
        ]
        options = [
            "--checks",
            "all",
            "--max-examples",
            "2",
            "--max-time",
            "45",
            "--seed",
            "1",
            "--no-shrink",
            "--continue-on-failure",
        ]
        key = ["--header", f"Authorization: Bearer {caller.token}"]
        ran = subprocess.run(
            [*command, f"{url}/api/v1/openapi.json", *options, *key],
            cwd=tmp_path,
            env=os.environ
            | {"SCHEMATHESIS_HOOKS": "tests.api.schemathesis_checks", "PYTHONPATH": str(HERE.parents[1])},
            capture_output=True,
            text=True,
            check=False,
        )
    assert ran.returncode == 0, ran.stdout[-20_000:]
