"""The whole program as its real processes, on this test worker's own servers."""

import base64
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from embedded.ports import free_port
from tests.campaigning import Simulator, simulator
from webapp.config import Settings

ROOT = Path(__file__).resolve().parents[1]


@dataclass
class House:
    """Web, workers, clock and simulator, running. `url` is where the pages are."""

    url: str
    provider: Simulator
    environment: dict[str, str]
    logs: Path
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str, *command: str) -> None:
        log = (self.logs / f"{name}.log").open("ab")
        self.processes[name] = subprocess.Popen(
            [sys.executable, *command], cwd=ROOT, env=self.environment, stdout=log, stderr=log
        )

    def kill(self, name: str) -> None:
        """As a crash would."""
        process = self.processes.pop(name)
        process.send_signal(signal.SIGKILL)
        process.wait()

    def stop(self) -> None:
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            process.wait(40)

    def said(self, name: str) -> str:
        return (self.logs / f"{name}.log").read_text()


@contextmanager
def running_house(
    folder: Path, settings: Settings, *, senders: int = 1, web: bool = True, **faults: object
) -> Iterator[House]:
    """Every process but PostgreSQL and Redis, which the test worker has already. Times are short: lease 4 s."""
    port = free_port()
    with simulator(folder, **faults) as provider:
        environment = environment_of(settings, port, folder) | {
            "SEND_LEASE_SECONDS": "4",
            "SWEEP_SECONDS": "1",
            "PROVIDER_TIMEOUT_SECONDS": "2",
        }
        house = House(f"http://127.0.0.1:{port}", provider, environment, folder)
        if web:
            house.start("web", "-m", "gunicorn", "wsgi:app", "-c", "gunicorn.conf.py")
        for number in range(senders):
            house.start(f"send{number}", "worker.py", "send")
        house.start("work", "worker.py", "work")
        house.start("clock", "worker.py", "clock")
        try:
            if web:
                wait_until(lambda: answers(f"{house.url}/healthz"), 30)
            yield house
        finally:
            house.stop()


def environment_of(settings: Settings, port: int, folder: Path) -> dict[str, str]:
    """What a process of ours finds around it, when its pages are at this port."""
    return os.environ | {
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "SECRET_KEY": settings.secret_key,
        "ENCRYPTION_KEYS": _keys(settings),
        "EGRESS_ALLOW": settings.egress_allow,
        "BASE_URL": f"http://127.0.0.1:{port}",
        "PORT": str(port),
        "DATA_DIR": str(folder),
    }


def wait_until(holds: Callable[[], object], seconds: float) -> None:
    """Until it holds; fails after so many seconds."""
    give_up = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < give_up, "it did not come to hold in time"
        time.sleep(0.05)


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return answer.status == 200
    except OSError:
        return False


def _keys(settings: Settings) -> str:

    return ",".join(
        f"{name}:{base64.b64encode(key).decode()}" for name, key in settings.encryption_keys.items()
    )
