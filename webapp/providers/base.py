"""What every provider is asked, and the shapes of its answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Protocol

from webapp.domain.errors import N_
from webapp.egress.answer import Answer, Problem
from webapp.egress.rules import Rules
from webapp.providers.errors import ErrorClass, Explanation
from webapp.providers.news import News


@dataclass(frozen=True, slots=True)
class Number:
    """A connected WhatsApp number with what is needed to speak for it. Its secrets never show in a log."""

    base_url: str
    api_version: str
    phone_number_id: str
    business_account_id: str = ""
    access_token: str = field(default="", repr=False)
    verify_token: str = field(default="", repr=False)


@dataclass(slots=True)  # not frozen: one is made for every message
class Accepted:
    """The provider took the message. `wa_id` may differ from the number it was sent to."""

    message_id: str
    wa_id: str = ""
    user_id: str = ""
    message_status: str = ""

    @property
    def held(self) -> bool:
        """Taken, and kept back by the provider for a while; it is not to be sent again."""
        return self.message_status in ("held_for_quality_assessment", "paused")


@dataclass(frozen=True, slots=True)
class Refused:
    """The provider said no. `details` are its own words, `retry_after` seconds it asked to wait (0: none)."""

    code: int
    cls: ErrorClass
    subcode: int | None = None
    details: str = ""
    retry_after: int = 0
    trace: str = ""


@dataclass(frozen=True, slots=True)
class NotSent:
    """Nothing of the request was written: it may be posted again."""

    problem: Problem
    sentence: str = ""


class Doubt(StrEnum):
    """Why nobody knows whether a message was taken."""

    TIMEOUT = "timeout"
    BROKEN = "broken"
    TOO_BIG = "too_big"
    UNREADABLE = "unreadable"


DOUBT_WORDS: Final = {
    Doubt.TIMEOUT: N_("WhatsApp did not answer in time. The message may have been sent."),
    Doubt.BROKEN: N_("The connection broke before WhatsApp answered. The message may have been sent."),
    Doubt.TOO_BIG: N_("WhatsApp's answer was too long to read. The message may have been sent."),
    Doubt.UNREADABLE: N_("WhatsApp's answer could not be read. The message may have been sent."),
}


@dataclass(frozen=True, slots=True)
class Unknown:
    """It may have been taken or not: never sent again by the machine. `status` is the HTTP status, if any."""

    reason: Doubt
    status: int | None = None


Outcome = Accepted | Refused | NotSent | Unknown


@dataclass(frozen=True, slots=True)
class Issue:
    """Something about a number that a person should know; `details` are the provider's own words."""

    sentence: str
    advice: str = ""
    details: str = ""
    blocking: bool = False


@dataclass(frozen=True, slots=True)
class NumberInfo:
    """What the provider says of a number. `messaging_limit` is people a day, -1 for no limit."""

    display_number: str
    verified_name: str
    quality: str
    throughput_level: str
    messaging_limit: int | None
    can_send: bool
    issues: tuple[Issue, ...]


class Provider(Protocol):
    """An adapter: a module with these functions. It knows the provider's wire and no table."""

    def send_url(self, number: Number) -> str:
        """Where messages of this number are posted."""

    def headers(self, number: Number) -> tuple[str, ...]:
        """What every request for this number carries."""

    def text_body(self, to: str, body: str, tracker: str, preview_url: bool = False) -> bytes:
        """One text message, ready to post."""

    def read_send_answer(self, answer: Answer) -> Outcome:
        """What became of one posted message."""

    def explain(self, code: int) -> Explanation:
        """An error code in words."""

    def verify_signature(self, raw: bytes, header: str | None, app_secret: str) -> bool:
        """Whether a callback comes from the provider."""

    def handshake(self, args: Mapping[str, str], verify_token: str) -> str | None:
        """What to answer when the provider asks whether the address is ours, or None to refuse."""

    def read_callback(self, raw: bytes) -> list[News]:
        """Everything a callback tells, in its order; what can not be read is told as such."""

    def check(self, number: Number, rules: Rules) -> NumberInfo | Issue:
        """What the provider says of this number, or why it says nothing."""

    def subscribe(self, number: Number, callback_url: str, rules: Rules) -> Issue | None:
        """Asks for callbacks at this address; None when they will come."""
