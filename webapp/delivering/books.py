"""Books: what the helpers do with the database for a deliverer, tenant by tenant, so that one's trouble is its own."""

import logging
import uuid
from collections.abc import Mapping, Sequence
from typing import Final

from sqlalchemy.exc import InterfaceError, OperationalError, TimeoutError

from webapp.db import db
from webapp.delivering.claim import Post, claim
from webapp.delivering.landed import Landed
from webapp.delivering.settle import settle
from webapp.delivering.turns import Ask

log = logging.getLogger(__name__)

# The database is away, too busy, or has chosen this transaction of two: the same may go well in a moment.
AWAY: Final = (OperationalError, InterfaceError, TimeoutError)


def take(asks: Sequence[Ask], lease_seconds: float) -> list[Post]:
    """Claim what was asked for. Whatever fails for one tenant is asked for again at the next look.

    What was claimed before the database went away is posted all the same.
    """
    posts: list[Post] = []
    for ask in asks:
        try:
            posts += claim(ask.tenant_id, ask.rooms, lease_seconds)
        except AWAY:
            if not posts:
                raise
            return posts
        except Exception:
            db.session.rollback()
            log.exception("not_claimed", extra={"tenant_id": str(ask.tenant_id)})
    return posts


def write(tries: Mapping[uuid.UUID, Sequence[Landed]]) -> list[Landed]:
    """Settle tries by their tenants; returns those that could not be written now and must be brought again.

    What can not be written for another reason is let go: its lease runs out, and it is posted once more.
    """
    left = dict(tries)
    for tenant_id, landed in tries.items():
        try:
            settle(tenant_id, landed)
        except AWAY:
            db.session.rollback()
            log.warning("not_settled_yet", extra={"tries": sum(map(len, left.values()))})
            break
        except Exception:
            db.session.rollback()
            log.exception("not_settled", extra={"tenant_id": str(tenant_id)})
        del left[tenant_id]
    return [one for landed in left.values() for one in landed]
