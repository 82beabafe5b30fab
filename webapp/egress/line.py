"""One libcurl handle, used again and again, and the request it carries now."""

import re
import socket
from typing import Any, Final

import pycurl

from webapp.domain.errors import N_, Refusal
from webapp.egress.answer import MAX_ANSWER, Answer, Fate, Problem
from webapp.egress.handle import new_handle, problem
from webapp.egress.rules import Rules
from webapp.egress.urls import read_url
from webapp.egress.waits import is_wait, read_wait
from webapp.egress.warm import Ends, Warm

_BREAKS: Final = re.compile(r"[\r\n\0]")


class _Socket(socket.socket):
    """Closes itself when libcurl, which works on a copy of the descriptor, has let go of it."""

    def __del__(self) -> None:
        self.close()


class Line:
    """A handle that posts a body once, for it gives the body away once.

    libcurl posts again by itself when a connection that was used before breaks before the first byte of an
    answer (Curl_retry_request; measured: a body given as POSTFIELDS arrives twice, and the call says 200).
    A body that it must ask for, and may not rewind, leaves it no second one to post."""

    def __init__(self, rules: Rules, warm: Warm, *, hears_waits: bool = False) -> None:
        self.context: object = None
        self._rules, self._warm = rules, warm
        self._url: str | None = None
        self._method = self._scheme = ""
        self._headers: tuple[str, ...] = ()
        self._deadline = 0.0
        self._again = False
        self.curl = new_handle()
        self.curl.line = self
        self.curl.setopt(pycurl.OPENSOCKETFUNCTION, self._open)
        self.curl.setopt(pycurl.SOCKOPTFUNCTION, self._opened)
        self.curl.setopt(pycurl.PREREQFUNCTION, self._look)
        self.curl.setopt(pycurl.READFUNCTION, self._give)
        self.curl.setopt(pycurl.WRITEFUNCTION, self._take)
        if hears_waits:
            self.curl.setopt(pycurl.HEADERFUNCTION, self._hear)

    def load(
        self, method: str, url: str, headers: tuple[str, ...], body: bytes, context: object, deadline: float
    ) -> None:
        """Takes one request; raises Refusal when it can not be put on its way."""
        self._reset(body, context)
        if url != self._url:
            self._aim(url)
        if headers != self._headers:
            self._dress(headers)
        if method != self._method:
            self.curl.setopt(pycurl.POST if method == "POST" else pycurl.HTTPGET, 1)
            self._method = method
        if deadline != self._deadline:
            self._limit(deadline)
            self._deadline = deadline
        if body:
            self.curl.setopt(pycurl.POSTFIELDSIZE, len(body))

    def go_again(self) -> bool:
        """Whether only our own last look stopped the request; it is ready for a fresh connection then."""
        if not self._hung_up or self._again:
            return False
        self._again = True
        self._limit(self._deadline - self.curl.getinfo(pycurl.TOTAL_TIME))
        self.curl.setopt(pycurl.FRESH_CONNECT, 1)
        return True

    def answer(self, code: int) -> Answer:
        """What became of the request, by libcurl's result code (0: a whole answer)."""
        if self._ends:
            self._warm.leave(self._ends, is_shared=self._speaks_http2())
        status = self.curl.getinfo(pycurl.RESPONSE_CODE) or None
        body = b"".join(self._chunks)
        if code == pycurl.E_OK and status:
            wait = 0 if status == 200 else self._wait or self.curl.getinfo(pycurl.RETRY_AFTER)
            return Answer(self.context, Fate.ANSWERED, status, body, wait)
        return Answer(self.context, self._unanswered(), status, body, 0, self._problem(code), self._refused)

    def close(self) -> None:
        """Lets go of the handle, and of the ring of references between it and this line."""
        self.curl.line = None
        self.curl.close()

    def _unanswered(self) -> Fate:
        """Proof lies in what was written, never in libcurl's result code, which may be about a later try.
        REQUEST_SIZE counts what was handed to the socket, over all connections of this request."""
        written = self.curl.getinfo(pycurl.REQUEST_SIZE)
        return Fate.UNKNOWN if written else Fate.NOT_SENT

    def _speaks_http2(self) -> bool:
        if self._scheme != "https":
            return False
        return bool(self.curl.getinfo(pycurl.INFO_HTTP_VERSION) == pycurl.CURL_HTTP_VERSION_2_0)

    def _problem(self, code: int) -> Problem:
        if self._refused:
            return Problem.ADDRESS
        return Problem.TOO_BIG if self._size > MAX_ANSWER else problem(code)

    def _reset(self, body: bytes, context: object) -> None:
        self.context = context
        self._body = body
        self._given = self._size = self._wait = 0
        self._chunks: list[bytes] = []
        self._fresh: list[int] = []
        self._refused = ""
        self._hung_up = False
        self._ends: Ends | None = None
        if self._again:
            self.curl.setopt(pycurl.FRESH_CONNECT, 0)
            self._again, self._deadline = False, 0.0

    def _aim(self, url: str) -> None:
        target = read_url(url, self._rules)
        self.curl.setopt(pycurl.URL, target.url)
        self._url, self._scheme = url, target.scheme

    def _dress(self, headers: tuple[str, ...]) -> None:
        if any(_BREAKS.search(header) for header in headers):
            raise Refusal(N_("A line break is hidden in the access token. Copy it again without it."))
        self.curl.setopt(pycurl.HTTPHEADER, [*headers, "Expect:"])
        self._headers = headers

    def _limit(self, seconds: float) -> None:
        self.curl.setopt(pycurl.TIMEOUT_MS, max(1, int(seconds * 1000)))

    def _open(self, purpose: int, address: Any) -> Any:
        """The wall: the address that is really connected to, however it was spelled or looked up."""
        family, kind, protocol, (host, port, *_) = address
        self._refused = self._rules.refusal(host, port, self._scheme) or ""
        return pycurl.SOCKET_BAD if self._refused else _Socket(family, kind, protocol)

    def _opened(self, descriptor: int, purpose: int) -> int:
        self._fresh.append(descriptor)
        return int(pycurl.SOCKOPT_OK)

    def _look(self, remote: str, local: str, remote_port: int, local_port: int) -> int:
        """Before the first byte of a request: is this warm connection still one?"""
        ends = (local, local_port, remote, remote_port)
        if self._fresh:
            self._warm.add(ends, self._fresh)
        self._hung_up = not self._fresh and self._warm.has_hung_up(ends)
        self._fresh = []
        if not self._hung_up:
            self._take_seat(ends)
        return int(pycurl.PREREQFUNC_ABORT if self._hung_up else pycurl.PREREQFUNC_OK)

    def _take_seat(self, ends: Ends) -> None:
        """libcurl may go to another connection before it has asked for the body."""
        if self._ends:
            self._warm.leave(self._ends, is_shared=False)
        self._warm.use(ends)
        self._ends = ends

    def _give(self, size: int) -> bytes:
        chunk = self._body[self._given : self._given + size]
        self._given += len(chunk)
        return chunk

    def _take(self, chunk: bytes) -> int | None:
        self._size += len(chunk)
        if self._size > MAX_ANSWER:
            return 0
        self._chunks.append(chunk)
        return None

    def _hear(self, header: bytes) -> None:
        if is_wait(header):
            self._wait = read_wait(header)
