"""A group."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length


class GroupForm(FlaskForm):
    name = StringField(_l("Name"), [InputRequired(_l("A group needs a name.")), Length(max=100)])
    description = TextAreaField(_l("Description"), [Length(max=1000)], render_kw={"rows": 3})
    is_active = BooleanField(_l("Campaigns may choose this group"), default=True)
