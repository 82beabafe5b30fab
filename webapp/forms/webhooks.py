"""A webhook: where events are posted, and which."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectMultipleField, StringField, TextAreaField, URLField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, ValidationError

from webapp.domain.events import WEBHOOK_EVENTS


class WebhookForm(FlaskForm):
    name = StringField(
        _l("Name"),
        [InputRequired(_l("A webhook needs a name.")), Length(max=100)],
        description=_l("The system behind the address: your shop, your till, your help desk."),
    )
    url = URLField(
        _l("Address"),
        [InputRequired(_l("Type the address.")), Length(max=2048)],
        description=_l(
            "Where events are posted. It starts with https:// and is reached from the internet, unless the operator "
            "has allowed another."
        ),
        render_kw={"dir": "ltr", "autocomplete": "off", "spellcheck": "false"},
    )
    description = TextAreaField(_l("Description"), [Length(max=1000)], render_kw={"rows": 2})
    which = RadioField(
        _l("Events"),
        choices=[SelectChoice("all", _l("All events")), SelectChoice("chosen", _l("Only some"))],
        default="all",
    )
    events = SelectMultipleField(
        _l("Which events"), choices=[SelectChoice(name) for name in WEBHOOK_EVENTS], validate_choice=False
    )

    def validate_events(self, field: SelectMultipleField) -> None:
        if self.which.data == "chosen" and not field.data:
            raise ValidationError(_l("Choose at least one event."))

    def chosen(self) -> list[str]:
        """The events, none for all of them."""
        return list(self.events.data or []) if self.which.data == "chosen" else []
