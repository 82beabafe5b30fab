"""Poster: one warm connection that posts body after body and notes how long each 200 took."""

import asyncio
import time
from collections import deque
from typing import Final, cast

import httptools

from bench.stub.envelopes import Address

_TRY_AGAIN_SECONDS: Final = 0.2


class Poster(asyncio.Protocol):
    """Takes requests from the deque it shares with others; one that is not taken with 200 goes back to it."""

    def __init__(self, address: Address, bodies: deque[bytes]) -> None:
        self._address, self._bodies = address, bodies
        self._transport: asyncio.Transport | None = None
        self._request: bytes | None = None
        self._closed = False
        self.waits: list[float] = []
        self.refused = 0

    async def connect(self) -> None:
        loop = asyncio.get_running_loop()
        while not self._closed and self._transport is None:
            try:
                await loop.create_connection(lambda: self, self._address.host, self._address.port)
            except OSError:
                await asyncio.sleep(_TRY_AGAIN_SECONDS)

    def pump(self) -> None:
        """Post the next body, unless one is on its way."""
        if self._transport is None or self._request is not None or not self._bodies:
            return
        self._request = self._bodies.popleft()
        self._began = time.perf_counter()
        self._transport.write(self._request)

    def close(self) -> None:
        self._closed = True
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's are no subclass
        self._parser = httptools.HttpResponseParser(self)

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_message_complete(self) -> None:
        if self._parser.get_status_code() == 200:
            self.waits.append(time.perf_counter() - self._began)
        else:
            self._put_back()
        self._request = None
        asyncio.get_running_loop().call_soon(self.pump)

    def connection_lost(self, error: Exception | None) -> None:
        self._transport = None
        if self._request is not None:
            self._put_back()
            self._request = None
        if not self._closed:
            self._again = asyncio.get_running_loop().create_task(self.connect())

    def _put_back(self) -> None:
        self.refused += 1
        assert self._request is not None
        self._bodies.append(self._request)
