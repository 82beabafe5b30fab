"""Signing in, and choosing a password."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import EmailField, PasswordField
from wtforms.validators import InputRequired, Length, Optional


class SignInForm(FlaskForm):
    email = EmailField(
        _l("E-mail address"),
        [InputRequired(_l("Type your e-mail address.")), Length(max=254)],
        render_kw={"autocomplete": "username", "autofocus": True},
    )
    password = PasswordField(
        _l("Password"),
        [InputRequired(_l("Type your password.")), Length(max=1000)],
        render_kw={"autocomplete": "current-password"},
    )


class WelcomeForm(FlaskForm):
    """May be left empty: then the next visit needs a new link."""

    password = PasswordField(
        _l("Choose a password"),
        [Optional(), Length(max=1000)],
        description=_l("At least 10 characters; a few unrelated words are good."),
        render_kw={"autocomplete": "new-password"},
    )


class PasswordForm(FlaskForm):
    old_password = PasswordField(
        _l("Present password"), [Optional(), Length(max=1000)], render_kw={"autocomplete": "current-password"}
    )
    password = PasswordField(
        _l("New password"),
        [InputRequired(_l("Type the new password.")), Length(max=1000)],
        description=_l("At least 10 characters; a few unrelated words are good."),
        render_kw={"autocomplete": "new-password"},
    )
