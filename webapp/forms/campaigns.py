"""The wizard's steps, each with its own form."""

from collections.abc import Iterable
from datetime import datetime

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateTimeLocalField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, ValidationError

from webapp.domain import placeholders, schedule

# The value of a choice and its words.
Pairs = Iterable[tuple[str, str]]
FORMATS = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S"]


class NumberForm(FlaskForm):
    name = StringField(
        _l("Name of the campaign"),
        [InputRequired(_l("A campaign needs a name.")), Length(max=100)],
        description=_l("Only you see it."),
        render_kw={"autocomplete": "off"},
    )
    number = RadioField(_l("Number that sends"), validate_choice=False)

    def offer(self, numbers: Pairs) -> "NumberForm":
        self.number.choices = _choices(numbers)
        return self

    def validate_number(self, field: RadioField) -> None:
        # Whoever has none yet may write the campaign all the same; the review asks for it.
        if field.choices and not field.data:
            raise ValidationError(_l("Choose the number that sends."))


class AudienceForm(FlaskForm):
    recipient_type = RadioField(
        _l("Who gets it"),
        choices=[
            SelectChoice("groups", _l("Groups")),
            SelectChoice("contacts", _l("People I choose")),
            SelectChoice("all", _l("Everyone")),
        ],
        default="groups",
    )
    groups = SelectMultipleField(_l("Groups"), validate_choice=False)
    contacts = SelectMultipleField(_l("People"), validate_choice=False)
    exclude_doubtful = BooleanField(
        _l("Leave out numbers that may not exist"),
        description=_l("Numbers that no phone company seems to have given out."),
    )

    def offer(self, groups: Pairs) -> "AudienceForm":
        self.groups.choices = _choices(groups)
        return self


class MessageForm(FlaskForm):
    source = RadioField(
        _l("Message"),
        choices=[SelectChoice("template", _l("A template")), SelectChoice("text", _l("Write it here"))],
        default="template",
    )
    template = SelectField(_l("Template"), validate_choice=False)
    message = TextAreaField(_l("Text"), render_kw={"rows": 8, "data-most": placeholders.MAX_TEXT})

    def offer(self, templates: Pairs) -> "MessageForm":
        self.template.choices = [SelectChoice("", _l("Choose a template")), *_choices(templates)]
        return self

    @property
    def is_free(self) -> bool:
        return bool(self.source.data == "text")


class ScheduleForm(FlaskForm):
    when = RadioField(
        _l("When it starts"),
        choices=[SelectChoice("now", _l("As soon as I start it")), SelectChoice("later", _l("At a time"))],
        default="now",
    )
    scheduled_at = DateTimeLocalField(
        _l("Date and time"),
        format=FORMATS,
        invalid_value_message=_l("This is no day and time."),
        render_kw={"step": "60"},
    )
    time_zone = SelectField(_l("Time zone"), validate_choice=False)

    def offer(self) -> "ScheduleForm":
        known = [
            SelectChoice(name, _shown(name), optgroup=area)
            for area, names in schedule.zones()
            for name in names
        ]
        chosen = self.time_zone.data
        if chosen and chosen not in {choice.value for choice in known}:
            known.insert(0, SelectChoice(chosen, _shown(chosen), optgroup=_shown(chosen)))
        self.time_zone.choices = known
        return self

    def validate_scheduled_at(self, field: DateTimeLocalField) -> None:
        is_typed = bool(field.raw_data and field.raw_data[0].strip())
        if self.when.data != "later" or not is_typed:
            field.errors = []
        if self.when.data == "later" and not is_typed:
            raise ValidationError(_l("Choose a day and a time."))

    @property
    def local(self) -> datetime | None:
        return self.scheduled_at.data if self.when.data == "later" else None


def _shown(zone: str) -> str:
    return zone.replace("_", " ")


def _choices(pairs: Pairs) -> list[SelectChoice]:
    return [SelectChoice(value, words) for value, words in pairs]
