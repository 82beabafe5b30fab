"""Errors of setting up a number: not expected while a campaign is sent."""

from typing import Final

from webapp.domain.errors import N_
from webapp.providers.errors import ErrorClass, Explanation

_SETUP: Final = ErrorClass.SETUP

_LATER: Final = N_("Wait a few minutes and try again in WhatsApp Manager.")
_MANAGER: Final = N_("Finish this step in WhatsApp Manager, then check the number here.")

ROWS: Final = (
    Explanation(
        2200,
        _SETUP,
        N_("WhatsApp called our address for its news and got no right answer."),
        N_("Check that the address of this installation can be reached from outside, then try again."),
    ),
    Explanation(
        131044,
        _SETUP,
        N_("Meta can not charge the account for calls."),
        N_("Check the payment method in Meta's billing settings."),
    ),
    Explanation(
        131059, _SETUP, N_("A list of WhatsApp's changed while it was read."), N_("Load the list again.")
    ),
    Explanation(133000, _SETUP, N_("The number was not signed off completely."), _MANAGER),
    Explanation(133005, _SETUP, N_("The PIN of the two-step verification is wrong."), _MANAGER),
    Explanation(133006, _SETUP, N_("The number has to be verified again."), _MANAGER),
    Explanation(133008, _SETUP, N_("The PIN was wrong too often."), _LATER),
    Explanation(133009, _SETUP, N_("The PIN was entered too fast."), _LATER),
    Explanation(133015, _SETUP, N_("The number was removed from WhatsApp a moment ago."), _LATER),
    Explanation(
        133016,
        _SETUP,
        N_("The number was registered too often in a short time."),
        N_("Wait three days before you register it again."),
    ),
    Explanation(134011, _SETUP, N_("The terms for payments were not accepted."), _MANAGER),
    Explanation(
        141010,
        _SETUP,
        N_("Meta has not verified your business yet, so it reaches fewer people a day."),
        N_("Start the verification in Meta's business settings."),
    ),
)
