"""Errors in the shape of Meta's Graph API. Words: Meta's error-code page; HTTP statuses: its older table."""

import secrets
from dataclasses import replace
from typing import Any

from simulator.answers import Answer, say

# code: (HTTP status, message, details)
_CODES: dict[int, tuple[int, str, str | None]] = {
    0: (401, "Authentication Error", None),
    1: (500, "An unknown error occurred", None),
    100: (400, "Invalid parameter", None),
    190: (401, "Error validating access token: Session has expired.", None),
    803: (404, "Some of the aliases you requested do not exist", None),
    2200: (400, "Callback verification failed", None),
    130429: (400, "Rate limit hit", "Cloud API message throughput has been reached."),
    130472: (
        400,
        "User's number is part of an experiment",
        "Not sent: this number is part of an experiment.",
    ),
    131000: (500, "Something went wrong", "Message failed to send due to an unknown error."),
    131008: (400, "Required parameter is missing", None),
    131009: (400, "Parameter value is not valid", None),
    131020: (400, "Group is not valid", "Messages to groups are not simulated."),
    131026: (400, "Message undeliverable", "Message Undeliverable."),
    131042: (
        400,
        "Business eligibility payment issue",
        "Message failed to send because there were one or more errors related to your payment method.",
    ),
    131047: (
        400,
        "Re-engagement message",
        "Message failed to send because more than 24 hours have passed since the customer last replied "
        "to this number.",
    ),
    131048: (
        400,
        "Spam rate limit hit",
        "Message failed to send because there are restrictions on how many messages can be sent from this "
        "phone number.",
    ),
    131049: (
        400,
        "Message not delivered to maintain healthy ecosystem engagement",
        "In order to maintain a healthy ecosystem engagement, the message failed to be delivered.",
    ),
    131050: (
        400,
        "User has stopped marketing messages",
        "The recipient has chosen to stop receiving marketing messages from this business.",
    ),
    131056: (
        400,
        "(Business Account, Consumer Account) pair rate limit hit",
        "Message failed to send because there were too many messages sent from this phone number to the same "
        "phone number in a short period of time.",
    ),
    132000: (400, "Number of parameters does not match the expected number of params", None),
    132001: (404, "Template name does not exist in the translation", None),
    132005: (400, "Translated text too long", None),
    132012: (400, "Parameter format does not match format in the created template", None),
    132015: (
        400,
        "Template is Paused",
        "Template is paused due to low quality so it cannot be sent in a template message.",
    ),
    132016: (
        400,
        "Template is Disabled",
        "Template has been paused too many times and is now disabled for good.",
    ),
    132018: (
        400,
        "Template parameters failed validation",
        "Parameter values can not have new-line or tab characters or more than 4 consecutive spaces.",
    ),
}

_WITHOUT_NUMBER = (0, 1, 190)


class GraphError(Exception):
    """A refusal that becomes the answer."""

    def __init__(
        self, code: int, details: str | None = None, *, status: int | None = None, subcode: int | None = None
    ) -> None:
        super().__init__(code, details)
        self.code, self.status, self.subcode = code, status or _CODES[code][0], subcode
        self.details = details or _CODES[code][2]

    def answer(self) -> Answer:
        """The refusal as Meta would word it; a throttle with HTTP 429 says when to come again."""
        words = title(self.code) if self.code in _WITHOUT_NUMBER else f"(#{self.code}) {title(self.code)}"
        error: dict[str, Any] = {"message": words, "type": "OAuthException", "code": self.code}
        if self.details:
            error["error_data"] = {"messaging_product": "whatsapp", "details": self.details}
        if self.subcode:
            error["error_subcode"] = self.subcode
        error["fbtrace_id"] = "A" + secrets.token_hex(11)
        answer = say({"error": error}, self.status)
        return replace(answer, headers={"Retry-After": "1"}) if self.status == 429 else answer


def title(code: int) -> str:
    return _CODES[code][1]


def in_callback(code: int) -> dict[str, Any]:
    """The error as it stands in a `failed` status."""
    return {
        "code": code,
        "title": title(code),
        "message": title(code),
        "error_data": {"details": GraphError(code).details or title(code)},
        "href": "/documentation/business-messaging/whatsapp/support/error-codes",
    }
