"""Agenda: which running campaigns of all tenants have work now. Asks as the owner, who sees every tenant."""

import uuid
from dataclasses import dataclass
from typing import Final

from sqlalchemy import text

from webapp.db import as_owner


@dataclass(frozen=True, slots=True)
class Item:
    """A running campaign with something to send."""

    tenant_id: uuid.UUID
    campaign_id: uuid.UUID


_ITEMS: Final = text(
    """
select c.tenant_id, c.id as campaign_id from campaigns c
join whatsapp_instances i on i.tenant_id = c.tenant_id and i.id = c.whatsapp_instance_id
where c.status = 'running' and c.deleted_at is null and i.status <> 'paused' and i.deleted_at is null and (
  exists (select from send_batches b where b.tenant_id = c.tenant_id and b.campaign_id = c.id and b.status = 'free')
  or exists (select from send_retries t where t.tenant_id = c.tenant_id and t.campaign_id = c.id
             and t.number is null and t.not_before <= clock_timestamp()))
order by c.started_at
"""
)


def items() -> list[Item]:
    """What there is to do, oldest campaign first."""
    with as_owner() as connection:
        return [Item(row.tenant_id, row.campaign_id) for row in connection.execute(_ITEMS)]


def in_turns(found: list[Item]) -> list[Item]:
    """The same, one campaign of each tenant after the other, so that no tenant stands behind another's many."""
    queues: dict[uuid.UUID, list[Item]] = {}
    for item in found:
        queues.setdefault(item.tenant_id, []).append(item)
    turns: list[Item] = []
    while queues:
        for tenant_id in list(queues):
            turns.append(queues[tenant_id].pop(0))
            if not queues[tenant_id]:
                del queues[tenant_id]
    return turns
