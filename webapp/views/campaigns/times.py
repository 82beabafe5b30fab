"""Times and durations as the wizard says them."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from babel.dates import format_datetime
from flask_babel import format_date, get_locale
from flask_babel import gettext as _

from webapp.domain import schedule
from webapp.views.guard import here


@dataclass(frozen=True, slots=True)
class Clock:
    """One instant in the words of a zone; `elsewhere` says it for whoever reads, and in UTC, where those differ."""

    at: str
    zone: str
    elsewhere: tuple[tuple[str, str], ...]


def said(words: schedule.Words) -> str:
    """The sentence in the reader's language, with its dates."""
    values = {
        name: format_date(value) if isinstance(value, date) else value for name, value in words.values.items()
    }
    return str(_(words.message, **values))


def clock(at: datetime, zone: str) -> Clock:
    others = [name for name in dict.fromkeys((here().tenant.time_zone, "UTC")) if name != zone]
    told = tuple((shown(name), _in_zone(at, name, "HH:mm")) for name in others)
    return Clock(_in_zone(at, zone, "EEEE, d MMMM y, HH:mm"), shown(zone), told)


def local(at: datetime, zone: str) -> datetime:
    """The wall clock time of an instant, as a form field holds it."""
    return at.astimezone(schedule.zone(zone)).replace(tzinfo=None)


def shown(zone: str) -> str:
    return zone.replace("_", " ")


def duration(people: int, per_second: int) -> str:
    """How long so many messages take: about 25 seconds."""
    return said(schedule.duration_words(people / per_second))


def short(seconds: float) -> str:
    """A duration for a large figure: 40 s, 3 min 20 s, 12 min, 1 h 5 min, 2 d 3 h."""
    if seconds < 600:
        minutes, rest = divmod(10 * round(seconds / 10) if seconds >= 60 else max(1, round(seconds)), 60)
        return _pair((minutes, _("%(n)s min")), (rest, _("%(n)s s")))
    if seconds < 86400:
        return _pair((round(seconds / 60) // 60, _("%(n)s h")), (round(seconds / 60) % 60, _("%(n)s min")))
    return _pair((round(seconds / 3600) // 24, _("%(n)s d")), (round(seconds / 3600) % 24, _("%(n)s h")))


def _pair(*parts: tuple[int, str]) -> str:
    return " ".join(pattern % {"n": count} for count, pattern in parts if count)


def done_by(start: datetime | None, people: int, per_second: int, zone: str) -> str:
    """When the last of so many messages is out, from now or from a start: done by 10:42."""
    return said(schedule.done_by(start or datetime.now(UTC), people / per_second, zone))


def _in_zone(at: datetime, zone: str, pattern: str) -> str:
    return format_datetime(at, pattern, tzinfo=schedule.zone(zone), locale=get_locale())
