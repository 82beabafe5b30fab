"""Many requests at once, on connections that stay warm."""

import logging
import time
from collections.abc import Iterable
from typing import Final, Self

import pycurl

from webapp.domain.errors import Refusal
from webapp.egress.answer import Answer, Fate, Problem
from webapp.egress.line import Line
from webapp.egress.rules import Rules
from webapp.egress.warm import Warm

log = logging.getLogger(__name__)

CONNECTIONS: Final = 128
# Of HTTP/2 on one connection: one that breaks leaves so many unknown outcomes, not a hundred.
STREAMS: Final = 8
_NAME_LOOKUP_PAUSE: Final = 0.005


class Flight:
    """Requests in the air. Belongs to one thread of one process; its connections outlive a slice of work."""

    def __init__(self, rules: Rules, *, connections: int = CONNECTIONS, hears_waits: bool = False) -> None:
        """With `hears_waits` a Retry-After beyond six hours is believed, too; it costs each message something."""
        self._rules, self._hears_waits = rules, hears_waits
        self._warm = Warm()
        self._multi = pycurl.CurlMulti()
        self._multi.setopt(pycurl.M_MAX_TOTAL_CONNECTIONS, connections)
        self._multi.setopt(pycurl.M_MAXCONNECTS, connections)
        self._multi.setopt(pycurl.M_MAX_CONCURRENT_STREAMS, STREAMS)
        self._most_idle = connections
        self._idle: list[Line] = []
        self._flying: set[Line] = set()
        self._grounded: list[Answer] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __len__(self) -> int:
        """Requests posted whose answer was not handed out yet."""
        return len(self._flying) + len(self._grounded)

    def post(self, url: str, headers: tuple[str, ...], body: bytes, context: object, deadline: float) -> None:
        """Puts one POST on its way, at most once. `deadline` is seconds for all of it, the answer's body too.

        An address that may not be called is no error here: it comes back from `poll` as not sent. An empty
        body is one (ValueError), for only a body that must be asked for can not be posted twice."""
        if not body:
            raise ValueError("A POST without a body could arrive twice.")
        self._start("POST", url, headers, body, context, deadline)

    def get(self, url: str, headers: tuple[str, ...], context: object, deadline: float) -> None:
        """Puts one GET on its way, as `post` does."""
        self._start("GET", url, headers, b"", context, deadline)

    def poll(self, timeout: float) -> list[Answer]:
        """The answers that are there, after waiting up to `timeout` seconds for the first one."""
        end = time.monotonic() + timeout
        answers, self._grounded = self._grounded, []
        while self._flying:
            self._multi.perform()
            self._collect(answers)
            rest = end - time.monotonic()
            if answers or rest <= 0:
                break
            self._wait(rest)
        return answers

    def close(self) -> None:
        """Drops what is in the air, unanswered, and closes every connection."""
        for line in self._flying:
            self._multi.remove_handle(line.curl)
        for line in (*self._flying, *self._idle):
            line.close()
        self._flying.clear()
        self._idle.clear()
        self._multi.close()

    def _start(
        self, method: str, url: str, headers: tuple[str, ...], body: bytes, context: object, deadline: float
    ) -> None:
        line = self._idle.pop() if self._idle else self._new_line()
        try:
            line.load(method, url, headers, body, context, deadline)
        except Exception as error:
            # Whatever libcurl can not take was not written either: nothing is lost, and nobody waits for it.
            sentence = error.message if isinstance(error, Refusal) else ""
            if not sentence:
                log.error("not_posted", extra={"reason": type(error).__name__})
            self._grounded.append(Answer(context, Fate.NOT_SENT, problem=Problem.ADDRESS, sentence=sentence))
            line.close()
            return
        self._flying.add(line)
        self._multi.add_handle(line.curl)

    def _new_line(self) -> Line:
        return Line(self._rules, self._warm, hears_waits=self._hears_waits)

    def _collect(self, answers: list[Answer]) -> None:
        waiting = 1
        while waiting:
            waiting, fine, failed = self._multi.info_read()
            for curl in fine:
                answers.append(self._land(curl.line, pycurl.E_OK))
            for curl, code, _ in failed:
                if curl.line.go_again():
                    self._multi.remove_handle(curl)
                    self._multi.add_handle(curl)
                else:
                    answers.append(self._land(curl.line, code))

    def _land(self, line: Line, code: int) -> Answer:
        answer = line.answer(code)
        self._multi.remove_handle(line.curl)
        self._flying.discard(line)
        if len(self._idle) < self._most_idle:
            self._idle.append(line)
        else:
            line.close()
        return answer

    def _wait(self, rest: float) -> None:
        due = self._multi.timeout()
        pause = rest if due < 0 else min(rest, due / 1000)
        if pause and self._multi.select(pause) < 0:
            # Nothing to watch: a name is being looked up in libcurl's own thread.
            time.sleep(min(pause, _NAME_LOOKUP_PAUSE))


def request(
    method: str,
    url: str,
    *,
    rules: Rules,
    headers: Iterable[str] = (),
    body: bytes = b"",
    deadline: float = 30,
) -> Answer:
    """One GET or POST, waited for. `deadline` is seconds for all of it."""
    with Flight(rules, connections=1) as flight:
        if method == "GET":
            flight.get(url, tuple(headers), None, deadline)
        else:
            flight.post(url, tuple(headers), body, None, deadline)
        while True:
            answers = flight.poll(deadline)
            if answers:
                return answers[0]
