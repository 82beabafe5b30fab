"""A data folder for each test. These tests start many processes, so one test worker runs them all."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A place for a data folder, taken away afterwards: each holds a whole database cluster."""
    yield tmp_path / "data"
    shutil.rmtree(tmp_path)
