"""The gate comes after the post: a window is written down a moment after it left."""

import time
from dataclasses import replace
from threading import Timer
from typing import Any

from chaos.scenarios import CALM as SCENARIO

__all__ = ["SCENARIO", "apply"]

LATE_SECONDS = 0.1


def apply() -> None:
    from webapp.sending import gate
    from webapp.sending.store import Store

    real = gate.gate

    def late(store: Any, batch: Any, size: int, *, lease_seconds: float, post_seconds: float) -> gate.Window:
        rows, batch.rows = batch.rows[:size], batch.rows[size:]
        own, copy = Store(store._url), replace(batch, rows=rows)
        seconds = {"lease_seconds": lease_seconds, "post_seconds": post_seconds}
        Timer(LATE_SECONDS, lambda: real(own, copy, len(rows), **seconds)).start()
        return gate.Window(batch, rows[0].number, rows, {}, time.monotonic() + lease_seconds - post_seconds)

    gate.gate = late
