"""No gate: numbers go on the wire without having been written down."""

from chaos.breaking import swap
from chaos.scenarios import CALM as SCENARIO

__all__ = ["SCENARIO", "apply"]

_WRITE = """insert into send_windows (tenant_id, batch_id, first_number, campaign_id, rows, lease_token)
select %(tenant_id)s, id, %(first)s, %(campaign_id)s, int8range(%(first)s, %(last)s, '[]'), %(token)s from batch
returning batch_id"""


def apply() -> None:
    swap("webapp.sending.gate", _WRITE, "select id as batch_id from batch")
