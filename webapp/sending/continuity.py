"""Continuity: whether the database is still the one that sent, and knows all that it knew.

After a restore or a failover it may have forgotten messages that left. Its marks are kept outside it, in Redis and in
DATA_DIR, each as it was found last; when they do not fit any more, nothing is sent until a person says so.
"""

import json
import logging
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from flask import current_app
from redis import RedisError
from sqlalchemy import text

from webapp import broker
from webapp.db import as_owner
from webapp.sending import rounds
from webapp.services.campaigns import moves

log = logging.getLogger(__name__)

REASON: Final = "database_changed"
KEY: Final = "continuity"
FILE: Final = "continuity.json"


@dataclass(frozen=True, slots=True)
class Mark:
    """What tells one database, and one moment of it, from another.

    `timeline` changes with every failover, `database` when it is made anew under the same name. `beat`, `number` (the
    last that was given to a message) and `written` (bytes of its log) only ever rise."""

    system: str
    timeline: int
    database: int
    beat: int
    number: int
    written: int

    def fits(self, kept: "Mark") -> bool:
        """Whether this is the same database, later."""
        is_same = (self.system, self.timeline, self.database) == (kept.system, kept.timeline, kept.database)
        return (
            is_same and self.beat > kept.beat and self.number >= kept.number and self.written >= kept.written
        )


# Each look is a beat, so that even a past of which no number was given is noticed. What was flushed survives a crash.
_LOOK: Final = text(
    """
select (select system_identifier::text from pg_control_system()) as system,
  ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int as timeline,
  (select oid::bigint from pg_database where datname = current_database()) as database,
  nextval('house_beats') as beat, (select last_value from send_numbers) as number,
  pg_wal_lsn_diff(pg_current_wal_flush_lsn(), '0/0')::bigint as written
"""
)

# Numbers that were given in the forgotten time are never given again: news of those messages would find others.
_GO_ON_FROM: Final = text(
    """
select setval('send_numbers', greatest((select last_value from send_numbers), :number)),
  setval('house_beats', greatest((select last_value from house_beats), :beat))
"""
)


def check() -> bool:
    """Look at the database and note how it was found; whether its past is what it was. If not, everything that is
    sent or will be is paused first. May run twice at once, in several processes."""
    # What is kept is read first: a mark that another process keeps meanwhile has a later beat than this look.
    kept = _kept()
    found = _look()
    if kept is None or found.fits(kept):
        _keep(found)
        return True
    log.error("database_changed", extra={"kept": asdict(kept), "found": asdict(found)})
    for campaign in rounds.unfinished():
        rounds.call(lambda tenant_id, campaign_id: moves.hold(tenant_id, campaign_id, REASON), campaign)
    with as_owner() as connection:
        connection.execute(_GO_ON_FROM, {"number": kept.number, "beat": kept.beat})
    _keep(_look())
    return False


def _look() -> Mark:
    with as_owner() as connection:
        return Mark(**connection.execute(_LOOK).mappings().one())


def _kept() -> Mark | None:
    """The later of the two marks; one that is missing or unreadable says nothing."""
    marks = [mark for mark in (_of_redis(), _of_file()) if mark]
    return max(marks, key=lambda mark: mark.beat, default=None)


def _keep(mark: Mark) -> None:
    told = json.dumps(asdict(mark))
    try:
        broker.redis().set(KEY, told)
    except RedisError:
        log.warning("mark_not_kept", extra={"place": "redis"})
    try:
        fresh = _file().with_suffix(f".{os.getpid()}")
        fresh.write_text(told)
        fresh.replace(_file())
    except OSError:
        log.warning("mark_not_kept", extra={"place": "DATA_DIR"})


def _of_redis() -> Mark | None:
    try:
        told = broker.redis().get(KEY)
    except RedisError:
        return None
    return _read(told) if isinstance(told, bytes | str) else None


def _of_file() -> Mark | None:
    try:
        return _read(_file().read_text())
    except OSError:
        return None


def _read(told: str | bytes) -> Mark | None:
    try:
        return Mark(**json.loads(told))
    except (ValueError, TypeError):
        return None


def _file() -> Path:
    folder: Path = current_app.config["CRIER"].data_dir
    return folder / FILE
