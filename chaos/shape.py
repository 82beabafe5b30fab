"""The shape of a world: how many processes of each kind, and whether they run a mutant."""

import sys
from dataclasses import dataclass

from chaos.environment import address, named
from chaos.keeper import Keeper
from embedded.ports import free_port

SANE = "sane"


@dataclass(frozen=True)
class Shape:
    """The kinds of processes and their number; `change` is what workers are changed with (chaos/worker.py)."""

    webs: int = 2
    senders: int = 3
    clocks: int = 2
    change: str = SANE

    def start(self, keeper: Keeper, env: dict[str, str]) -> list[str]:
        """Start all of them; the addresses of the webs."""
        ports = [free_port() for _ in range(self.webs)]
        for number, port in enumerate(ports):
            words = ("-m", "gunicorn", "wsgi:app", "-c", "gunicorn.conf.py")
            keeper.start(named(f"web{number}", env | address(port), sys.executable, *words))
        for kind, count in (("send", self.senders), ("clock", self.clocks), ("work", 1)):
            for number in range(count):
                worker = (sys.executable, "-m", "chaos.worker", self.change, kind)
                keeper.start(named(f"{kind}{number}", env | address(ports[0]), *worker))
        return [f"http://127.0.0.1:{port}" for port in ports]
