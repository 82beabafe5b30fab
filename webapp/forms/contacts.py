"""A contact, and somebody added to a group by their number."""

import uuid
from collections.abc import Iterable, Mapping

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, FieldList, Form, FormField, SelectMultipleField, StringField, TelField
from wtforms.validators import InputRequired, Length

from webapp.domain.attributes import MOST

_GROUP_GONE = _l("A group that you chose is not there any more. Look at the list once more.")


class AttributeForm(Form):
    """One more thing that is known of somebody."""

    name = StringField(_l("Name of the field"))
    value = StringField(_l("Value"))


class ContactForm(FlaskForm):
    phone_number = TelField(
        _l("Phone number"),
        [Length(max=100)],
        render_kw={"autocomplete": "off", "translate": "no"},
    )
    name = StringField(_l("Name"), [Length(max=200)], render_kw={"autocomplete": "off", "translate": "no"})
    attributes = FieldList(FormField(AttributeForm), _l("Attributes"), max_entries=MOST + 1)
    group_ids = SelectMultipleField(
        _l("Groups"),
        coerce=uuid.UUID,
        choices=[],
        invalid_value_message=_GROUP_GONE,
        invalid_choice_message=_GROUP_GONE,
    )
    is_active = BooleanField(_l("Campaigns may write to this person"), default=True)

    def offer(self, groups: Iterable[tuple[uuid.UUID, str]]) -> "ContactForm":
        """The groups to choose from: ids and names."""
        self.group_ids.choices = [(str(key), name) for key, name in groups]
        return self

    def show(self, attributes: Mapping[str, str]) -> "ContactForm":
        """Put what is known into rows, by name: the database keeps no order of its own."""
        for name, value in sorted(attributes.items(), key=lambda pair: pair[0].casefold()):
            self.attributes.append_entry({"name": name, "value": value})
        return self

    def with_empty_row(self) -> "ContactForm":
        """The last row is always free to write in."""
        rows = self.attributes.entries
        if len(rows) <= MOST and (not rows or rows[-1].data["name"] or rows[-1].data["value"]):
            self.attributes.append_entry()
        return self

    def pairs(self) -> list[tuple[str, str]]:
        return [(row["name"] or "", row["value"] or "") for row in self.attributes.data]


class AddByNumberForm(FlaskForm):
    phone_number = TelField(
        _l("Phone number"),
        [InputRequired(_l("Type a phone number.")), Length(max=100)],
        render_kw={"autocomplete": "off", "translate": "no"},
    )
    name = StringField(
        _l("Name"),
        [Length(max=200)],
        description=_l("For somebody new; a name that is known already stays."),
        render_kw={"autocomplete": "off", "translate": "no"},
    )
