"""An import: the file, how it is read, and what becomes of its columns and of people who exist."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import FieldList, Form, FormField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length

from webapp.domain.csv_columns import (
    ATTRIBUTE,
    FIRST_NAME,
    IS_ACTIVE,
    LAST_NAME,
    LEFT_OUT,
    MAX_ATTRIBUTE_NAME,
    NAME,
    PHONE,
)
from webapp.domain.csv_guess import DELIMITER_WORDS
from webapp.domain.csv_records import MAX_COLUMNS
from webapp.domain.csv_source import ENCODINGS

AN_ATTRIBUTE = "attribute"
TARGETS = [
    SelectChoice(LEFT_OUT, _l("Leave out")),
    SelectChoice(PHONE, _l("Phone number")),
    SelectChoice(NAME, _l("Name")),
    SelectChoice(FIRST_NAME, _l("First name")),
    SelectChoice(LAST_NAME, _l("Last name")),
    SelectChoice(IS_ACTIVE, _l("Active: yes or no")),
    SelectChoice(AN_ATTRIBUTE, _l("Attribute, called:")),
]


class UploadForm(FlaskForm):
    file = FileField(
        _l("CSV file"), [FileRequired(_l("Choose a file."))], render_kw={"accept": ".csv,.txt,.tsv,text/csv"}
    )


class ReadingForm(Form):
    """How the file is read. It is asked with GET: looking again changes nothing."""

    default_country = SelectField(_l("Country of numbers without +"))
    header = SelectField(
        _l("The first row"),
        choices=[SelectChoice("yes", _l("names the columns")), SelectChoice("no", _l("is a person already"))],
    )
    delimiter = SelectField(
        _l("Cells are separated by"), choices=[SelectChoice(k, _l(v)) for k, v in DELIMITER_WORDS.items()]
    )
    encoding = SelectField(
        _l("Letters are written in"), choices=[SelectChoice(k, _l(v)) for k, v in ENCODINGS.items()]
    )

    def offer(self, countries: Mapping[str, str]) -> "ReadingForm":
        """Fill the list of countries; names by their codes."""
        none = SelectChoice("", _("None: all of them have it"))
        self.default_country.choices = [none, *(SelectChoice(code, name) for code, name in countries.items())]
        return self


class ColumnForm(Form):
    target = SelectField(_l("Becomes"), choices=TARGETS)
    attribute = StringField(
        _l("Name of the attribute"),
        [Length(max=MAX_ATTRIBUTE_NAME)],
        render_kw={"dir": "auto", "autocomplete": "off"},
    )


class MappingForm(FlaskForm):
    columns = FieldList(FormField(ColumnForm), _l("Columns"), max_entries=MAX_COLUMNS)
    on_existing = RadioField(
        _l("People who are here already"),
        choices=[
            SelectChoice("update", _l("Update them")),
            SelectChoice("fill", _l("Fill only what is empty")),
            SelectChoice("keep", _l("Leave them as they are")),
        ],
        default="update",
    )
    group_id = SelectField(_l("Put everybody into a group"))
    new_group = StringField(_l("Or into a new group called"), [Length(max=100)])

    def offer(self, groups: Iterable[Any]) -> "MappingForm":
        """Fill the list of groups."""
        self.group_id.choices = [
            SelectChoice("", _("No group")),
            *(SelectChoice(str(group.id), group.name) for group in groups),
        ]
        return self

    def targets(self) -> list[str]:
        """What each column becomes, in the words of domain/csv_columns.py."""
        return [
            f"{ATTRIBUTE}{one.attribute.data or ''}" if one.target.data == AN_ATTRIBUTE else one.target.data
            for one in self.columns
        ]
