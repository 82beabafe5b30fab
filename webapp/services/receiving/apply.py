"""Apply: drain a tenant's inbox, a slice of a second or two at a time. Everything in it may be applied twice."""

import logging
import time
import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from psycopg.errors import DeadlockDetected
from sqlalchemy.exc import OperationalError

from webapp.db import act_for, db
from webapp.services import tracking
from webapp.services.receiving import inbox, reading, standing, statuses, talk, wishes
from webapp.services.receiving.inbox import Body
from webapp.services.receiving.numbers import Circle, circles
from webapp.services.receiving.reading import Mail

log = logging.getLogger(__name__)

SLICE_SECONDS: Final = 2
# Two workers, or a worker and a sender, locked rows in each other's way: the loser tries again.
_DEADLOCK_WAITS: Final = (0.02, 0.1, 0.5)


def apply(tenant_id: uuid.UUID) -> bool:
    """Apply what waits in the inbox for up to SLICE_SECONDS; whether there may be more."""
    act_for(tenant_id)
    end = time.monotonic() + SLICE_SECONDS
    while _drain(tenant_id):
        if time.monotonic() > end:
            return True
    return False


def _drain(tenant_id: uuid.UUID) -> int:
    """Apply the next callbacks, which other workers leave alone meanwhile; how many."""
    for wait in _DEADLOCK_WAITS:
        try:
            return _take_and_work(tenant_id)
        except OperationalError as error:
            db.session.rollback()
            if not isinstance(error.orig, DeadlockDetected):
                raise
            time.sleep(wait)
    return _take_and_work(tenant_id)


def _take_and_work(tenant_id: uuid.UUID) -> int:
    bodies = inbox.take(tenant_id)
    if bodies:
        _work(tenant_id, bodies, circles(tenant_id))
    else:
        db.session.commit()
    return len(bodies)


def _work(tenant_id: uuid.UUID, bodies: list[Body], known: Mapping[uuid.UUID, Circle]) -> None:
    """All at once; when something in them can not be applied, each alone, so that it costs only itself."""
    try:
        fresh = [replace(body, notes={}) for body in bodies]
        mail = reading.read(fresh, known, tracking.key())
        _act(tenant_id, mail)
        inbox.mark(tenant_id, mail.bodies)
        db.session.commit()
    except OperationalError:
        raise
    except Exception:
        log.exception("callbacks_not_applied", extra={"callbacks": [body.id for body in bodies]})
        db.session.rollback()
        for body in bodies:
            if len(bodies) > 1:
                _work(tenant_id, [body], known)
            else:
                _item_by_item(tenant_id, body, known)


def _item_by_item(tenant_id: uuid.UUID, body: Body, known: Mapping[uuid.UUID, Circle]) -> None:
    for mail in reading.one_by_one(body, known, tracking.key()):
        try:
            _act(tenant_id, mail)
            db.session.commit()
        except OperationalError:
            raise
        except Exception:
            log.exception("news_not_applied", extra={"callback": body.id})
            db.session.rollback()
            body.note("could not be applied")
    inbox.mark(tenant_id, [body])
    db.session.commit()


def _act(tenant_id: uuid.UUID, mail: Mail) -> None:
    """Do what the news ask for. Commits nothing unless something must wait for nobody: a pause or an opt-out is
    a short transaction of its own, because the gate of every sender waits for it."""
    wished = talk.apply(tenant_id, mail.talk)
    outcome = statuses.apply(tenant_id, mail.told.values())
    wished += outcome.wishes
    if not (wished or outcome.stops or mail.standing):
        return
    db.session.commit()
    standing.stop(tenant_id, outcome.stops)
    standing.apply(tenant_id, mail.standing)
    wishes.heed_all(tenant_id, wished)
