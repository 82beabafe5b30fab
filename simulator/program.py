"""The program's life: listen, serve, and stop so that nothing known is lost."""

import asyncio
import contextlib
import signal
import sys
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from simulator import routes
from simulator.faults import Faults
from simulator.protocol import Connection
from simulator.turns import Turns
from simulator.world import World, build

_FLUSH_SECONDS = 2.0
_ANSWER_SECONDS = 0.5
_BACKLOG = 1024


@dataclass(frozen=True, slots=True)
class Options:
    host: str
    port: int
    ledger: Path
    faults: Faults


async def run(options: Options) -> int:
    """Serve until SIGTERM or SIGINT; the exit code. OSError where it can not listen or open the ledger."""
    world = build(options.ledger, options.faults)
    stop: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    connections: set[Connection] = set()
    turns = Turns(world.ledger, partial(_broken, stop))
    make = partial(Connection, partial(routes.answer, world), turns, connections)
    server = await asyncio.get_running_loop().create_server(
        make, options.host, options.port, backlog=_BACKLOG, reuse_address=True
    )
    _stop_on_signals(stop)
    world.callbacks.start()
    host, port = server.sockets[0].getsockname()[:2]
    _tell(f"simulator: listening on http://{host}:{port}, ledger {options.ledger}")
    code = await stop
    server.close()
    await _leave(world, connections)
    return code


async def _leave(world: World, connections: set[Connection]) -> None:
    """Answers that are ready leave, then callbacks that are pending, for up to 2 seconds."""
    for connection in list(connections):
        connection.finish()
    end = time.monotonic() + _ANSWER_SECONDS
    while connections and time.monotonic() < end:
        await asyncio.sleep(0.01)
    await world.callbacks.drain(_FLUSH_SECONDS)
    world.save()
    world.client.close()
    _tell(f"simulator: stopped, {world.counts.accepted} messages accepted")


def _tell(line: str) -> None:
    """Nobody may be there to read it: that is no reason to fail."""
    with contextlib.suppress(OSError):
        print(line, flush=True)


def _stop_on_signals(stop: asyncio.Future[int]) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, _resolve, stop, 0)


def _broken(stop: asyncio.Future[int], error: OSError) -> None:
    print(f"simulator: the ledger can not be written ({error}); stopping", file=sys.stderr, flush=True)
    _resolve(stop, 1)


def _resolve(stop: asyncio.Future[int], code: int) -> None:
    if not stop.done():
        stop.set_result(code)
