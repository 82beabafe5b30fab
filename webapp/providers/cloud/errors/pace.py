"""Errors that pass: the machine slows down or waits, and tries again."""

from typing import Final

from webapp.domain.errors import N_
from webapp.providers.errors import ErrorClass, Explanation

_APP: Final = ErrorClass.THROTTLE_APP
_TRANSIENT: Final = ErrorClass.TRANSIENT

_SLOWER: Final = N_("Nothing to do: sending goes on more slowly by itself.")
_AGAIN: Final = N_("Nothing to do: it is tried again in a moment. If it stays, try again in an hour.")

ROWS: Final = (
    Explanation(1, _TRANSIENT, N_("WhatsApp had an error of its own."), _AGAIN),
    Explanation(2, _TRANSIENT, N_("WhatsApp was out of service for a moment."), _AGAIN),
    Explanation(4, _APP, N_("Meta's app has made too many calls in a short time."), _SLOWER),
    Explanation(17, _APP, N_("Too many calls were made with this access token in a short time."), _SLOWER),
    Explanation(613, _APP, N_("A limit on calls was reached."), _SLOWER),
    Explanation(80007, _APP, N_("The WhatsApp account has made too many calls in a short time."), _SLOWER),
    Explanation(
        80008,
        _APP,
        N_("Too many changes were made to the account's templates in a short time."),
        N_("Nothing to do: messages are not affected. Work on the templates again in an hour."),
    ),
    Explanation(
        130429,
        ErrorClass.THROTTLE_NUMBER,
        N_("Messages left faster than this number is allowed to send."),
        _SLOWER,
    ),
    Explanation(131000, _TRANSIENT, N_("WhatsApp could not send the message and does not say why."), _AGAIN),
    Explanation(131016, _TRANSIENT, N_("WhatsApp was not available for a moment."), _AGAIN),
    Explanation(
        131056,
        ErrorClass.PAIR_THROTTLE,
        N_("This person got too many messages from this number in a short time."),
        N_("Nothing to do: this one message waits, all others go on."),
    ),
    Explanation(
        131057,
        _TRANSIENT,
        N_("WhatsApp is upgrading this number, which takes about a minute."),
        N_("Nothing to do: sending goes on when the upgrade is done."),
    ),
    Explanation(133004, _TRANSIENT, N_("WhatsApp's registration was not available for a moment."), _AGAIN),
    Explanation(
        134101,
        _TRANSIENT,
        N_("The template is still being prepared for marketing messages, which takes about ten minutes."),
        _AGAIN,
    ),
)
