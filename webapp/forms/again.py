"""Sending again: to whom, and that it is meant."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectMultipleField, StringField


class RetryForm(FlaskForm):
    """`codes` are the reasons that were chosen, each by one of its codes."""

    codes = SelectMultipleField(_l("Why they failed"), coerce=int, validate_choice=False)


class ResendForm(FlaskForm):
    typed = StringField(_l("Number of people"), render_kw={"autocomplete": "off", "inputmode": "numeric"})
