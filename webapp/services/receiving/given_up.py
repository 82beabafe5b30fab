"""Given up: late news of attempts after which a person had somebody sent to again. It is kept and shown."""

import uuid
from collections.abc import Collection
from typing import Final

from sqlalchemy import text

from webapp.db import db, on_commit
from webapp.services import progress
from webapp.services.receiving.told import Told

_PROVE: Final = text(
    """
with told as (
  select * from unnest(cast(:numbers as bigint[]), cast(:ids as text[])) as t(number, message_id)
), proven as (
  update given_up_attempts g set proven_at = coalesce(g.proven_at, now()),
    message_id = coalesce(g.message_id, told.message_id)
  from told where g.tenant_id = :tenant_id and g.number = told.number
    and (g.proven_at is null or g.message_id is null)
  returning g.campaign_id
)
select distinct campaign_id from proven
"""
)


def prove(tenant_id: uuid.UUID, past: Collection[Told]) -> None:
    """Note which given up attempts were taken by the provider after all. Commits nothing."""
    told = {one.number: one.message_id for one in past if one.number is not None and one.status != "failed"}
    if not told:
        return
    given = {"tenant_id": tenant_id, "numbers": list(told), "ids": list(told.values())}
    for campaign_id in db.session.scalars(_PROVE, given).all():
        on_commit(progress.publish, tenant_id, campaign_id, True)
