"""Examples of what Meta sends and takes (tests/fixtures)."""

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "fixtures"


def example(name: str) -> Any:
    return json.loads((FOLDER / f"cloud_{name}.json").read_text())


def raw_example(name: str) -> bytes:
    return (FOLDER / f"cloud_{name}.json").read_bytes()


def callback_examples() -> list[str]:
    return sorted(path.stem.removeprefix("cloud_") for path in FOLDER.glob("cloud_wh_*.json"))


def deliveries(name: str) -> list[bytes]:
    """The callbacks of a sequence, in the order they arrive."""
    parts = example(name)["deliveries"]
    return [json.dumps(part).encode() for part in parts if "entry" in part]
