"""A step of a campaign is told twice."""

from typing import Any

from chaos.scenarios import CALM as SCENARIO

__all__ = ["SCENARIO", "apply"]


def apply() -> None:
    from webapp.services import events
    from webapp.services.campaigns import moves

    real = moves.moved

    def twice(campaign: Any, status: str, **given: Any) -> None:
        real(campaign, status, **given)
        payload = moves.described(campaign) | {"previousStatus": campaign.status}
        events.emit(campaign.tenant_id, "campaign_status_changed", campaign.id, payload)

    moves.moved = twice
