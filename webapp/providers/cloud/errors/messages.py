"""Errors that concern what is sent: the message of one person, or the template of a whole campaign."""

from typing import Final

from webapp.domain.errors import N_
from webapp.providers.errors import ErrorClass, Explanation

_INVALID: Final = ErrorClass.MESSAGE_INVALID
_CAMPAIGN: Final = ErrorClass.PAUSE_CAMPAIGN

_CONTENT: Final = N_("Check the message and this person's values, then send it again to those who failed.")
_TEMPLATE: Final = N_(
    "Compare the template and its values with WhatsApp Manager, then go on with the campaign."
)
_OTHER_TEMPLATE: Final = N_("Use another template, or wait until Meta has approved this one again.")

ROWS: Final = (
    Explanation(100, _INVALID, N_("WhatsApp did not understand a part of the message."), _CONTENT),
    Explanation(131008, _INVALID, N_("A part of the message that WhatsApp needs is missing."), _CONTENT),
    Explanation(
        131009, _INVALID, N_("A value in the message, often the phone number, is not valid."), _CONTENT
    ),
    Explanation(
        131051,
        _INVALID,
        N_("WhatsApp does not support this kind of message."),
        N_("Send it as a text."),
    ),
    Explanation(
        131052,
        _INVALID,
        N_("The file that this person sent could not be fetched."),
        N_("Ask the person to send it again."),
    ),
    Explanation(
        131053,
        _INVALID,
        N_("WhatsApp could not fetch the picture or file of the message."),
        N_("Check that its address is public, and its kind and size are allowed."),
    ),
    Explanation(
        131055,
        _CAMPAIGN,
        N_("This template may not be sent in this way."),
        N_("Ask whoever set up the number to look at its product settings in WhatsApp Manager."),
    ),
    Explanation(
        131063,
        _CAMPAIGN,
        N_("Marketing templates are switched off for this account on this way of sending."),
        N_("Change the setting in WhatsApp Manager, or send another category of template."),
    ),
    Explanation(
        132000, _CAMPAIGN, N_("The message has more or fewer values than the template asks for."), _TEMPLATE
    ),
    Explanation(
        132001,
        _CAMPAIGN,
        N_("The template does not exist in this language, or is not approved."),
        _TEMPLATE,
    ),
    Explanation(
        132005,
        _INVALID,
        N_("With this person's values the text is too long."),
        N_("Shorten the values of this person or the template, then send it again to those who failed."),
    ),
    Explanation(
        132007,
        _CAMPAIGN,
        N_("The template breaks a rule of WhatsApp's."),
        N_("Read the reason in WhatsApp Manager and change the template."),
    ),
    Explanation(132008, _INVALID, N_("A value does not have the form the template asks for."), _CONTENT),
    Explanation(132012, _CAMPAIGN, N_("The values do not have the form the template asks for."), _TEMPLATE),
    Explanation(
        132015,
        _CAMPAIGN,
        N_("WhatsApp has paused the template because people did not like it."),
        _OTHER_TEMPLATE,
    ),
    Explanation(
        132016,
        _CAMPAIGN,
        N_("WhatsApp has switched the template off for good."),
        N_("Cancel this campaign and make a new one with another template."),
    ),
    Explanation(
        132018,
        _INVALID,
        N_("A value holds a line break, a tab or too many spaces, which templates do not allow."),
        _CONTENT,
    ),
    Explanation(132068, _CAMPAIGN, N_("The form behind the template's button is blocked."), _TEMPLATE),
    Explanation(
        132069,
        _CAMPAIGN,
        N_("The form behind the template's button may be sent ten times an hour only."),
        N_("Use a template without the form, or go on later."),
    ),
    Explanation(
        134100,
        _CAMPAIGN,
        N_("Only marketing templates may be sent in this way."),
        N_("Choose a marketing template."),
    ),
    Explanation(
        134102, _CAMPAIGN, N_("This template can not be used for marketing messages."), _OTHER_TEMPLATE
    ),
    Explanation(
        135000,
        _INVALID,
        N_("WhatsApp refused the message without a clear reason, or dropped it while it was held back."),
        N_("If many failed, look for a review of your business in WhatsApp Manager before you go on."),
    ),
)
