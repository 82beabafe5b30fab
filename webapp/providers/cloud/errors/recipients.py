"""Errors that concern one person: this message failed, the others go on."""

from typing import Final

from webapp.domain.errors import N_
from webapp.providers.errors import ErrorClass, Explanation

_FINAL: Final = ErrorClass.RECIPIENT_PERMANENT

_UNDELIVERABLE: Final = N_(
    "The message can not be delivered: the number is not on WhatsApp, or its app is too old."
)
_CHECK_NUMBER: Final = N_(
    "Check the number with the person. Leave it out of further campaigns if it stays so."
)

ROWS: Final = (
    Explanation(
        130403,
        _FINAL,
        N_("Your business has blocked this person on WhatsApp."),
        N_("Take the person off the block list in WhatsApp Manager if you want to write to them."),
    ),
    Explanation(
        130472,
        _FINAL,
        N_("WhatsApp keeps marketing messages from this person as part of an experiment."),
        N_("Do not send it again, it would end the same way. Nothing was charged."),
    ),
    Explanation(
        130497,
        _FINAL,
        N_("Your business may not write to people in this country."),
        N_("Leave this country out of your campaigns, or ask Meta which rules apply to your trade there."),
    ),
    Explanation(
        131019,
        _FINAL,
        _UNDELIVERABLE,
        _CHECK_NUMBER,
    ),
    Explanation(
        131020,
        _FINAL,
        N_("The group this message was meant for does not exist."),
        N_("Write to the people themselves instead."),
    ),
    Explanation(
        131021,
        _FINAL,
        N_("The message was addressed to the number it was sent from."),
        N_("Take your own number out of the contacts."),
    ),
    Explanation(131026, _FINAL, _UNDELIVERABLE, _CHECK_NUMBER),
    Explanation(
        131030,
        _FINAL,
        N_("This is a test number of Meta's, and the person is not on its list of allowed recipients."),
        N_("Add the person to the list in Meta's app settings, or send from a real number."),
    ),
    Explanation(
        131047,
        ErrorClass.NEEDS_TEMPLATE,
        N_("The person last wrote more than 24 hours ago, so only an approved template may be sent."),
        N_("Wait until the person writes to you, then send it again within 24 hours."),
    ),
    Explanation(
        131049,
        ErrorClass.RECIPIENT_COOLDOWN,
        N_("WhatsApp held the message back because this person got much marketing lately."),
        N_("Wait at least a day, then send it again to those who failed. Sooner only makes it worse."),
    ),
    Explanation(
        131050,
        ErrorClass.RECIPIENT_OPTOUT,
        N_("The person has stopped marketing messages from your business."),
        N_("Nothing to do: they are left out from now on."),
    ),
    Explanation(
        131062,
        _FINAL,
        N_("This kind of message needs a phone number, and the person only shows a user name."),
        N_("Ask the person for their phone number."),
    ),
    Explanation(
        137000,
        _FINAL,
        N_("The person's WhatsApp identity has changed since you last wrote."),
        N_("Make sure the number still belongs to the same person, then send it again."),
    ),
)
