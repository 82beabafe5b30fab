"""How many posts a second a running simulator takes: `python -m simulator.measure --port N`."""

import argparse
import asyncio
import time
from typing import cast

import uvloop

from simulator.answers import compact

_WARM_UP = 2_000


class _Poster(asyncio.Protocol):
    """Posts one message after the other on one connection, until `todo` is empty."""

    def __init__(self, todo: list[bytes], done: asyncio.Event, refusals: list[bytes]) -> None:
        self._todo, self._done, self._refusals = todo, done, refusals

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's are no subclass
        self._next()

    def data_received(self, data: bytes) -> None:
        if not data.startswith(b"HTTP/1.1 200"):
            self._refusals.append(data)
        self._next()

    def _next(self) -> None:
        if self._todo:
            self._transport.write(self._todo.pop())
        else:
            self._done.set()
            self._transport.close()


def _request(port: int, number: int) -> bytes:
    body = compact(
        {
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            "to": f"+1202{number:07d}",
            "type": "text",
            "text": {"preview_url": False, "body": "Hello Dana, your order 1001 is ready."},
            "biz_opaque_callback_data": f"c42:r{number}:a1",
        }
    )
    head = (
        f"POST /v23.0/720000000000101/messages HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept: */*\r\n"
        f"Authorization: Bearer measure\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def _round(port: int, posts: int, connections: int) -> tuple[float, list[bytes]]:
    todo = [_request(port, number) for number in range(posts)]
    refusals: list[bytes] = []
    done = [asyncio.Event() for _ in range(connections)]
    loop = asyncio.get_running_loop()
    start = time.perf_counter()
    for event in done:
        await loop.create_connection(lambda event=event: _Poster(todo, event, refusals), "127.0.0.1", port)  # type: ignore[misc]
    await asyncio.gather(*(event.wait() for event in done))
    return posts / (time.perf_counter() - start), refusals


async def _measure(port: int, posts: int, connections: int) -> None:
    await _round(port, _WARM_UP, connections)
    speed, refusals = await _round(port, posts, connections)
    print(f"{speed:,.0f} posts a second over {connections} connections, {len(refusals)} of {posts:,} refused")
    if refusals:
        print(refusals[0].decode(errors="replace"))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m simulator.measure")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--posts", type=int, default=50_000)
    parser.add_argument("--connections", type=int, default=64)
    given = parser.parse_args()
    uvloop.run(_measure(given.port, given.posts, given.connections))
