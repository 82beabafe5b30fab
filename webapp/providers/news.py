"""What a provider's callbacks tell, whoever the provider is. All of it is untrusted text from outside."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from webapp.providers.errors import ErrorClass


@dataclass(frozen=True, slots=True)
class Trouble:
    """One error of a callback, with the provider's own words."""

    code: int
    cls: ErrorClass
    title: str = ""
    details: str = ""


@dataclass(frozen=True, slots=True)
class Status:
    """A message of ours is sent, delivered, read or failed.

    `wa_id` is empty for people who hide their number, `at` None when it could not be read; `tracker` is what
    was posted with the message, or any text."""

    phone_number_id: str
    business_account_id: str
    message_id: str
    status: str
    at: datetime | None
    wa_id: str = ""
    user_id: str = ""
    tracker: str = ""
    errors: tuple[Trouble, ...] = ()
    pricing_category: str = ""
    pricing_type: str = ""


@dataclass(frozen=True, slots=True)
class Inbound:
    """Somebody wrote to us. `text` is what they typed, chose or attached in words, `payload` what the button
    they pressed carries, `reply_to` the message they answered, `extras` everything else the provider told.

    Type `system` is no message of theirs: `moved_to` is then the WhatsApp id of somebody's new number."""

    phone_number_id: str
    business_account_id: str
    message_id: str
    at: datetime | None
    type: str
    wa_id: str = ""
    user_id: str = ""
    name: str = ""
    text: str = ""
    payload: str = ""
    reply_to: str = ""
    extras: Mapping[str, Any] = field(default_factory=dict)
    moved_to: str = ""


@dataclass(frozen=True, slots=True)
class Preference:
    """Somebody used WhatsApp's own switch for marketing messages: `value` is stop, resume or signup."""

    phone_number_id: str
    business_account_id: str
    value: str
    category: str
    at: datetime | None
    wa_id: str = ""
    user_id: str = ""


@dataclass(frozen=True, slots=True)
class TemplateNews:
    """A template changed: `kind` is status, quality, category or components, `event` the new value.

    `sendable` is True or False when the news says so, else None; `language` is written with an underscore."""

    business_account_id: str
    template_id: str
    name: str
    language: str
    kind: str
    event: str
    at: datetime | None = None
    sendable: bool | None = None
    reason: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class NumberQuality:
    """The limits of a number changed; it is named by its digits only. `limit` is people a day (-1: none)."""

    business_account_id: str
    display_number: str
    event: str
    limit: int | None
    at: datetime | None = None


class AccountEffect(StrEnum):
    """What news of an account asks for."""

    PAUSE = "pause"
    MAY_RESUME = "may_resume"
    ALERT = "alert"
    INFORM = "inform"


@dataclass(frozen=True, slots=True)
class AccountNews:
    """Something happened to a whole business account. `limit` is people a day (-1 for none), `until` when a
    restriction ends, `details` the provider's own words."""

    business_account_id: str
    field: str
    event: str
    effect: AccountEffect
    at: datetime | None = None
    limit: int | None = None
    until: datetime | None = None
    details: str = ""


@dataclass(frozen=True, slots=True)
class NumberTrouble:
    """Something is wrong with a number as a whole."""

    phone_number_id: str
    business_account_id: str
    errors: tuple[Trouble, ...]


@dataclass(frozen=True, slots=True)
class Echo:
    """A person of the business wrote from the WhatsApp app on the same number. Not an answer of a contact."""

    phone_number_id: str
    business_account_id: str
    message_id: str
    wa_id: str
    at: datetime | None
    type: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Unrecognised:
    """News of a kind, or in a shape, that is not known here. It is counted and otherwise left alone."""

    business_account_id: str
    field: str
    reason: str


News = (
    Status
    | Inbound
    | Preference
    | TemplateNews
    | NumberQuality
    | AccountNews
    | NumberTrouble
    | Echo
    | Unrecognised
)
