"""Static files carry a mark of their content in the address, so that browsers may keep them for a year."""

import hashlib
from functools import cache
from pathlib import Path

from flask import Flask


def install(app: Flask) -> None:
    root = Path(app.static_folder or "")

    @cache
    def mark(filename: str) -> str | None:
        path = root / filename
        return hashlib.sha256(path.read_bytes()).hexdigest()[:10] if path.is_file() else None

    @app.url_defaults
    def add_mark(endpoint: str, values: dict) -> None:
        if endpoint == "static" and "v" not in values:
            values["v"] = mark(values["filename"])
