"""One worker as the fault suite runs it: `python -m chaos.worker sane | mutants.NAME send | work | clock`.

The product has no hook for this: it is changed here, before it is imported further."""

import importlib
import sys
from typing import Any

from chaos.shape import SANE

# A campaign of some hundreds is then handed out as one of some thousands would be, to every sender.
BATCH = 40


def main(change: str, kind: str) -> None:
    if change != SANE:
        importlib.import_module(f"chaos.{change}").apply()
    _hand_out_small_batches()
    importlib.import_module("worker").main(kind)


def _hand_out_small_batches() -> None:
    plan: Any = importlib.import_module("webapp.sending.plan")
    assert isinstance(plan.BATCH, int)
    plan.BATCH = BATCH


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
