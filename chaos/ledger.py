"""The ledger: what the provider accepted, by the number that sent it. It is the ground truth."""

import json
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Entry:
    """One accepted message. `at` is in seconds since 1970."""

    at: float
    to: str
    tracker: str
    message_id: str
    body: str


class Ledger:
    """Reads on where it stopped last, so that looking often costs little."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._read = 0
        self._entries: dict[str, list[Entry]] = defaultdict(list)

    def of(self, number_id: str) -> list[Entry]:
        """Everything that was accepted from one number so far."""
        self._read_on()
        return list(self._entries[number_id])

    def _read_on(self) -> None:
        if not self.path.exists():
            return
        with self.path.open("rb") as file:
            file.seek(self._read)
            for line in file:
                if not line.endswith(b"\n"):
                    break
                self._read += len(line)
                said = json.loads(line)
                entry = Entry(said["t"], said["to"], said["tracker"] or "", said["messageId"], said["body"])
                self._entries[said["phoneNumberId"]].append(entry)
