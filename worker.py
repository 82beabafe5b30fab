"""One worker: `python worker.py send | work | webhooks | clock` (docs/architecture.md says what each does)."""

import sys
from importlib import import_module

from webapp import broker
from webapp.base import create_base
from webapp.config import Misconfigured

KINDS = (*broker.QUEUES, "clock")
STATEMENT_TIMEOUT_MS = 60_000


def main(kind: str) -> None:
    app = create_base(statement_timeout_ms=STATEMENT_TIMEOUT_MS)
    # What the other kinds do is loaded by nobody else: memory is per process, and there may be many.
    if kind == "clock":
        import_module("webapp.clock").run(app)
    else:
        broker.register(import_module(f"webapp.jobs.{kind}"))
        broker.BellWorker(app, kind).work(logging_level="WARNING")


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in KINDS:
        sys.exit(f"Usage: python worker.py {' | '.join(KINDS)}")
    try:
        main(sys.argv[1])
    except Misconfigured as error:
        sys.exit(str(error))
