"""One delivering process: `python -m bench.deliverer` posts until nothing is left (working.py says what it tells)."""

from bench.working import work
from webapp.base import create_base
from webapp.delivering import deliverers


def main() -> None:
    with create_base(statement_timeout_ms=60_000).app_context():
        deliverer = deliverers.here()
        work(lambda: deliverer.serve(lambda: False, deliverers.SLICE_SECONDS))
        deliverer.close()


if __name__ == "__main__":
    main()
