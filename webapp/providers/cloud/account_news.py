"""Callbacks of a whole business account: its templates, its limits, its standing with Meta."""

from collections.abc import Callable, Iterator
from typing import Any, Final

from webapp.providers.cloud.changes import Change, attempt
from webapp.providers.cloud.fields import clean, digits, items, mapping, moment, required
from webapp.providers.cloud.limits import messaging_limit
from webapp.providers.news import AccountEffect, AccountNews, News, NumberQuality, TemplateNews

_SENDABLE: Final = {"APPROVED": True, "REINSTATED": True, "UNARCHIVED": True} | dict.fromkeys(
    ("PAUSED", "DISABLED", "REJECTED", "PENDING_DELETION", "DELETED", "LIMIT_EXCEEDED", "LOCKED", "ARCHIVED"),
    False,
)
_RESTRICTS_SENDING: Final = ("RESTRICTED_BIZ_INITIATED_MESSAGING", "RESTRICTED_UTILITY_TEMPLATES")
_EFFECTS: Final = {
    "ACCOUNT_VIOLATION": AccountEffect.ALERT,
    "ACCOUNT_DELETED": AccountEffect.PAUSE,
    "ACCOUNT_OFFBOARDED": AccountEffect.PAUSE,
    "ACCOUNT_RECONNECTED": AccountEffect.MAY_RESUME,
}
_BAN_EFFECTS: Final = {
    "DISABLE": AccountEffect.PAUSE,
    "REINSTATE": AccountEffect.MAY_RESUME,
    "SCHEDULE_FOR_DISABLE": AccountEffect.ALERT,
}


def _template(change: Change, value: dict[str, Any], kind: str, event: str, **more: Any) -> TemplateNews:
    return TemplateNews(
        change.account,
        clean(value.get("message_template_id"), 100),
        required(value, "message_template_name"),
        required(value, "message_template_language").replace("-", "_"),
        kind,
        event,
        change.at,
        **more,
    )


def _template_status(change: Change, value: dict[str, Any]) -> News:
    event = required(value, "event")
    reason = clean(value.get("reason"), 200)
    return _template(
        change,
        value,
        "status",
        event,
        sendable=_SENDABLE.get(event),
        reason="" if reason == "NONE" else reason,
        description=clean(mapping(value.get("other_info")).get("description"), 500),
    )


def _template_quality(change: Change, value: dict[str, Any]) -> News:
    return _template(change, value, "quality", required(value, "new_quality_score"))


def _template_category(change: Change, value: dict[str, Any]) -> News:
    category = "new_category" if value.get("new_category") else "correct_category"
    return _template(change, value, "category", required(value, category))


def _template_components(change: Change, value: dict[str, Any]) -> News:
    return _template(change, value, "components", "CHANGED")


def _number_quality(change: Change, value: dict[str, Any]) -> News:
    limit = messaging_limit(value.get("max_daily_conversations_per_business") or value.get("current_limit"))
    shown = digits(required(value, "display_phone_number"))
    return NumberQuality(change.account, shown, required(value, "event"), limit, change.at)


def _capability(change: Change, value: dict[str, Any]) -> News:
    limit = messaging_limit(
        value.get("max_daily_conversations_per_business") or value.get("max_daily_conversation_per_phone")
    )
    event = "CAPABILITY"
    return AccountNews(change.account, change.field, event, AccountEffect.INFORM, change.at, limit)


def _account_update(change: Change, value: dict[str, Any]) -> News:
    event = required(value, "event")
    if event == "ACCOUNT_RESTRICTION":
        return _restriction(change, value)
    ban = clean(mapping(value.get("ban_info")).get("waba_ban_state"), 100)
    effect = _BAN_EFFECTS.get(ban) if event == "DISABLED_UPDATE" else _EFFECTS.get(event)
    details = ban or clean(mapping(value.get("violation_info")).get("violation_type"), 200)
    return AccountNews(
        change.account, change.field, event, effect or AccountEffect.INFORM, change.at, details=details
    )


def _restriction(change: Change, value: dict[str, Any]) -> AccountNews:
    restrictions = [mapping(item) for item in items(value.get("restriction_info"))]
    kinds = [clean(item.get("restriction_type"), 100) for item in restrictions]
    stops = any(kind in _RESTRICTS_SENDING for kind in kinds)
    ends = [moment(item.get("expiration")) for item in restrictions]
    return AccountNews(
        change.account,
        change.field,
        "ACCOUNT_RESTRICTION",
        AccountEffect.PAUSE if stops else AccountEffect.ALERT,
        change.at,
        until=max(filter(None, ends), default=None),
        details=", ".join(kinds),
    )


def _account_alert(change: Change, value: dict[str, Any]) -> News:
    alert = mapping(value.get("alert_info"))
    critical = alert.get("alert_severity") == "CRITICAL" and alert.get("alert_status") == "ACTIVE"
    return AccountNews(
        change.account,
        change.field,
        required(alert, "alert_type"),
        AccountEffect.ALERT if critical else AccountEffect.INFORM,
        change.at,
        details=clean(alert.get("alert_description"), 500),
    )


def _alone(read: Callable[[Change, dict[str, Any]], News]) -> Callable[[Change], Iterator[News]]:
    """These changes are one item each: the value itself."""
    return lambda change: iter([attempt(change, read, change.value)])


READERS: Final[dict[str, Callable[[Change], Iterator[News]]]] = {
    "message_template_status_update": _alone(_template_status),
    "message_template_quality_update": _alone(_template_quality),
    "template_category_update": _alone(_template_category),
    "message_template_components_update": _alone(_template_components),
    "phone_number_quality_update": _alone(_number_quality),
    "business_capability_update": _alone(_capability),
    "account_update": _alone(_account_update),
    "account_alerts": _alone(_account_alert),
}
