"""A message template, and the defaults of the placeholders that its text happens to have."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, IntegerField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import HiddenInput

from webapp.domain import placeholders

# The fields of the defaults are called default-<key of the placeholder>.
DEFAULT = "default-"


class MessageTemplateForm(FlaskForm):
    name = StringField(
        _l("Name"),
        [InputRequired(_l("A template needs a name.")), Length(max=100)],
        description=_l("Only you see it."),
    )
    content = TextAreaField(
        _l("Text"),
        [InputRequired(_l("Write the text that people will get."))],
        # No maxlength: it would cut off what is pasted without a word. The verb refuses, the counter warns.
        render_kw={"rows": 8, "data-most": placeholders.MAX_TEXT},
    )
    is_active = BooleanField(_l("Campaigns may choose this template"), default=True)
    version = IntegerField(validators=[Optional()], widget=HiddenInput())


def typed_defaults(fields: Mapping[str, str]) -> dict[str, str]:
    """What was typed as the defaults, by the key of the placeholder."""
    return {name.removeprefix(DEFAULT): text for name, text in fields.items() if name.startswith(DEFAULT)}
