"""Leftovers: callbacks that were applied a week ago, of every tenant. Until then they can be looked at again."""

from typing import Final

from sqlalchemy import text

from webapp.db import as_owner

KEPT_DAYS: Final = 7
# Of each tenant the oldest, found by the key: what is left to go is never searched for among what stays.
AT_ONCE: Final = 5_000

_FORGET: Final = text(
    """
delete from callback_inbox i using (
  select oldest.tenant_id, oldest.id from tenants t cross join lateral (
    select tenant_id, id, applied_at from callback_inbox c where c.tenant_id = t.id order by c.id limit :most) as oldest
  where oldest.applied_at < now() - make_interval(days => :days)) as old
where i.tenant_id = old.tenant_id and i.id = old.id
"""
)


def forget_old() -> int:
    """Take away some thousands of each tenant's callbacks that are past their time; how many."""
    with as_owner() as connection:
        return connection.execute(_FORGET, {"most": AT_ONCE, "days": KEPT_DAYS}).rowcount
