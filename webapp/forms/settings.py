"""Settings of a tenant, and the people in it."""

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import EmailField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from webapp.domain import schedule
from webapp.domain.roles import ROLE_WORDS, ROLES

_ROLES = [SelectChoice(role, _l(ROLE_WORDS[role])) for role in ROLES]


class TenantForm(FlaskForm):
    name = StringField(
        _l("Name of the organisation"), [InputRequired(_l("The organisation needs a name.")), Length(max=100)]
    )
    time_zone = SelectField(
        _l("Time zone"), description=_l("In which dates and times are shown, and campaigns are scheduled.")
    )
    locale = SelectField(_l("Language of these pages"), choices={"en": "English"})
    default_country = SelectField(
        _l("Default country"),
        description=_l("Phone numbers without + and country code are read as numbers of this country."),
    )
    opt_out_words = TextAreaField(
        _l("Your own words for “stop”"),
        [Length(max=5000)],
        description=_l(
            "One on each line. Who answers with nothing but such a word gets no more campaigns. "
            "STOP, UNSUBSCRIBE and their like in many languages are always understood."
        ),
        render_kw={"rows": 4},
    )

    failure_limit = IntegerField(
        _l("Pause a campaign when more than so many percent fail"),
        [Optional(), NumberRange(1, 99, _l("Choose from 1 to 99 percent, or leave it empty."))],
        description=_l("Judged from 50 messages on. Leave it empty and no campaign pauses for that."),
        render_kw={"min": 1, "max": 99, "inputmode": "numeric"},
    )

    def offer(self, countries: Mapping[str, str]) -> "TenantForm":
        """Fill the lists; `countries` are names in the reader's language by their codes."""
        self.time_zone.choices = {
            area: {name: _shown(name) for name in names} for area, names in schedule.zones()
        }
        self.default_country.choices = {"": _("None: every number has its country code"), **countries}
        return self

    def words(self) -> list[str]:
        return (self.opt_out_words.data or "").splitlines()


class PersonForm(FlaskForm):
    email = EmailField(
        _l("E-mail address"),
        [InputRequired(_l("Type the e-mail address.")), Length(max=254)],
        description=_l("What they sign in with. Nothing is mailed: you get a link to hand over."),
        render_kw={"autocomplete": "off"},
    )
    role = RadioField(_l("Role"), choices=_ROLES, default="sender")


class RoleForm(FlaskForm):
    role = RadioField(_l("Role"), choices=_ROLES)


def _shown(zone: str) -> str:
    return zone.replace("_", " ")
