"""`/{businessAccountId}/subscribed_apps`: who is told, after the handshake with the callback address."""

import secrets
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from simulator.answers import Answer, Request, say
from simulator.bearer import bearer
from simulator.client import Client
from simulator.errors import GraphError
from simulator.validation import read_object
from simulator.world import World

_APP = {"id": "940000000000001", "name": "Simulated app", "link": "https://example.com/"}


async def subscribe(world: World, request: Request, account_id: str) -> Answer:
    """Registers `override_callback_uri` when it answers the challenge; GraphError 2200 where it does not."""
    token = bearer(request)
    asked = _parameters(request)
    url, verify_token = asked.get("override_callback_uri"), asked.get("verify_token")
    if url is not None:
        _check(url, verify_token)
        await _shake_hands(world.client, url, str(verify_token))
        world.numbers.subscribe(account_id, token, url)
        world.save()
    return say({"success": True})


def show(world: World, request: Request, account_id: str) -> Answer:
    bearer(request)
    item: dict[str, Any] = {"whatsapp_business_api_data": _APP}
    if url := world.numbers.addresses.get(account_id):
        item["override_callback_uri"] = url
    return say({"data": [item]})


def unsubscribe(world: World, request: Request, account_id: str) -> Answer:
    bearer(request)
    world.numbers.unsubscribe(account_id)
    world.save()
    return say({"success": True})


def is_callback_address(url: object) -> bool:
    """Whether this can be called at all: http or https, a host, nothing beyond ASCII."""
    try:
        parts = urlsplit(url) if isinstance(url, str) else None
        sound = (
            parts is not None
            and parts.scheme in ("http", "https")
            and bool(parts.hostname)
            and parts.port != 0
        )
    except ValueError:
        return False
    return sound and isinstance(url, str) and url.isascii() and url.isprintable() and " " not in url


def _parameters(request: Request) -> dict[str, Any]:
    """Meta takes them from the query, a form or JSON."""
    asked: dict[str, Any] = request.parameters()
    if request.body.lstrip()[:1] == b"{":
        return {**asked, **read_object(request.body)}
    return {**asked, **dict(parse_qsl(request.body.decode("utf-8", "replace")))}


def _check(url: object, verify_token: object) -> None:
    if not is_callback_address(url):
        raise GraphError(100, "override_callback_uri is not an address that can be called.")
    if not isinstance(verify_token, str) or not verify_token:
        raise GraphError(100, "verify_token is required with override_callback_uri.")


async def _shake_hands(client: Client, url: str, verify_token: str) -> None:
    challenge = str(secrets.randbelow(10**10))
    query = urlencode({"hub.mode": "subscribe", "hub.challenge": challenge, "hub.verify_token": verify_token})
    try:
        reply = await client.get(f"{url}{'&' if urlsplit(url).query else '?'}{query}")
    except OSError as error:
        raise GraphError(2200, f"The callback address could not be reached: {error}") from None
    if reply.status != 200:
        raise GraphError(2200, f"HTTP Status Code = {reply.status}; HTTP Message = not 200")
    if reply.body.strip() != challenge.encode():
        raise GraphError(2200, "The response does not match the challenge.")
