"""A sender that writes into its log whom it writes to."""

import sys
from typing import Any

from chaos.scenarios import CALM as SCENARIO

__all__ = ["SCENARIO", "apply"]


def apply() -> None:
    from webapp.sending import gate

    real = gate.gate

    def talkative(store: Any, batch: Any, size: int, **given: Any) -> gate.Window | None:
        print("next is", batch.rows[0].phone_number, file=sys.stderr, flush=True)
        return real(store, batch, size, **given)

    gate.gate = talkative
