"""Tenants: what an owner sets for everybody in it."""

import uuid
from collections.abc import Collection, Iterable
from typing import TypedDict, Unpack

from webapp.db import db
from webapp.domain import fields, opt_out, phones, schedule
from webapp.domain.errors import N_, Invalid
from webapp.models.tenants import Tenant
from webapp.services import audit

LOCALES = ("en",)
MOST_WORDS, LONGEST_WORD = 50, 40


class Limit(TypedDict, total=False):
    """Left out it stays as it is."""

    failure_limit: int | None


def change(
    tenant_id: uuid.UUID,
    *,
    user_id: uuid.UUID,
    name: str,
    time_zone: str,
    locale: str = "en",
    default_country: str | None = None,
    opt_out_words: Iterable[str] = (),
    **limit: Unpack[Limit],
) -> Tenant:
    """Change a tenant's name, where and in which language it works, its own words that mean stop, and, if that is
    said, from which share of failures on (percent, None for never) a campaign pauses by itself."""
    cleaned = {
        "name": fields.line("name", name, 100),
        "time_zone": schedule.zone(time_zone).key,
        "locale": _one_of("locale", locale, LOCALES),
        "default_country": _one_of("default_country", default_country or "", ("", *phones.COUNTRIES)) or None,
        "opt_out_words": _stop_words(opt_out_words),
        **_limit(limit),
    }
    tenant = db.session.get_one(Tenant, tenant_id)
    for field, value in cleaned.items():
        setattr(tenant, field, value)
    audit.record(tenant_id, user_id, "tenant_changed", tenant_id)
    db.session.commit()
    return tenant


def _limit(limit: Limit) -> Limit:
    percent = limit.get("failure_limit")
    if percent is not None and not 1 <= percent <= 99:
        raise Invalid("failure_limit", N_("Choose from 1 to 99 percent, or leave it empty."))
    return limit


def _one_of(field: str, value: str, known: Collection[str]) -> str:
    if value not in known:
        raise Invalid(field, N_("Choose one of the list."))
    return value


def _stop_words(words: Iterable[str]) -> list[str]:
    """Each once, as it was typed. What reads like one of ours, or has no letter or digit, is left out."""
    own: dict[str, str] = {}
    for word in words:
        said = opt_out.normalise(word)
        if said and said not in opt_out.STOP_WORDS:
            own.setdefault(said, fields.line("opt_out_words", word, LONGEST_WORD))
    if len(own) > MOST_WORDS:
        raise Invalid("opt_out_words", N_("Use at most %(count)d words."), count=MOST_WORDS)
    return list(own.values())
