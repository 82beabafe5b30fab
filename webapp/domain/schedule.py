"""When a campaign starts and ends: wall clocks of named zones on one side, instants in UTC on the other."""

import zoneinfo
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final

from webapp.domain.errors import N_, Invalid

MAX_YEARS_AHEAD: Final = 5

# What these mean depends on the machine, or is nothing.
_NO_ZONES: Final = frozenset({"localtime", "posixrules", "Factory"})


@dataclass(frozen=True, slots=True)
class Words:
    """A sentence to be translated, and the values to put in afterwards."""

    message: str
    values: dict[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.message % self.values


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant in UTC, with a note when the clock change made it other than what was asked."""

    at: datetime
    note: Words | None = None


def zone(name: str) -> zoneinfo.ZoneInfo:
    """The zone of an IANA name such as Europe/Oslo. Raises Invalid for any other."""
    if name not in _known_zones():
        raise Invalid("time_zone", N_("“%(name)s” is no known time zone."), name=name)
    return zoneinfo.ZoneInfo(name)


@cache
def zones() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The names that a person may choose from, grouped by area of the world, UTC first."""
    places = [line.split("\t")[2].strip() for line in _zone_table().splitlines() if line[:1] not in ("#", "")]
    known = sorted(_known_zones().intersection(places))
    areas = sorted({name.split("/")[0] for name in known})
    grouped = ((area, tuple(name for name in known if name.startswith(f"{area}/"))) for area in areas)
    return (("UTC", ("UTC",)), *grouped)


def instant(local: datetime, zone_name: str, now: datetime) -> Moment:
    """The instant of a wall clock time; one with an offset of its own is an instant already.

    A time that clocks skip moves forward, one that comes twice is the first. Raises Invalid for the past.
    """
    place = zone(zone_name)
    if local.year > now.year + MAX_YEARS_AHEAD:
        raise Invalid("scheduled_at", N_("This is years away. Check the year."))
    if local.year < now.year - 1:
        raise Invalid("scheduled_at", N_("This time has passed."))
    at = (local if local.tzinfo else local.replace(tzinfo=place, fold=0)).astimezone(UTC)
    if at <= now:
        raise Invalid("scheduled_at", N_("This time has passed."))
    return Moment(at, None if local.tzinfo else _clock_change(local, at, place))


def duration_words(seconds: float) -> Words:
    """How long something takes, as people say it: about 25 seconds."""
    if seconds < 8:
        return Words(N_("a few seconds"))
    if seconds < 57.5:
        return Words(N_("about %(count)s seconds"), {"count": 5 * round(seconds / 5)})
    if seconds < 90:
        return Words(N_("about a minute"))
    if 55 * 60 <= seconds < 75 * 60:
        return Words(N_("about an hour"))
    if seconds < 99.5 * 60:
        return Words(N_("about %(count)s minutes"), {"count": round(seconds / 60)})
    if seconds < 36 * 3600:
        return Words(N_("about %(count)s hours"), {"count": round(seconds / 3600)})
    return Words(N_("about %(count)s days"), {"count": round(seconds / 86400)})


def done_by(now: datetime, seconds: float, zone_name: str) -> Words:
    """When something that takes so long from now is over, on the clock of that zone."""
    place = zone(zone_name)
    end = (now + timedelta(seconds=seconds + 59)).astimezone(place)
    time = end.strftime("%H:%M")
    if end.date() == now.astimezone(place).date():
        return Words(N_("done by %(time)s"), {"time": time})
    return Words(N_("done by %(time)s on %(date)s"), {"time": time, "date": end.date()})


def _clock_change(asked: datetime, at: datetime, place: zoneinfo.ZoneInfo) -> Words | None:
    shown = at.astimezone(place).replace(tzinfo=None, fold=0)
    values: dict[str, object] = {
        "zone": place.key,
        "asked": asked.strftime("%H:%M"),
        "starts": shown.strftime("%H:%M"),
    }
    if shown != asked.replace(fold=0):
        return Words(N_("Clocks in %(zone)s skip %(asked)s that day, so it will be %(starts)s."), values)
    if asked.replace(tzinfo=place, fold=1).astimezone(UTC) != at:
        return Words(
            N_("Clocks in %(zone)s show %(asked)s twice that day. It will be the first time."), values
        )
    return None


@cache
def _known_zones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones()) - _NO_ZONES


def _zone_table() -> str:
    """The zones by place, from where zoneinfo takes its data: the system, else the package tzdata."""
    for folder in zoneinfo.TZPATH:
        if (table := Path(folder, "zone.tab")).is_file():
            return table.read_text(encoding="utf-8")
    return files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8")
