"""What the logs must not say: no token, secret or full phone number stands in any line; and no wall was leaned on."""

import json
import re
from collections.abc import Iterator

from chaos.finding import Finding, found
from chaos.send import Send
from chaos.world import World

# People's numbers of a send, whole, with or without a plus.
_PHONE = re.compile(r"49151\d{8}")
# The schema refuses what the gate must never ask for.
_WALL = re.compile(r'constraint "send_windows|a (recipient|campaign) can not go from')
_STRANGERS = ("simulator",)


def said(world: World, sends: list[Send]) -> list[Finding]:
    """The findings in the logs of a world's processes and of its servers."""
    lines = list(_lines(world))
    secrets = [*_secrets(world), *(secret for send in sends for secret in send.secrets)]
    return [
        *found(
            "9",
            "Log lines with a secret",
            (place for place, line in lines if any(s in line for s in secrets)),
        ),
        *found("9", "Log lines with a phone number", (place for place, line in lines if _PHONE.search(line))),
        *found(
            "wall",
            "Writes that only the schema refused",
            (f"{p}: {li}" for p, li in lines if _WALL.search(li)),
        ),
    ]


def _lines(world: World) -> Iterator[tuple[str, str]]:
    """Of the servers' logs only what was said since this world began."""
    for path in [*sorted(world.logs.glob("*.log")), *sorted(world.ground.data.glob("*.log"))]:
        if path.stem not in _STRANGERS:
            with path.open(errors="replace") as file:
                file.seek(world.servers_said.get(path.name, 0))
                yield from ((f"{path.name}:{number}", line) for number, line in enumerate(file, 1))


def _secrets(world: World) -> list[str]:
    kept = json.loads((world.ground.data / "secrets.json").read_text())
    return [part for value in kept.values() for part in (value, value.partition(":")[2]) if len(part) > 8]
