"""When callbacks leave: news waits for its moment; what is due within 100 ms goes to an address together."""

import asyncio
import time
from typing import Any

from simulator.client import Client
from simulator.counts import Counts
from simulator.envelopes import Item, account_envelope
from simulator.lanes import Lane
from simulator.limits import Limits
from simulator.numbers import Number, Numbers

_SLOT = 0.1


class Callbacks:
    """Made inside a running event loop; `start` sets it going."""

    def __init__(self, numbers: Numbers, limits: Limits, client: Client, counts: Counts) -> None:
        self._numbers, self._limits, self._client, self._counts = numbers, limits, client, counts
        self._loop = asyncio.get_running_loop()
        self._slots: dict[int, list[Item]] = {}
        self._turned = int(self._loop.time() / _SLOT)
        self._lanes: dict[tuple[str, str], Lane] = {}

    @property
    def pending(self) -> int:
        """News and bodies that have not been answered with 200 yet."""
        return sum(map(len, self._slots.values())) + sum(lane.waiting for lane in self._lanes.values())

    def start(self) -> None:
        self._loop.call_at((self._turned + 1) * _SLOT, self._turn)

    def schedule(self, delay: float, item: Item) -> None:
        """Let this leave in about `delay` seconds, rounded to the nearest slot that is still to come."""
        slot = max(round((self._loop.time() + delay) / _SLOT), self._turned + 1)
        self._slots.setdefault(slot, []).append(item)

    def forge(self, item: Item) -> None:
        """Let this leave now, wrongly signed, if the number has an address."""
        if lane := self._route(item):
            lane.forge(item)

    def about_account(self, account_id: str, field: str, value: dict[str, Any]) -> None:
        """Tell every address of the account's numbers once."""
        body = account_envelope(account_id, int(time.time()), field, value)
        lanes = [self._lane(number) for number in self._numbers.of_account(account_id)]
        for lane in dict.fromkeys(filter(None, lanes)):
            lane.push(body)

    async def drain(self, seconds: float) -> None:
        """Let everything leave now, and wait for it at most so long."""
        self._release(sorted(self._slots))
        for lane in self._lanes.values():
            lane.wake()
        end = self._loop.time() + seconds
        while self.pending and self._loop.time() < end:
            await asyncio.sleep(0.02)

    def _turn(self) -> None:
        now = int(self._loop.time() / _SLOT)
        due = range(self._turned + 1, now + 1)
        self._turned = now
        self._loop.call_at((now + 1) * _SLOT, self._turn)
        self._release([slot for slot in due if slot in self._slots])

    def _release(self, slots: list[int]) -> None:
        lanes: dict[Lane, None] = {}
        for item in (item for slot in slots for item in self._slots.pop(slot)):
            if item.kind == "messages":
                self._hear(item)
            if lane := self._route(item):
                lane.add(item)
                lanes[lane] = None
        for lane in lanes:
            lane.pump()

    def _hear(self, item: Item) -> None:
        """Whoever wrote, named by number or by user id, may be written to freely for a day."""
        for name in ("from", "from_user_id"):
            if isinstance(person := item.content.get(name), str):
                self._limits.heard_from(item.number.id, person)

    def _route(self, item: Item) -> Lane | None:
        """The lane of the item as its number is registered now; the item learns its account."""
        item.account_id = self._numbers.account_of(item.number)
        lane = self._lane(item.number)
        self._counts.callback_unaddressed += lane is None
        return lane

    def _lane(self, number: Number) -> Lane | None:
        url = self._numbers.address_of(number)
        if url is None:
            return None
        lane = self._lanes.get((url, number.app_secret))
        if lane is None:
            lane = Lane(url, number.app_secret, self._client, self._counts)
            self._lanes[url, number.app_secret] = lane
        return lane
