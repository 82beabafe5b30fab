"""What a number's own data say against sending with it, in words."""

from collections.abc import Iterator
from typing import Any, Final

from webapp.domain.errors import N_
from webapp.providers.base import Issue
from webapp.providers.cloud.errors.table import TABLE
from webapp.providers.cloud.fields import clean, items, mapping, number

_MANAGER: Final = N_("Open the number in WhatsApp Manager and follow what it asks for.")

_BLOCKING_STATUSES: Final = (
    "BANNED",
    "DELETED",
    "DISCONNECTED",
    "MIGRATED",
    "PENDING",
    "RESTRICTED",
    "UNVERIFIED",
)
_WARNINGS: Final = (
    (
        "quality_rating",
        ("RED",),
        N_("Many people blocked or reported this number, so WhatsApp may limit it soon."),
        N_("Write to fewer people, and only to those who asked for it."),
    ),
    (
        "name_status",
        ("DECLINED", "EXPIRED"),
        N_("The display name of this number was declined or has expired."),
        N_("Choose another display name in WhatsApp Manager."),
    ),
    (
        "account_mode",
        ("SANDBOX",),
        N_("This is a test number: it reaches only the people on its list of allowed recipients."),
        N_("Connect a real number before you start a campaign."),
    ),
)


def issues_of(body: dict[str, Any]) -> Iterator[Issue]:
    """Everything a person should know before sending with this number, what blocks it first."""
    status = clean(body.get("status"), 50)
    if status in _BLOCKING_STATUSES:
        yield Issue(N_("This number is not connected to WhatsApp."), _MANAGER, status, blocking=True)
    platform = clean(body.get("platform_type"), 50)
    if platform not in ("", "CLOUD_API"):
        sentence = N_("This number is not on the Cloud API yet, so nothing can be sent with it.")
        yield Issue(sentence, _MANAGER, platform, blocking=True)
    yield from sorted(_health(mapping(body.get("health_status"))), key=lambda issue: not issue.blocking)
    for name, values, sentence, advice in _WARNINGS:
        if body.get(name) in values:
            yield Issue(sentence, advice)


def _health(health: dict[str, Any]) -> Iterator[Issue]:
    """Meta's own check of the number, its account, its business and the app (health_status)."""
    told = False
    for entity in map(mapping, items(health.get("entities"))):
        for error in map(mapping, items(entity.get("errors"))):
            issue = _entity_issue(error, entity.get("can_send_message") == "BLOCKED")
            told = told or issue.blocking
            yield issue
    if health.get("can_send_message") == "BLOCKED" and not told:
        yield Issue(N_("WhatsApp does not let this number send messages."), _MANAGER, blocking=True)


def _entity_issue(error: dict[str, Any], blocking: bool) -> Issue:
    parts = (clean(error.get(name), 300) for name in ("error_description", "possible_solution"))
    details = " ".join(filter(None, parts))
    words = TABLE.get(number(error.get("error_code")) or -1)
    if words:
        return Issue(words.happened, words.advice, details, blocking)
    return Issue(
        N_("WhatsApp reports a problem with this number or its account."), _MANAGER, details, blocking
    )
