"""Progress: a campaign's numbers for open pages, at most four a second, whether or not anybody looks."""

import uuid
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from redis import Redis

from webapp import broker
from webapp.services import counts, slowness

CHANNEL: Final = "live"
# A campaign changed within AT_MOST_EVERY_MS of its last frame. Whoever watches asks once it has grown quiet: the
# last change of all would otherwise be shown by nobody.
MORE_CHANNEL: Final = "live-more"
AT_MOST_EVERY_MS: Final = 250

Fetch = Callable[[], Mapping[str, Any] | None]


def publish(tenant_id: uuid.UUID, campaign_id: uuid.UUID, even_if_recent: bool = False) -> None:
    """Tell the figures of a campaign to whoever watches, or right after others only that they changed."""
    publish_from(
        broker.redis(), tenant_id, campaign_id, lambda: counts.read(tenant_id, campaign_id), even_if_recent
    )


def publish_from(
    redis: Redis, tenant_id: uuid.UUID, campaign_id: uuid.UUID, fetch: Fetch, even_if_recent: bool = False
) -> None:
    """The same for those who have a connection of their own: `fetch` runs counts.READ only if it is time."""
    key = f"{CHANNEL}:{campaign_id}"
    is_time = redis.set(key, 1, nx=True, px=AT_MOST_EVERY_MS)
    if not (is_time or even_if_recent):
        broker.publish_on(redis, MORE_CHANNEL, {"tenant_id": str(tenant_id), "id": str(campaign_id)})
        return
    figures = fetch()
    if figures is not None:
        slowed = slowness.of(redis, figures["whatsapp_instance_id"])
        told = _plain(figures) | {"slowed": slowed.told() if slowed else None}
        broker.publish_on(redis, CHANNEL, {"tenant_id": str(tenant_id), **told})


def _plain(figures: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _as_json(value) for name, value in figures.items()}


def _as_json(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, uuid.UUID) else value
