"""The sweep takes what a dead sender had on the wire for not sent."""

from chaos.breaking import swap
from chaos.scenarios import KILLED as SCENARIO

__all__ = ["SCENARIO", "apply"]

_DOUBT = """update campaign_recipients r set status = 'uncertain', error_message = 'worker_gone' from people
  where r.tenant_id = :tenant_id and r.number = people.number and r.status = 'pending'
  returning r.tenant_id, r.campaign_id, old.status as was, new.status as now"""

_HOPE = """insert into send_retries (tenant_id, campaign_id, recipient_number, attempt, not_before)
  select r.tenant_id, r.campaign_id, r.number, 2, clock_timestamp() from people
  join campaign_recipients r on r.tenant_id = :tenant_id and r.number = people.number
  returning tenant_id, campaign_id, 'pending' as was, 'pending' as now"""


def apply() -> None:
    swap("webapp.sending.sweep", _DOUBT, _HOPE)
    swap(
        "webapp.sending.gate", "when r.status <> 'pending' then 'settled'", "when r.status = 'read' then null"
    )
