"""Message templates: what may be written, who has which name, and what a contact would read."""

import pytest

from tests.drafting import in_a_week, make_contact, make_draft, told
from tests.people import Person
from webapp.db import act_for, db
from webapp.domain import placeholders
from webapp.domain.errors import Conflict, Invalid, NotFound
from webapp.models.message_templates import MessageTemplate
from webapp.services import audience, message_templates, placeholder_names, placeholder_values, previews
from webapp.services.campaigns import review

# Whatever is not {{a name}} is text, and what a value holds is never read again (security: templates).
LITERAL = (
    "{{7*7}}",
    "{{ config.items() }}",
    "{% for x in y %}",
    "${7*7}",
    "%s %(name)s",
    "{0.__class__}",
    "{{{{name}}}}",
    "{{name|upper}}",
    "{{name[0]}}",
    "#{7*7}",
)


def test_a_template_keeps_a_default_for_each_of_its_placeholders_and_no_other(owner: Person) -> None:
    template = message_templates.create(
        owner.tenant_id,
        name="Spring",
        content="Hi {{First Name}} from {{city}}",
        variables={"first name": " friend ", "country": "Chile"},
    )
    assert template.variables == {"First Name": "friend", "city": ""}
    assert (template.version, template.kind) == (1, "text")


def test_every_real_change_counts_the_version_up_and_is_told_once(owner: Person) -> None:
    template = message_templates.create(owner.tenant_id, name="Spring", content="Hello")
    for content in ("Hello", "Hello!", "Hello!"):
        message_templates.update(owner.tenant_id, template.id, name="Spring", content=content)
    assert template.version == 2
    assert told(owner.tenant_id, "template_") == ["template_created", "template_updated"]


def test_a_change_over_somebody_elses_change_is_refused_until_it_was_seen(owner: Person) -> None:
    template = message_templates.create(owner.tenant_id, name="Spring", content="one")
    message_templates.update(owner.tenant_id, template.id, name="Spring", content="two", version=1)
    with pytest.raises(Invalid, match="Somebody changed"):
        message_templates.update(owner.tenant_id, template.id, name="Spring", content="three", version=1)
    assert message_templates.get(owner.tenant_id, template.id).content == "two"


def test_two_living_templates_never_share_a_name(owner: Person) -> None:
    first = message_templates.create(owner.tenant_id, name="Spring", content="one")
    with pytest.raises(Invalid) as refusal:
        message_templates.create(owner.tenant_id, name="SPRING", content="two")
    assert refusal.value.field == "name"
    message_templates.remove(owner.tenant_id, first.id)
    message_templates.create(owner.tenant_id, name="spring", content="two")
    with pytest.raises(Conflict):
        message_templates.restore(owner.tenant_id, first.id)


def test_a_template_comes_back_from_the_trash(owner: Person) -> None:
    template = message_templates.create(owner.tenant_id, name="Spring", content="one")
    message_templates.remove(owner.tenant_id, template.id)
    with pytest.raises(NotFound):
        message_templates.get(owner.tenant_id, template.id)
    message_templates.restore(owner.tenant_id, template.id)
    assert message_templates.get(owner.tenant_id, template.id).name == "Spring"
    assert told(owner.tenant_id, "template_")[1:] == ["template_deleted", "template_created"]


def test_copies_find_a_free_name(owner: Person) -> None:
    name = "S" * 100
    template = message_templates.create(owner.tenant_id, name=name, content="{{a}}", variables={"a": "b"})
    names = [message_templates.duplicate(owner.tenant_id, template.id).name for _ in range(2)]
    assert names == ["S" * 86 + " (copy)", "S" * 86 + " (copy 2)"]
    assert message_templates.duplicate(owner.tenant_id, template.id).variables == {"a": "b"}


def test_one_approved_by_whatsapp_is_only_looked_at(owner: Person) -> None:
    template = MessageTemplate(
        tenant_id=owner.tenant_id,
        name="Order",
        kind="template",
        content="Hi",
        provider_name="order",
        language="en",
    )
    db.session.add(template)
    db.session.commit()
    with pytest.raises(Conflict):
        message_templates.update(owner.tenant_id, template.id, name="Order", content="Ho")
    with pytest.raises(Conflict):
        message_templates.duplicate(owner.tenant_id, template.id)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [("", "empty"), ("x" * 4097, "4096"), (" ".join(f"{{{{p{n}}}}}" for n in range(31)), "30 different")],
)
def test_a_text_that_can_not_be_sent_is_refused_beside_its_field(
    owner: Person, content: str, sentence: str
) -> None:
    with pytest.raises(Invalid, match=sentence) as refusal:
        message_templates.create(owner.tenant_id, name="Spring", content=content)
    assert refusal.value.field == "content"


def test_thirty_placeholders_are_counted_and_filled(owner: Person) -> None:
    text = " ".join(f"{{{{p{n}}}}}" for n in range(message_templates.MOST_PLACEHOLDERS))
    contact = make_contact(owner.tenant_id, attributes={f"p{n}": str(n) for n in range(30)})
    message = placeholders.compile(text)
    assert len(placeholder_values.of_contact(owner.tenant_id, contact.id, message)) == 30
    assert audience.reach(owner.tenant_id, previews.EVERYBODY, message, {}).reached == 1


def test_what_a_campaign_waits_with_is_a_copy(owner: Person) -> None:
    make_contact(owner.tenant_id)
    template = message_templates.create(owner.tenant_id, name="Spring", content="Hello")
    draft = make_draft(owner.tenant_id, message_template_id=template.id, scheduled_at=in_a_week())
    assert message_templates.waiting_campaigns(owner.tenant_id, template.id) == 0
    review.launch(owner.tenant_id, draft.id)
    assert message_templates.waiting_campaigns(owner.tenant_id, template.id) == 1
    message_templates.update(owner.tenant_id, template.id, name="Spring", content="Changed")
    assert review.text_of(draft).content == "Hello"


def test_the_names_that_can_be_used_are_the_most_used_attributes(owner: Person) -> None:
    for n in range(3):
        make_contact(
            owner.tenant_id, attributes={"City": "Rome", "e-mail": "x", "Name": "y"} if n else {"points": 1}
        )
    make_contact(owner.tenant_id, attributes={"city": "Oslo"})
    names = placeholder_names.known(owner.tenant_id)
    assert names.offered == ("name", "first name", "phone", "City", "points")
    message = placeholders.compile("{{name}} {{CITY}} {{citi}} {{Points}} {{phone number}}")
    assert names.unknown(message) == ["citi"]


def test_without_contacts_no_name_is_called_unknown(owner: Person) -> None:
    names = placeholder_names.known(owner.tenant_id)
    assert names.unknown(placeholders.compile("{{city}}")) == []


def test_a_preview_has_the_values_that_the_plan_would_take(owner: Person) -> None:
    contact = make_contact(owner.tenant_id, "Ana Souza", attributes={"CITY": "Rome", "empty": ""})
    text = "{{first name}} {{city}} {{empty}} {{none}} {{left}}"
    preview = previews.of(owner.tenant_id, text, {"none": "nothing"}, contact)
    assert preview.text == "Ana Rome  nothing {{left}}"
    assert preview.missing == ("empty", "left")


@pytest.mark.parametrize("written", LITERAL)
def test_what_is_no_placeholder_comes_out_literally(owner: Person, written: str) -> None:
    contact = make_contact(owner.tenant_id, "Ana")
    assert previews.of(owner.tenant_id, written, {}, contact).text == written


@pytest.mark.parametrize("value", [*LITERAL, "{{phone}}"])
def test_a_value_is_never_read_as_a_placeholder(owner: Person, value: str) -> None:
    contact = make_contact(owner.tenant_id, "Ana", attributes={"city": value})
    assert previews.of(owner.tenant_id, "in {{city}}", {}, contact).text == f"in {value}"


def test_a_text_that_grows_too_long_says_so(owner: Person) -> None:
    contact = make_contact(owner.tenant_id, attributes={"city": "Rome"})
    assert previews.of(owner.tenant_id, "x" * 4088 + "{{city}}", {"city": ""}, contact).refusal is None
    too_long = previews.of(owner.tenant_id, "{{city}}" * 500 + "{{long}}", {"long": "y" * 4096}, contact)
    assert too_long.refusal is not None
    assert previews.of(owner.tenant_id, "x" * 5000, {}, contact).refusal is not None


def test_the_reader_of_a_preview_moves_to_the_one_beside_and_stays_at_the_end(owner: Person) -> None:
    first, second, third = (make_contact(owner.tenant_id, name) for name in ("First", "Second", "Third"))
    second.is_active = False
    db.session.commit()
    read = previews.reader
    assert read(owner.tenant_id) == third
    assert read(owner.tenant_id, contact_id=third.id, beside="older") == first
    assert read(owner.tenant_id, contact_id=first.id, beside="older") == first
    assert read(owner.tenant_id, contact_id=first.id, beside="newer") == third


def test_a_stranger_is_nobodys_reader(owner: Person, stranger: Person) -> None:
    make_contact(owner.tenant_id, "Ours")
    act_for(stranger.tenant_id)
    theirs = make_contact(stranger.tenant_id, "Theirs")
    act_for(owner.tenant_id)
    reader = previews.reader(owner.tenant_id, contact_id=theirs.id)
    assert reader is not None
    assert reader.name == "Ours"
