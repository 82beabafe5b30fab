"""`python -m bench.stub`: listens on a free port of this machine, says which, and answers until it is ended."""

import asyncio
import gc
import signal

import uvloop

from bench.stub.book import Book
from bench.stub.doors import Doors
from bench.stub.news import News
from bench.stub.protocol import Connection


async def main() -> None:
    loop = asyncio.get_running_loop()
    book, news = Book(), News()
    doors = Doors(book, news)
    server = await loop.create_server(lambda: Connection(book, doors), "127.0.0.1", 0, backlog=1024)
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    gc.freeze()
    gc.disable()  # a million kept messages would be looked through again and again
    print(server.sockets[0].getsockname()[1], flush=True)
    await ended.wait()
    news.stop()


if __name__ == "__main__":
    uvloop.run(main())
