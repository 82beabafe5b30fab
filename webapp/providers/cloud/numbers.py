"""What Meta says of a number, and the subscription to its callbacks."""

import json
from typing import Any, Final
from urllib.parse import urlencode

from webapp.domain.errors import N_
from webapp.egress.answer import PROBLEM_WORDS, Answer, Fate, Problem
from webapp.egress.client import request
from webapp.egress.rules import Rules
from webapp.providers.base import Issue, Number, NumberInfo, Refused
from webapp.providers.cloud.answers import read_error, read_json
from webapp.providers.cloud.errors.table import explain
from webapp.providers.cloud.fields import clean, mapping
from webapp.providers.cloud.limits import messaging_limit
from webapp.providers.cloud.requests import graph_url, headers
from webapp.providers.cloud.standing import issues_of

DEADLINE_SECONDS: Final = 15

_BASIC: Final = ("id", "display_phone_number", "verified_name", "quality_rating")
_FIELDS: Final = (
    *_BASIC,
    "name_status",
    "status",
    "throughput",
    "platform_type",
    "account_mode",
    "health_status",
    "whatsapp_business_manager_messaging_limit",
)
_UNKNOWN_FIELD: Final = 100
_UNREADABLE: Final = Issue(
    N_("The answer is not one of WhatsApp's. Check the address of the server and the version."), blocking=True
)
_NOT_SUBSCRIBED: Final = Issue(
    N_("WhatsApp does not post its news to this address. Check that it can be reached from outside."),
    blocking=True,
)


def check(number: Number, rules: Rules) -> NumberInfo | Issue:
    """What Meta says of this number, or why it says nothing; takes up to half a minute.

    Older versions refuse a request for a field they do not have: then only the basic ones are asked for."""
    answer = _get(number, rules, _FIELDS)
    found = _read(answer)
    if isinstance(found, Refused) and found.code == _UNKNOWN_FIELD and found.subcode is None:
        answer = _get(number, rules, _BASIC)
        found = _read(answer)
    if isinstance(found, Refused):
        return _refused(found)
    return found if isinstance(found, Issue) else _info(found)


def subscribe(number: Number, callback_url: str, rules: Rules) -> Issue | None:
    """Asks Meta to post the news of this number's account to `callback_url`; None when it will.

    Meta calls that address back at once, so a handshake must be answered meanwhile."""
    body = {"override_callback_uri": callback_url, "verify_token": number.verify_token}
    answer = request(
        "POST",
        graph_url(number, number.business_account_id, "subscribed_apps"),
        rules=rules,
        headers=headers(number),
        body=json.dumps(body).encode(),
        deadline=DEADLINE_SECONDS,
    )
    found = _read(answer)
    if isinstance(found, Refused):
        return _refused(found)
    if isinstance(found, Issue):
        return found
    return None if found.get("success") is True else _NOT_SUBSCRIBED


def _get(number: Number, rules: Rules, fields: tuple[str, ...]) -> Answer:
    url = graph_url(number, number.phone_number_id) + "?" + urlencode({"fields": ",".join(fields)}, safe=",")
    return request("GET", url, rules=rules, headers=headers(number), deadline=DEADLINE_SECONDS)


def _read(answer: Answer) -> dict[str, Any] | Refused | Issue:
    if answer.fate is not Fate.ANSWERED:
        sentence = answer.sentence or PROBLEM_WORDS[answer.problem or Problem.BROKEN]
        return Issue(sentence, blocking=True)
    body = read_json(answer.body)
    return read_error(body, answer) or body or _UNREADABLE


def _refused(refused: Refused) -> Issue:
    words = explain(refused.code)
    if words.cls is not refused.cls and refused.code == _UNKNOWN_FIELD:
        words = explain(33)
    return Issue(words.happened, words.advice, refused.details, blocking=True)


def _info(body: dict[str, Any]) -> NumberInfo | Issue:
    shown = clean(body.get("display_phone_number"), 50)
    if not shown:
        return _UNREADABLE
    issues = tuple(issues_of(body))
    return NumberInfo(
        shown,
        clean(body.get("verified_name"), 200),
        clean(body.get("quality_rating"), 50),
        clean(mapping(body.get("throughput")).get("level"), 50),
        messaging_limit(body.get("whatsapp_business_manager_messaging_limit")),
        not any(issue.blocking for issue in issues),
        issues,
    )
