from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

from embedded.ports import free_port
from tests.watching import serving
from webapp.app import create_app
from webapp.config import Settings
from webapp.services.live import wire


@pytest.fixture
def web(app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """A web process of its own, so that its hub can be stopped."""
    monkeypatch.setattr(wire, "TICK_SECONDS", 0.2)
    return create_app(replace(settings, base_url=f"http://127.0.0.1:{free_port()}"))


@pytest.fixture
def host(web: Flask) -> Iterator[str]:
    """Where that process answers."""
    with serving(web) as address:
        yield address
