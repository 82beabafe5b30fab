"""`GET /{phoneNumberId}` and `GET /{businessAccountId}/phone_numbers`."""

from typing import Any

from simulator.answers import Answer, Request, say
from simulator.bearer import bearer
from simulator.errors import GraphError
from simulator.numbers import Number
from simulator.paging import fields_of, page
from simulator.world import World

_UNASKED = (
    "verified_name",
    "code_verification_status",
    "display_phone_number",
    "quality_rating",
    "platform_type",
)
_LISTED = ("display_phone_number", "verified_name", "quality_rating")
_HIGH_THROUGHPUT = 1000


def show(world: World, request: Request, number_id: str) -> Answer:
    """The fields asked for, and always the id. Any number exists; asking makes it known."""
    number = world.numbers.asked(number_id, bearer(request))
    world.save()
    return say(_shown(world, number, fields_of(request) or list(_UNASKED)))


def list_of_account(world: World, request: Request, account_id: str) -> Answer:
    bearer(request)
    names = fields_of(request) or list(_LISTED)
    return page(request, [_shown(world, number, names) for number in world.numbers.listed_for(account_id)])


def _shown(world: World, number: Number, names: list[str]) -> dict[str, Any]:
    everything = _everything(world, number)
    if strange := [name for name in names if name not in everything]:
        raise GraphError(100, f"Tried accessing nonexisting field ({strange[0]})")
    return {name: everything[name] for name in dict.fromkeys(["id", *names])}


def _everything(world: World, number: Number) -> dict[str, Any]:
    rate = world.faults.settings.messages_per_second
    digits = number.display
    return {
        "id": number.id,
        "verified_name": f"Simulated {number.id[-4:]}",
        "code_verification_status": "VERIFIED",
        "display_phone_number": f"+{digits[:-10]} {digits[-10:-7]}-{digits[-7:-4]}-{digits[-4:]}",
        "quality_rating": "GREEN",
        "platform_type": "CLOUD_API",
        "throughput": {"level": "HIGH" if rate is None or rate >= _HIGH_THROUGHPUT else "STANDARD"},
        "status": "CONNECTED",
        "name_status": "APPROVED",
        "account_mode": "LIVE",
        "is_official_business_account": False,
        "whatsapp_business_manager_messaging_limit": _tier(world),
        "webhook_configuration": _addresses(world, number),
        "health_status": _health(world, number),
    }


def _tier(world: World) -> str:
    return "TIER_UNLIMITED" if world.faults.settings.account_limit is None else "TIER_250"


def _addresses(world: World, number: Number) -> dict[str, str]:
    address = world.numbers.address_of(number)
    return {"whatsapp_business_account": address} if address else {}


def _health(world: World, number: Number) -> dict[str, Any]:
    account_id = world.numbers.account_of(number)
    entities = (
        ("PHONE_NUMBER", number.id),
        ("WABA", account_id),
        ("BUSINESS", "9" + account_id),
        ("APP", "940000001"),
    )
    return {
        "can_send_message": "AVAILABLE",
        "entities": [
            {"entity_type": kind, "id": which, "can_send_message": "AVAILABLE"} for kind, which in entities
        ],
    }
