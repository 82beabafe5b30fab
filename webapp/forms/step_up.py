"""The password once more, before what only the person at the session may do."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import PasswordField
from wtforms.validators import InputRequired, Length


class StepUpForm(FlaskForm):
    # A name that no other form has: the fields of the form that waits behind it are carried along.
    present_password = PasswordField(
        _l("Your password"),
        [InputRequired(_l("Type your password.")), Length(max=1000)],
        render_kw={"autocomplete": "current-password", "autofocus": True},
    )
