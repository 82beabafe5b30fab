"""The pages of message templates: written beside a phone, changed, copied, thrown away; never anybody else's."""

import re

import pytest
from flask import Flask

from tests.drafting import in_a_week, make_contact, make_draft
from tests.people import Person, join
from webapp.db import db
from webapp.models.message_templates import MessageTemplate
from webapp.services import message_templates
from webapp.services.campaigns import review

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{7*7}}",
    "{% raw %}",
    "' autofocus onfocus='x",
)


# A text may not look like a broken placeholder; names and values may.
BRACES = "{}"


def bubble(page: str) -> str:
    """What the phone on a page shows."""
    found = re.search(r'<div class="bubble-text"[^>]*>(.*?)</div>', page, re.DOTALL)
    return found[1] if found else ""


def test_a_template_is_written_changed_copied_and_thrown_away(owner: Person) -> None:
    make_contact(owner.tenant_id, "Ana Souza", attributes={"city": "Rome"})
    typed = {
        "name": "Spring",
        "content": "Hi {{first name}} in {{city}}",
        "default-city": "town",
        "is_active": "y",
    }
    path = owner.post("/templates/new", typed).headers["Location"]
    page = owner.get(path).text
    assert bubble(page) == "Hi Ana in Rome"
    assert "town" in page
    edit = owner.get(f"{path}/edit").text
    assert 'name="default-city" value="town"' in edit
    assert owner.post(f"{path}/edit", typed | {"content": "Bye", "version": "1"}).status_code == 303
    assert "version 2" in owner.get(path).text
    copy = owner.post(f"{path}/duplicate").headers["Location"]
    assert "Spring (copy)" in owner.get(copy).text
    assert owner.post(f"{path}/delete").headers["Location"] == "/templates"
    assert "Undo" in owner.get("/templates").text
    assert owner.get(path).status_code == 404
    assert owner.post(f"{path}/restore").status_code == 303
    assert owner.get(path).status_code == 200


def test_while_somebody_writes_the_phone_and_the_placeholders_follow(owner: Person) -> None:
    make_contact(owner.tenant_id, "Ana Souza", attributes={"city": "Rome"})
    typed = {"content": "*Hi* {{name}} {{citi}}", "default-city": "kept", "preview": "show"}
    answer = owner.post("/templates/new", typed, htmx=True)
    assert "<html" not in answer.text
    assert bubble(answer.text) == "<strong>Hi</strong> Ana Souza {{citi}}"
    assert "None of your newest contacts has a value for {{citi}}" in answer.text
    assert 'name="default-citi"' in answer.text
    assert 'type="hidden" name="default-city" value="kept"' in answer.text
    assert not message_templates.listed(owner.tenant_id).items


def test_without_scripts_a_preview_is_the_page_with_all_that_was_typed(owner: Person) -> None:
    make_contact(owner.tenant_id, "Ana")
    typed = {"name": "Half", "content": "Hi {{name}}", "default-name": "you", "preview": "show"}
    answer = owner.post("/templates/new", typed)
    assert answer.status_code == 200
    assert bubble(answer.text) == "Hi Ana"
    assert 'value="Half"' in answer.text
    assert 'value="you"' in answer.text
    assert not message_templates.listed(owner.tenant_id).items


def test_the_phone_goes_from_hand_to_hand(owner: Person) -> None:
    first, second = (make_contact(owner.tenant_id, name) for name in ("First", "Second"))
    typed = {"content": "Hi {{name}}", "contact": str(second.id), "preview": "older"}
    assert bubble(owner.post("/templates/new", typed, htmx=True).text) == "Hi First"
    template = message_templates.create(owner.tenant_id, name="Spring", content="Hi {{name}}")
    page = owner.get(f"/templates/{template.id}?contact={first.id}&preview=newer")
    assert bubble(page.text) == "Hi Second"
    for nonsense in ("?contact=x", "?contact=%01&preview=older", f"?contact={template.id}"):
        assert bubble(owner.get(f"/templates/{template.id}{nonsense}").text) == "Hi Second"


def test_nothing_typed_is_lost_when_something_is_refused(owner: Person) -> None:
    message_templates.create(owner.tenant_id, name="Spring", content="x")
    typed = {"name": "SPRING", "content": "My words {{a}}", "default-a": "my default"}
    answer = owner.post("/templates/new", typed)
    assert answer.status_code == 422
    assert "Another template has this name." in answer.text
    assert "My words {{a}}" in answer.text
    assert "my default" in answer.text
    empty = owner.post("/templates/new", {"name": "Other", "content": " "})
    assert empty.status_code == 422
    assert 'id="content-error"' in empty.text


def test_line_ends_of_browsers_do_not_count(owner: Person) -> None:
    content = "\r\n".join("x" for _ in range(2000)) + "y" * 90
    assert len(content) > 4096
    assert owner.post("/templates/new", {"name": "Long", "content": content}).status_code == 303
    too_long = owner.post("/templates/new", {"name": "Longer", "content": "x" * 4097})
    assert too_long.status_code == 422
    assert "x" * 4097 in too_long.text


def test_somebody_elses_change_meanwhile_is_not_overwritten_unseen(owner: Person) -> None:
    template = message_templates.create(owner.tenant_id, name="Spring", content="one")
    message_templates.update(owner.tenant_id, template.id, name="Spring", content="two")
    typed = {"name": "Spring", "content": "three", "version": "1"}
    answer = owner.post(f"/templates/{template.id}/edit", typed)
    assert answer.status_code == 422
    assert "Somebody changed this template meanwhile" in answer.text
    assert "three" in answer.text
    assert 'name="version" value="2"' in answer.text


def test_a_template_says_that_waiting_campaigns_hold_a_copy(owner: Person) -> None:
    make_contact(owner.tenant_id)
    template = message_templates.create(owner.tenant_id, name="Spring", content="Hello")
    draft = make_draft(owner.tenant_id, message_template_id=template.id, scheduled_at=in_a_week())
    review.launch(owner.tenant_id, draft.id)
    assert "They hold a copy of it" in owner.get(f"/templates/{template.id}/edit").text


def test_one_approved_by_whatsapp_is_shown_and_not_changed(owner: Person) -> None:
    template = MessageTemplate(
        tenant_id=owner.tenant_id,
        name="Order",
        kind="template",
        content="Your order",
        provider_name="order_ready",
        language="en_US",
        provider_status="APPROVED",
    )
    db.session.add(template)
    db.session.commit()
    page = owner.get(f"/templates/{template.id}").text
    assert "order_ready" in page
    assert f"/templates/{template.id}/edit" not in page
    assert owner.get(f"/templates/{template.id}/edit").headers["Location"] == f"/templates/{template.id}"
    answer = owner.post(f"/templates/{template.id}/edit", {"name": "Order", "content": "Mine"})
    assert answer.status_code == 409
    assert owner.get("/templates").status_code == 200


def test_the_list_searches_and_filters(owner: Person) -> None:
    message_templates.create(owner.tenant_id, name="Spring sale", content="x")
    message_templates.create(owner.tenant_id, name="Autumn", content="x", is_active=False)
    assert "Autumn" not in owner.get("/templates?q=SALE").text
    assert "Spring sale" not in owner.get("/templates?status=inactive").text
    assert "No template like this" in owner.get("/templates?q=%01nothing").text
    assert "The trash is empty" in owner.get("/templates?trash=1").text


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_words_are_shown_as_words(owner: Person, hostile: str) -> None:
    make_contact(owner.tenant_id, hostile, attributes={"city": hostile, hostile: "x"})
    typed = {
        "name": hostile,
        "content": f"{hostile.strip(BRACES)} {{{{name}}}} {{{{city}}}}",
        "default-city": hostile,
    }
    path = owner.post("/templates/new", typed).headers["Location"]
    fragment = owner.post("/templates/new", typed | {"preview": "show"}, htmx=True).text
    for page in (
        owner.get(path).text,
        owner.get(f"{path}/edit").text,
        owner.get("/templates").text,
        fragment,
    ):
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "' autofocus onfocus='" not in page
        assert "49" not in bubble(page)


def test_a_strangers_template_is_not_there(owner: Person, stranger: Person) -> None:
    template = message_templates.create(owner.tenant_id, name="Ours", content="Secret words")
    for path in (f"/templates/{template.id}", f"/templates/{template.id}/edit"):
        assert stranger.get(path).status_code == 404
    for act in ("edit", "duplicate", "delete", "restore"):
        answer = stranger.post(f"/templates/{template.id}/{act}", {"name": "x", "content": "x"})
        assert answer.status_code == 404
    assert message_templates.get(owner.tenant_id, template.id).content == "Secret words"


def test_a_viewer_reads_templates_and_changes_nothing(app: Flask, owner: Person) -> None:
    template = message_templates.create(owner.tenant_id, name="Spring", content="Hello")
    viewer = join(app, owner.tenant_id, "viewer")
    assert "Hello" in viewer.get(f"/templates/{template.id}").text
    assert "New template" not in viewer.get("/templates").text
    assert viewer.get("/templates/new").status_code == 403
    for act in ("edit", "duplicate", "delete"):
        assert viewer.post(f"/templates/{template.id}/{act}").status_code == 403


def test_a_broken_placeholder_is_told_while_writing_and_refused_when_saving(owner: Person) -> None:
    typed = {"name": "Sale", "content": "Hi {{first name}, 50% today"}
    fragment = owner.post("/templates/new", typed | {"preview": "show"}, htmx=True).text
    assert "placeholders-broken" in fragment
    assert "{{first name}" in fragment
    refused = owner.post("/templates/new", typed)
    assert refused.status_code == 422
    assert "“{{first name}” is no placeholder" in refused.text
    assert "Hi {{first name}, 50% today" in refused.text
    assert (
        "placeholders-broken"
        not in owner.post(
            "/templates/new", typed | {"content": "Hi {{first name}}, {x}", "preview": "show"}, htmx=True
        ).text
    )
