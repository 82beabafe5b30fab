"""A small HTTP/1.1 client for callbacks: kept-alive connections, a deadline, no redirects, no proxies."""

import asyncio
import ssl
from collections import defaultdict
from dataclasses import dataclass
from itertools import chain
from typing import cast
from urllib.parse import SplitResult, urlsplit

import httptools

_DEADLINE = 10.0
_MOST_BODY = 64 * 1024


@dataclass(slots=True, frozen=True)
class Reply:
    status: int
    body: bytes


class Client:
    """Every call raises OSError where no whole reply came within 10 seconds."""

    def __init__(self) -> None:
        self._idle: dict[tuple[str, str], list[_Connection]] = defaultdict(list)
        self._tls = ssl.create_default_context()

    async def get(self, url: str) -> Reply:
        return await self._call("GET", url, {}, b"")

    async def post(self, url: str, body: bytes, headers: dict[str, str]) -> Reply:
        return await self._call("POST", url, {"Content-Type": "application/json", **headers}, body)

    def close(self) -> None:
        for connection in chain.from_iterable(self._idle.values()):
            connection.close()

    async def _call(self, method: str, url: str, headers: dict[str, str], body: bytes) -> Reply:
        connection: _Connection | None = None
        try:
            parts = urlsplit(url)
            request = _wire(method, parts, headers, body)
            async with asyncio.timeout(_DEADLINE):
                connection = await self._connection(parts)
                reply = await connection.exchange(request)
        except (TimeoutError, ValueError) as error:
            raise OSError(str(error) or "no answer in time") from error
        finally:
            if connection is not None and not connection.is_idle:
                connection.close()
        if connection.is_idle:
            self._idle[parts.scheme, parts.netloc].append(connection)
        return reply

    async def _connection(self, parts: SplitResult) -> "_Connection":
        idle = self._idle[parts.scheme, parts.netloc]
        while idle:
            if (connection := idle.pop()).is_idle:
                return connection
        secure = parts.scheme == "https"
        loop = asyncio.get_running_loop()
        _, fresh = await loop.create_connection(
            _Connection,
            parts.hostname or "",
            parts.port or (443 if secure else 80),
            ssl=self._tls if secure else None,
        )
        return fresh


class _Connection(asyncio.Protocol):
    """One connection, one exchange at a time."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._reply: asyncio.Future[Reply] | None = None
        self._body = bytearray()
        self._in_body = False
        self.is_idle = False

    async def exchange(self, request: bytes) -> Reply:
        self.is_idle = False
        self._body.clear()
        self._reply = asyncio.get_running_loop().create_future()
        if self._transport is None or self._transport.is_closing():
            raise ConnectionResetError("the connection is closed")
        self._transport.write(request)
        return await self._reply

    def close(self) -> None:
        self.is_idle = False
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's are no subclass

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            self._fail(ConnectionResetError(f"not HTTP: {error}"))
            self.close()

    def connection_lost(self, error: Exception | None) -> None:
        self.is_idle = False
        if self._in_body:
            self._finish()  # a body without length ends with the connection
        self._fail(ConnectionResetError("the connection was closed"))

    def on_headers_complete(self) -> None:
        self._in_body = True

    def on_body(self, data: bytes) -> None:
        self._body += data[: _MOST_BODY - len(self._body)]

    def on_message_complete(self) -> None:
        self.is_idle = self._parser.should_keep_alive()
        self._finish()

    def _finish(self) -> None:
        self._in_body = False
        if self._reply is not None and not self._reply.done():
            self._reply.set_result(Reply(self._parser.get_status_code(), bytes(self._body)))

    def _fail(self, error: Exception) -> None:
        if self._reply is not None and not self._reply.done():
            self._reply.set_exception(error)


def _wire(method: str, parts: SplitResult, headers: dict[str, str], body: bytes) -> bytes:
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    lines = [
        f"{method} {target} HTTP/1.1",
        f"Host: {parts.netloc.rpartition('@')[2]}",
        "User-Agent: facebookexternalua",
        "Accept: */*",
        f"Content-Length: {len(body)}",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return "\r\n".join(lines).encode("ascii") + b"\r\n\r\n" + body
