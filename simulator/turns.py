"""Once per turn of the event loop: first the ledger is written, then the answers leave."""

import asyncio
from collections.abc import Callable

from simulator.ledger import Ledger
from simulator.protocol import Connection


class Turns:
    """`on_broken` is called where the ledger can not be written; then no answer of that turn leaves."""

    def __init__(self, ledger: Ledger, on_broken: Callable[[OSError], None]) -> None:
        self._ledger, self._on_broken = ledger, on_broken
        self._loop = asyncio.get_running_loop()
        self._connections: dict[Connection, None] = {}

    def wants(self, connection: Connection) -> None:
        """This connection has answers; they leave when this turn's requests have all been taken."""
        if not self._connections:
            self._loop.call_soon(self._end)
        self._connections[connection] = None

    def _end(self) -> None:
        connections, self._connections = self._connections, {}
        try:
            self._ledger.write()
        except OSError as error:
            for connection in connections:
                connection.cut()
            self._on_broken(error)
            return
        for connection in connections:
            connection.release()
