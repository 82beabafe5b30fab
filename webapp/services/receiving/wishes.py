"""Wishes: who wants to hear nothing from us, and who wants to again. The latest wish of each kind counts, whatever
the order in which callbacks tell; when in doubt somebody stays opted out."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import text

from webapp.db import db
from webapp.models.contacts import Contact
from webapp.services import audit, opt_outs
from webapp.services.contacts import described
from webapp.services.events import emit
from webapp.services.locks import lock_tenant

# Wishes that one transaction writes: a few milliseconds for which every gate of the tenant waits.
AT_ONCE: Final = 20


@dataclass(frozen=True, slots=True)
class Wish:
    """What one person said by one way (models/opt_outs.py: SOURCES); `at` is seconds since 1970."""

    phone_key: str
    source: str
    wants: bool
    at: float


# A no that is older than a yes of the same way is only history. A yes is remembered even when there is nothing to
# lift, as a row that was lifted at once. Nothing is remembered as of the future, so that no wrong clock at the
# provider makes somebody deaf to what people say later.
_NO: Final = text(
    """
insert into opt_outs (tenant_id, phone_key, source, at)
select :tenant_id, :phone_key, :source, least(to_timestamp(:at), now())
where not exists (
  select from opt_outs where tenant_id = :tenant_id and phone_key = :phone_key and source = :source
    and lifted_at > to_timestamp(:at))
on conflict (tenant_id, phone_key, source) where lifted_at is null
do update set at = excluded.at where opt_outs.at < excluded.at
returning old.id is null
"""
)

_YES: Final = text(
    """
with said as (
  select least(to_timestamp(:at), now()) as at
), lifted as (
  update opt_outs o set lifted_at = said.at from said
  where tenant_id = :tenant_id and phone_key = :phone_key and source = :source and lifted_at is null
    and o.at < said.at
  returning true as is_news
), remembered as (
  insert into opt_outs (tenant_id, phone_key, source, at, lifted_at)
  select :tenant_id, :phone_key, :source, at, at from said
  where not exists (select from lifted) and not exists (
    select from opt_outs o where tenant_id = :tenant_id and phone_key = :phone_key and source = :source
      and (lifted_at is null or lifted_at >= said.at))
)
select is_news from lifted
"""
)


def heed_all(tenant_id: uuid.UUID, wishes: Iterable[Wish]) -> None:
    """Write down wishes, some at a time, so that no gate waits long. Commits."""
    in_order = sorted(wishes, key=lambda wish: wish.at)
    for first in range(0, len(in_order), AT_ONCE):
        heed(tenant_id, in_order[first : first + AT_ONCE])
        db.session.commit()


def heed(tenant_id: uuid.UUID, wishes: Iterable[Wish]) -> None:
    """Write down wishes. From here to the commit no message of the tenant passes the gate. Commits nothing."""
    lock_tenant(tenant_id)
    changed = {wish.phone_key: wish.source for wish in wishes if _is_news(tenant_id, wish)}
    for phone_key, source in changed.items():
        _tell(tenant_id, phone_key, source)


def _is_news(tenant_id: uuid.UUID, wish: Wish) -> bool:
    said = {"tenant_id": tenant_id, "phone_key": wish.phone_key, "source": wish.source, "at": wish.at}
    return bool(db.session.scalar(_YES if wish.wants else _NO, said))


def _tell(tenant_id: uuid.UUID, phone_key: str, source: str) -> None:
    """What is true of a known person now, whoever said what in between."""
    contact = db.session.scalar(Contact.of(tenant_id).where(Contact.phone_key == phone_key))
    if contact is None:
        return
    opted_out = bool(opt_outs.standing(tenant_id, [phone_key]))
    action = "contact_opted_out" if opted_out else "contact_opted_in"
    audit.record(tenant_id, None, action, contact.id, source=source)
    emit(tenant_id, "contact_updated", contact.id, {**described(contact), "optedOut": opted_out})
