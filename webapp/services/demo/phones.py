"""Phone numbers that nobody has: ranges that countries keep free for films and books.

Somebody may connect a real number to the demo. Then not one message must reach a stranger.
"""

from collections.abc import Iterator
from typing import Final

# North America keeps 555-0100 to 555-0199 of every area code.
_AREAS: Final = {
    "New York": ("212", "347", "646", "718", "917"),
    "Boston": ("617", "857"),
    "Chicago": ("312", "773"),
    "San Francisco": ("415", "628"),
    "Seattle": ("206",),
    "Toronto": ("416", "437", "647"),
    "Montréal": ("438", "514"),
    "Vancouver": ("236", "604"),
}
# Australia keeps single mobile numbers (ACMA).
_AUSTRALIA: Final = ("110", "156", "157", "158", "159", "266", "313", "491", "737", "804")


def free() -> list[tuple[str, str]]:
    """Every number that can be given out here, with the city it goes with, always in the same order."""
    return list(_free())


def doubtful() -> list[tuple[str, str]]:
    """Numbers of the same kind whose shape exists nowhere, so that an import would doubt them."""
    britain = [(f"+447700900{n:03d}", "London") for n in range(100, 130)]
    france = [(f"+3363998{n:04d}", "Paris") for n in range(1100, 1120)]
    return [*britain, *france]


def _free() -> Iterator[tuple[str, str]]:
    for city, areas in _AREAS.items():
        for area in areas:
            yield from ((f"+1{area}555{n:04d}", city) for n in range(100, 200))
    yield from ((f"+4917139200{n:02d}", "Berlin") for n in range(100))
    yield from ((f"+49176040690{n:02d}", "Hamburg") for n in range(100))
    yield from ((f"+4670174{n:04d}", "Stockholm") for n in range(605, 700))
    yield from ((f"+61491570{n}", "Sydney") for n in _AUSTRALIA)
