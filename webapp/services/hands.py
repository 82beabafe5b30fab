"""Hands: helper threads, so that what is on the wire goes on while the database is asked."""

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from flask import current_app

log = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")


class Hand:
    """One helper. It does one thing after the other, in the order in which they were asked."""

    def __init__(self, name: str) -> None:
        self._context = current_app.app_context
        self._thread = ThreadPoolExecutor(1, name)

    def do(self, work: Callable[P, T], *args: P.args, **given: P.kwargs) -> Future[T]:
        """Have it done; an error is logged, for whoever asked may not look at the outcome."""

        def job() -> T:
            # Each job has a session of its own, so that one failed statement spoils no other job's.
            with self._context():
                try:
                    return work(*args, **given)
                except Exception:
                    log.exception("helper_failed")
                    raise

        return self._thread.submit(job)

    def rest(self) -> None:
        """Wait until all that was asked for is done."""
        self._thread.submit(lambda: None).result()

    def close(self) -> None:
        self._thread.shutdown()
