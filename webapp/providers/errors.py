"""What errors of a provider mean for the send, whoever the provider is."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class ErrorClass(StrEnum):
    """What an error means for the send."""

    TRANSIENT = "transient"
    THROTTLE_NUMBER = "throttle_number"
    THROTTLE_APP = "throttle_app"
    PAIR_THROTTLE = "pair_throttle"
    RECIPIENT_COOLDOWN = "recipient_cooldown"
    RECIPIENT_PERMANENT = "recipient_permanent"
    RECIPIENT_OPTOUT = "recipient_optout"
    NEEDS_TEMPLATE = "needs_template"
    MESSAGE_INVALID = "message_invalid"
    PAUSE_CAMPAIGN = "pause_campaign"
    PAUSE_NUMBER = "pause_number"
    PAUSE_ACCOUNT = "pause_account"
    SETUP = "setup"


THROTTLING: Final = frozenset({ErrorClass.THROTTLE_NUMBER, ErrorClass.THROTTLE_APP})
"""The pace of the number, or of the whole account, goes down."""
RETRYABLE: Final = THROTTLING | {ErrorClass.TRANSIENT, ErrorClass.PAIR_THROTTLE}
"""The machine tries this recipient again, after a wait."""
PAUSING: Final = frozenset({ErrorClass.PAUSE_CAMPAIGN, ErrorClass.PAUSE_NUMBER, ErrorClass.PAUSE_ACCOUNT})
"""The send stops and the recipient stays unsent: a person has to act first."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """An error code in words: what happened, and what to do next."""

    code: int
    cls: ErrorClass
    happened: str
    advice: str

    @property
    def retryable(self) -> bool:
        return self.cls in RETRYABLE
