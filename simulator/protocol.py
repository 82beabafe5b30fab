"""HTTP on one connection: requests are answered in their order, however they arrive."""

import asyncio
import socket
import struct
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any, Protocol, cast

import httptools

from simulator.answers import Answer, Fate, Request, say

_MOST_BODY = 4 * 1024 * 1024
_MOST_HEAD = 64 * 1024
_MOST_WAITING = 64
_NO_LINGER = struct.pack("ii", 1, 0)

Answerer = Callable[[Request], Answer | Coroutine[Any, Any, Answer]]


class Turn(Protocol):
    """Who tells a connection that its answers may leave."""

    def wants(self, connection: "Connection") -> None: ...


class Connection(asyncio.Protocol):
    def __init__(self, answerer: Answerer, turn: Turn, everybody: set["Connection"]) -> None:
        self._answerer, self._turn, self._everybody = answerer, turn, everybody
        self._parser = httptools.HttpRequestParser(self)
        self._transport: asyncio.Transport | None = None
        self._waiting: deque[Request | Answer] = deque()
        self._task: asyncio.Task[None] | None = None
        self._outbox: list[bytes] = []
        self._end = Fate.KEEP
        self._reads = True
        self._head_bytes = 0
        self.on_message_begin()

    # What the event loop calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's are no subclass
        self._everybody.add(self)

    def connection_lost(self, error: Exception | None) -> None:
        self._everybody.discard(self)
        self._transport = None
        self._waiting.clear()
        if self._task is not None:
            self._task.cancel()

    def data_received(self, data: bytes) -> None:
        if not self._reads:
            return
        began_in_head = self._in_head
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self._refuse(self._excuse or (400, "This is not HTTP/1.1."))
        self._head_bytes = self._head_bytes + len(data) if began_in_head and self._in_head else 0
        if self._head_bytes > _MOST_HEAD:
            self._refuse((431, "The headers are too long."))
        self._serve()

    def pause_writing(self) -> None:
        if self._transport is not None:
            self._transport.pause_reading()

    def resume_writing(self) -> None:
        if self._transport is not None:
            self._transport.resume_reading()

    # What the parser calls.

    def on_message_begin(self) -> None:
        self._in_head = True
        self._url = b""
        self._authorization = self._host = ""
        self._body = b""
        self._parts: list[bytes] = []
        self._size = 0
        self._excuse: tuple[int, str] | None = None

    def on_url(self, url: bytes) -> None:
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        match name.lower():
            case b"authorization":
                self._authorization = value.decode("latin-1")
            case b"host":
                self._host = value.decode("latin-1")
            case b"expect":
                self._go_on()

    def on_headers_complete(self) -> None:
        self._in_head = False

    def on_body(self, body: bytes) -> None:
        self._size += len(body)
        if self._size > _MOST_BODY:
            self._excuse = 413, "The body is larger than 4 MB."
            raise ValueError(self._excuse)
        self._parts.append(body)

    def on_message_complete(self) -> None:
        path, _, query = self._url.decode("latin-1").partition("?")
        self._waiting.append(
            Request(
                self._parser.get_method().decode("latin-1"),
                path,
                query,
                self._authorization,
                self._host,
                b"".join(self._parts),
                self._parser.should_keep_alive(),
            )
        )

    # Answering.

    def release(self) -> None:
        """Let the collected answers leave: what they say is in the ledger."""
        if self._transport is None:
            return
        if self._outbox:
            self._transport.write(b"".join(self._outbox))
            self._outbox.clear()
        if self._end is Fate.RESET:
            self._tear_down()
        elif self._end is not Fate.KEEP:
            self._transport.close()

    def finish(self) -> None:
        """Take no more requests; end when the answers that are ready have left."""
        self._reads = False
        self._end = Fate.CLOSE if self._end is Fate.KEEP else self._end
        self._waiting.clear()
        self._turn.wants(self)

    def cut(self) -> None:
        """End at once, with no word more."""
        self._outbox.clear()
        if self._transport is not None:
            self._transport.abort()

    def _serve(self) -> None:
        while self._waiting and self._task is None and self._end is Fate.KEEP:
            request = self._waiting.popleft()
            answer = request if isinstance(request, Answer) else self._answerer(request)
            last = isinstance(request, Request) and not request.keep_alive
            if isinstance(answer, Answer) and not answer.wait:
                self._say(answer, last)
            else:
                self._turn.wants(self)
                self._task = asyncio.get_running_loop().create_task(self._say_later(answer, last))
        self._hold_back()

    async def _say_later(self, answer: Answer | Coroutine[Any, Any, Answer], last: bool) -> None:
        """What takes time. The ledger did not wait with it: it was written in the turn that accepted."""
        known = answer if isinstance(answer, Answer) else await answer
        if known.wait:
            await asyncio.sleep(known.wait)
        self._task = None
        self._say(known, last)
        self._serve()

    def _say(self, answer: Answer, last: bool) -> None:
        if answer.fate in (Fate.KEEP, Fate.CLOSE):
            self._outbox.append(answer.wire())
        if answer.fate is not Fate.KEEP or last:
            self._end = Fate.CLOSE if answer.fate is Fate.KEEP else answer.fate
        self._turn.wants(self)

    def _refuse(self, excuse: tuple[int, str]) -> None:
        """The last answer on this connection: nothing after it can be understood."""
        self._reads = False
        status, message = excuse
        refusal = say({"error": {"message": message, "type": "OAuthException", "code": 1}}, status)
        self._waiting.append(Answer(refusal.status, refusal.body, fate=Fate.CLOSE))

    def _hold_back(self) -> None:
        """Somebody who sends on without waiting is not read from for a while."""
        if self._transport is None or self._transport.is_closing():
            return
        if len(self._waiting) > _MOST_WAITING:
            self._transport.pause_reading()
        elif not self._transport.is_reading():
            self._transport.resume_reading()

    def _go_on(self) -> None:
        if self._transport is not None and not self._waiting and not self._outbox and self._task is None:
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def _tear_down(self) -> None:
        assert self._transport is not None
        sock: socket.socket | None = self._transport.get_extra_info("socket")
        if sock is not None:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
        self._transport.abort()
