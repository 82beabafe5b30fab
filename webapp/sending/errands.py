"""Errands: what a sender's helpers do for a lane beside gate and settle."""

import logging

import psycopg

from webapp.db import act_for, db
from webapp.domain.errors import Refusal
from webapp.sending import lease
from webapp.sending.agenda import Item
from webapp.sending.lease import Batch
from webapp.sending.post import Post
from webapp.sending.store import Store
from webapp.services.campaigns import moves

log = logging.getLogger(__name__)


def fetch(store: Store, item: Item, post: Post, lease_seconds: float) -> Batch | None:
    """The next batch of a campaign with its messages made; None when there is no work."""
    batch = lease.claim(store, item.tenant_id, item.campaign_id, lease_seconds)
    if batch:
        post.make(batch.rows)
    return batch


def give_back(store: Store, batch: Batch) -> None:
    """Free a batch. One that can not be given back now runs out by itself."""
    try:
        lease.release(store, batch)
    except psycopg.OperationalError:
        log.warning("lease_left_to_run_out")


def pause(_: Store, item: Item, reason: str) -> None:
    """Stop a campaign for a reason of the sender's own, unless a person or another sender was quicker."""
    act_for(item.tenant_id)
    try:
        moves.pause(item.tenant_id, item.campaign_id, reason=reason)
    except Refusal:
        db.session.rollback()
