"""One sending process: `python -m bench.sender` sends until nothing is left (working.py says what it tells)."""

from bench.working import work
from webapp.base import create_base
from webapp.sending import senders


def main() -> None:
    with create_base(statement_timeout_ms=60_000).app_context():
        sender = senders.here()
        work(lambda: sender.serve(lambda: False))


if __name__ == "__main__":
    main()
