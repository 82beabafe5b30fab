"""A number: what it is called, how it is reached at WhatsApp, and how fast it may send."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import IntegerField, PasswordField, StringField, TelField, URLField
from wtforms.validators import InputRequired, Length, NumberRange, Regexp

# Browsers offer to fill these in, or to keep them; neither helps here.
_NO_HELP = {"autocomplete": "off", "spellcheck": "false", "dir": "ltr"}
# The service says the same; here it is said of all fields at once.
_DIGITS = Regexp(
    r"[\d\s]{1,40}$", message=_l("This is a number of up to 20 digits. Copy it from your app's page at Meta.")
)
_SECRET = _NO_HELP | {"autocomplete": "new-password"}


class WhatsAppInstanceForm(FlaskForm):
    name = StringField(
        _l("Name"),
        [InputRequired(_l("A number needs a name.")), Length(max=100)],
        description=_l("Only you see it: the shop, the brand, the country."),
    )
    phone_number = TelField(
        _l("Phone number"),
        [InputRequired(_l("Type the phone number.")), Length(max=100)],
        description=_l("With + and its country code, as people see it in WhatsApp."),
        render_kw={"dir": "ltr", "autocomplete": "off"},
    )
    phone_number_id = StringField(
        _l("Phone number ID"),
        [InputRequired(_l("Copy it from your app at Meta.")), _DIGITS],
        description=_l("At Meta: your app, WhatsApp, API Setup, under the number."),
        render_kw=_NO_HELP | {"inputmode": "numeric"},
    )
    business_account_id = StringField(
        _l("WhatsApp Business Account ID"),
        [InputRequired(_l("Copy it from your app at Meta.")), _DIGITS],
        description=_l("On the same page, beside the phone number ID."),
        render_kw=_NO_HELP | {"inputmode": "numeric"},
    )
    access_token = PasswordField(
        _l("Access token"),
        [Length(max=1000)],
        description=_l(
            "A permanent token of a system user, allowed to send messages and to manage the account."
        ),
        render_kw=_SECRET,
    )
    app_secret = PasswordField(
        _l("App secret"),
        [Length(max=1000)],
        description=_l(
            "At Meta: your app, App settings, Basic. It proves that news really comes from WhatsApp."
        ),
        render_kw=_SECRET,
    )
    verify_token = StringField(
        _l("Verify token"),
        [Length(max=1000)],
        description=_l("Any word that only you and Meta know. This one was made for you; keep it."),
        render_kw=_NO_HELP,
    )
    messages_per_second = IntegerField(
        _l("Messages per second"),
        [
            InputRequired(_l("Type a whole number.")),
            NumberRange(1, 1000, _l("Choose a whole number from 1 to 1,000.")),
        ],
        default=80,
        description=_l("Meta allows 80 for a new number and up to 1,000 for a busy one of good quality."),
        render_kw={"min": 1, "max": 1000, "inputmode": "numeric"},
    )
    base_url = URLField(
        _l("Server"),
        [InputRequired(_l("Type the address of the server.")), Length(max=500)],
        default="https://graph.facebook.com",
        description=_l("Meta's own, unless your messages go through another one."),
        render_kw=_NO_HELP,
    )
    api_version = StringField(
        _l("Version"),
        [
            InputRequired(_l("Type the version.")),
            Regexp(r"\s*[vV]\d{1,2}\.\d\s*$", message=_l("A version looks like v23.0.")),
        ],
        default="v23.0",
        description=_l("Of WhatsApp's interface."),
        render_kw=_NO_HELP,
    )

    def as_new(self) -> "WhatsAppInstanceForm":
        """A number that has no secrets yet needs them; the service refuses it without."""
        for secret in (self.access_token, self.app_secret):
            secret.flags.required = True
        return self
