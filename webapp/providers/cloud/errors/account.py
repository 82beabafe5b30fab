"""Errors that concern the whole account or number: nothing of it can be sent until a person has acted."""

from typing import Final

from webapp.domain.errors import N_
from webapp.providers.errors import ErrorClass, Explanation

_ACCOUNT: Final = ErrorClass.PAUSE_ACCOUNT
_NUMBER: Final = ErrorClass.PAUSE_NUMBER

_NEW_TOKEN: Final = N_("Make a new access token in Meta's business settings and save it at the number.")
_PERMISSIONS: Final = N_(
    "Give the token the permissions whatsapp_business_messaging and whatsapp_business_management, then check "
    "the number again."
)
_SUPPORT: Final = N_("Open the account in WhatsApp Manager, read Meta's reason there and ask for a review.")
_IDENTIFIERS: Final = N_("Compare the phone number ID and the account ID with those in WhatsApp Manager.")
_REGISTER: Final = N_("Register the number again in WhatsApp Manager, then check it here.")

ROWS: Final = (
    Explanation(0, _ACCOUNT, N_("WhatsApp does not accept the access token of this number."), _NEW_TOKEN),
    Explanation(3, _ACCOUNT, N_("Meta's app may not use this function of WhatsApp."), _PERMISSIONS),
    Explanation(10, _ACCOUNT, N_("The access token lacks a permission, or it was taken away."), _PERMISSIONS),
    Explanation(33, _NUMBER, N_("WhatsApp does not know this business number any more."), _IDENTIFIERS),
    Explanation(104, _ACCOUNT, N_("The request carried no access token that WhatsApp accepts."), _NEW_TOKEN),
    Explanation(190, _ACCOUNT, N_("The access token has expired or was withdrawn."), _NEW_TOKEN),
    Explanation(200, _ACCOUNT, N_("The access token lacks a permission for this number."), _PERMISSIONS),
    Explanation(
        368, _ACCOUNT, N_("Meta has blocked the account for a while because of its policies."), _SUPPORT
    ),
    Explanation(803, _NUMBER, N_("WhatsApp does not know the phone number ID."), _IDENTIFIERS),
    Explanation(131005, _ACCOUNT, N_("WhatsApp refused access to this number."), _PERMISSIONS),
    Explanation(
        131031,
        _ACCOUNT,
        N_("Meta has locked the account, or its data do not match what is on file."),
        _SUPPORT,
    ),
    Explanation(
        131037,
        _NUMBER,
        N_("The display name of this number is not approved yet."),
        N_("Wait for the approval in WhatsApp Manager, or choose another display name."),
    ),
    Explanation(
        131042,
        _ACCOUNT,
        N_("Meta can not charge the account for messages."),
        N_("Check the payment method, credit line, currency and time zone in Meta's billing settings."),
    ),
    Explanation(131045, _NUMBER, N_("The number is not registered properly with WhatsApp."), _REGISTER),
    Explanation(
        131048,
        _NUMBER,
        N_("WhatsApp limits this number because too many people blocked or reported it."),
        N_("Stop sending for some days, look at the quality in WhatsApp Manager and write to fewer people."),
    ),
    Explanation(
        131064,
        _ACCOUNT,
        N_("Meta has lowered the limit of the account because templates were filed under a wrong category."),
        N_("Correct the categories of the templates. The limit rises again by itself."),
    ),
    Explanation(133010, _NUMBER, N_("The number is not registered with WhatsApp."), _REGISTER),
    Explanation(
        141006,
        _ACCOUNT,
        N_("A payment problem keeps the business from starting conversations."),
        N_("Check the payment method in Meta's billing settings before you start a campaign."),
    ),
    Explanation(141014, _ACCOUNT, N_("Meta has banned this WhatsApp account."), _SUPPORT),
)
