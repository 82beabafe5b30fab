"""The provider's stand-in of a world, and how it misbehaves."""

import json
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

from chaos.environment import named
from chaos.keeper import Keeper

# docs/faults.md: before acceptance, after it, and of the callbacks.
BEFORE = {"rate_limited": 0.03, "server_error": 0.02, "invalid": 0.01, "reset": 0.02}
AFTER = {"drop": 0.02, "stall": 0.01, "bad_gateway": 0.01, "garbage": 0.005}
TOLD = {"duplicate": 0.3, "reorder": 0.3, "forged": 0.03, "unknown": 0.03, "failed": 0.1}

# Everything that may go wrong; and only what is told of messages, which is all told, though twice and in disorder.
ALL = {**BEFORE, **AFTER, **TOLD, "lost": 0.02}
NEWS = {**TOLD, "lost": 0.0}
# Half of the answers take their time, so that at any moment some numbers are on the wire. All of them come.
SLOWNESS = {"stall": 0.5, "stall_seconds": 0.8}
SLOW = {**NEWS, **SLOWNESS}


class Provider:
    """Kept like every process; the faults in force stand in a file, so that they survive its restarts."""

    name = "simulator"

    def __init__(self, keeper: Keeper, folder: Path, port: int, environment: dict[str, str]) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.ledger_path = folder / "ledger.jsonl"
        self._file = folder / "faults.json"
        self._file.write_text("{}")
        words = ("--port", str(port), "--ledger", str(self.ledger_path), "--faults", str(self._file))
        keeper.start(named(self.name, environment, sys.executable, "-m", "simulator", *words))

    def misbehave(self, faults: dict[str, float], seed: int) -> None:
        """From now on these probabilities and no others."""
        quick = {"sent_seconds": 0.02, "delivered_seconds": 0.2, "read_seconds": 0.5}
        self._file.write_text(json.dumps({**faults, **quick, "seed": seed}))
        self.ask("faults", method="DELETE")
        self.ask("faults", json.loads(self._file.read_text()))

    def pending(self) -> int:
        """News that nobody has taken yet."""
        return int(self.ask("stats")["callbacksPending"])

    def register(self, number_id: str, account_id: str, secret: str, url: str) -> None:
        """Tell it where news of a number go."""
        self.ask(
            "numbers",
            {"phoneNumberId": number_id, "businessAccountId": account_id, "appSecret": secret, "url": url},
        )

    def ask(self, address: str, body: Any = None, method: str | None = None) -> Any:
        """One of its own addresses; patient, because it may be starting."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            f"{self.url}/_sim/{address}", data, {"Content-Type": "application/json"}, method=method
        )
        give_up = time.monotonic() + 30
        while True:
            try:
                with urllib.request.urlopen(request, timeout=5) as answer:
                    return json.load(answer)
            except OSError:
                if time.monotonic() > give_up:
                    raise
                time.sleep(0.1)
