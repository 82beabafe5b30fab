"""A key for a program: what it is for, what it may do, for how long."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from webapp.domain.scopes import SCOPES


class KeyForm(FlaskForm):
    name = StringField(
        _l("What it is for"),
        [InputRequired(_l("Say what it is for.")), Length(max=100)],
        description=_l("So that you know it again when it is to be taken away: “Shop”, “Monthly report”."),
    )
    scopes = SelectMultipleField(
        _l("What it may do"),
        [InputRequired(_l("Choose at least one thing that the key may do."))],
        choices=[SelectChoice(scope, _l(words)) for scope, words in SCOPES.items()],
    )
    days = SelectField(
        _l("How long it holds"),
        choices=[
            SelectChoice("30", _l("30 days")),
            SelectChoice("90", _l("90 days")),
            SelectChoice("365", _l("One year")),
            SelectChoice("", _l("Until it is taken away")),
        ],
        default="365",
    )

    def days_asked(self) -> int | None:
        return int(self.days.data) if self.days.data else None
