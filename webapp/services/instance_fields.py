"""What may stand in the fields of a number, whichever door it came through."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final, TypedDict

from webapp.domain import fields, phones
from webapp.domain.errors import N_, Invalid
from webapp.egress.urls import AddressRefused, check_url
from webapp.models.whatsapp_instances import PROVIDERS
from webapp.services import outgoing, tokens
from webapp.services.instance_secrets import SECRETS

META: Final = "https://graph.facebook.com"
MOST_PER_SECOND: Final = 1000
DEFAULTS: Final[dict[str, Any]] = {
    "name": "",
    "phone_number": "",
    "provider": "cloud",
    "base_url": META,
    "api_version": "v23.0",
    "phone_number_id": "",
    "business_account_id": "",
    "messages_per_second": 80,
}

_VERSION: Final = re.compile(r"v\d{1,2}\.\d", re.ASCII)
_ID: Final = re.compile(r"\d{1,20}", re.ASCII)
# What can stand in a header and in a form of Meta: visible ASCII.
_SECRET: Final = re.compile(r"[!-~]{1,1000}")


class Typed(TypedDict, total=False):
    """A number as somebody typed it. What is left out keeps its value, else takes the default."""

    name: str
    phone_number: str
    provider: str
    base_url: str
    api_version: str
    phone_number_id: str
    business_account_id: str
    messages_per_second: int
    access_token: str
    app_secret: str
    verify_token: str


def clean(typed: Mapping[str, Any], country: str | None) -> dict[str, Any]:
    """The columns among what was typed, as they are stored; `country` is for national phone numbers."""
    cleaners: dict[str, Callable[[Any], Any]] = {
        "name": lambda text: fields.line("name", text, 100),
        "phone_number": lambda text: phones.parse(fields.line("phone_number", text, 100), country).e164,
        "provider": _provider,
        "base_url": _base_url,
        "api_version": _api_version,
        "phone_number_id": lambda text: _id("phone_number_id", text),
        "business_account_id": lambda text: _id("business_account_id", text),
        "messages_per_second": _speed,
    }
    return {name: cleaners[name](value) for name, value in typed.items() if name in cleaners}


def clean_secrets(typed: Mapping[str, Any], *, required: bool) -> dict[str, str]:
    """The secrets among what was typed. An empty one is left out, unless a new number needs it."""
    given = {name: str(typed.get(name) or "").strip() for name in SECRETS}
    if required:
        given["verify_token"] = given["verify_token"] or tokens.fresh()
        for name in SECRETS:
            fields.line(name, given[name], 1000)
    return {name: _secret(name, secret) for name, secret in given.items() if secret}


def _provider(text: str) -> str:
    if text not in PROVIDERS:
        raise Invalid("provider", N_("Choose one of the list."))
    return text


def _base_url(text: str) -> str:
    """An address of our own choice is not looked up: a number can be typed in while the network is away."""
    if text.strip().rstrip("/") == META:
        return META
    try:
        url = check_url(fields.line("base_url", text, 500), outgoing.rules())
    except AddressRefused as refused:
        raise Invalid("base_url", refused.message) from None
    if "?" in url:
        raise Invalid("base_url", N_("Leave out what follows the question mark."))
    return url.rstrip("/")


def _api_version(text: str) -> str:
    version = text.strip().lower()
    if not _VERSION.fullmatch(version):
        raise Invalid("api_version", N_("A version looks like v23.0."))
    return version


def _id(field: str, text: str) -> str:
    digits = fields.line(field, text, 100).replace(" ", "")
    if not _ID.fullmatch(digits):
        raise Invalid(field, N_("This is a number of up to 20 digits. Copy it from your app's page at Meta."))
    return digits


def _speed(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MOST_PER_SECOND:
        raise Invalid(
            "messages_per_second", N_("Choose a whole number from 1 to %(most)d."), most=MOST_PER_SECOND
        )
    return value


def _secret(field: str, secret: str) -> str:
    if not _SECRET.fullmatch(secret):
        raise Invalid(field, N_("Use letters, digits and signs without accents and spaces, at most 1,000."))
    return secret
