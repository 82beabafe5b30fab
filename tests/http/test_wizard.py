"""The wizard in a browser: five steps, left and come back to, and a start that happens once."""

import re
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from tests.builders import make_group
from tests.campaigning import make_instance, make_people
from tests.drafting import in_a_week, make_contact, make_draft, opt_out
from tests.http.test_message_templates import BRACES, HOSTILE, bubble
from tests.people import Person, join
from webapp.db import act_for, db
from webapp.domain.errors import Invalid
from webapp.models.campaigns import Campaign
from webapp.services import groups, message_templates
from webapp.services.campaigns import drafts, listing, moves, review


def edit(campaign: Campaign | str, step: str) -> str:
    return f"/campaigns/{getattr(campaign, 'id', campaign)}/edit/{step}"


def field(page: str, name: str) -> str:
    """What a hidden field of the page holds."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, name
    return found[1]


def start(person: Person, campaign: Campaign, **typed: str) -> Any:
    """Press start on the review as it is shown now."""
    page = person.get(edit(campaign, "review")).text
    return person.post(f"/campaigns/{campaign.id}/start", {"seen": field(page, "seen")} | typed)


def test_from_a_name_to_a_campaign_on_its_way(owner: Person) -> None:
    ana = make_contact(owner.tenant_id, "Ana Souza", attributes={"city": "Rome"})
    group = make_group(owner.tenant_id, "Regulars", ana, make_contact(owner.tenant_id, "Bob"))
    number = make_instance(owner.tenant_id, per_second=1)
    made = owner.post("/campaigns/new", {"name": "Spring", "number": str(number.id)})
    path = made.headers["Location"]
    assert path.endswith("/edit/audience")
    owner.get(path)
    made = owner.post(path, {"recipient_type": "groups", "groups": [str(group.id)]})
    path = made.headers["Location"]
    assert path.endswith("/edit/message")
    typed = {"source": "text", "message": "Hi {{first name}} of {{city}}", "default-city": "town"}
    path = owner.post(path, typed).headers["Location"]
    assert path.endswith("/edit/schedule")
    owner.get(path)
    path = owner.post(path, {"when": "now", "scheduled_at": "", "time_zone": "Europe/Oslo"}).headers[
        "Location"
    ]
    page = owner.get(path).text
    assert "2 people get it: the group Regulars" in page
    assert "a few seconds" in page
    assert "Hi Bob of town" in bubble(page)
    campaign = listing.listed(owner.tenant_id).items[0]
    answer = start(owner, campaign)
    assert answer.headers["Location"] == f"/campaigns/{campaign.id}"
    db.session.refresh(campaign)
    assert (campaign.status, campaign.message) == ("preparing", "Hi {{first name}} of {{city}}")
    assert "Spring" in owner.get(f"/campaigns/{campaign.id}").text


def test_a_draft_is_left_and_found_again_where_it_was(owner: Person) -> None:
    make_instance(owner.tenant_id)
    number = str(make_instance(owner.tenant_id).id)
    left = owner.post("/campaigns/new", {"name": "Spring", "number": number, "then": "leave"})
    assert left.headers["Location"] == "/campaigns"
    draft = listing.listed(owner.tenant_id).items[0]
    assert owner.get(f"/campaigns/{draft.id}").headers["Location"] == edit(draft, "audience")
    owner.post(edit(draft, "audience"), {"recipient_type": "all", "exclude_doubtful": "y"})
    owner.post(edit(draft, "message"), {"source": "text", "message": "Words", "then": "leave"})
    assert owner.get(f"/campaigns/{draft.id}").headers["Location"] == edit(draft, "schedule")
    page = owner.get(edit(draft, "number")).text
    assert re.search(rf'checked[^>]*value="{number}"', page)
    page = owner.get(edit(draft, "audience")).text
    assert re.search(r'checked[^>]*value="all"', page)
    assert re.search(r'checked[^>]*name="exclude_doubtful"', page)
    assert "Words" in owner.get(edit(draft, "message")).text


def test_every_step_of_a_draft_can_be_opened_at_any_time(owner: Person) -> None:
    draft = drafts.create(owner.tenant_id, name="Spring")
    for step in ("number", "audience", "message", "schedule", "review"):
        assert owner.get(edit(draft, step)).status_code == 200
    page = owner.get(edit(draft, "review")).text
    for step in ("number", "audience", "message"):
        assert page.count(f'href="{edit(draft, step)}"') >= 3
    assert "start-dialog" not in page
    assert owner.get(edit(draft, "sending")).status_code == 404


@pytest.mark.parametrize(
    ("step", "typed", "sentence", "kept"),
    [
        ("number", {"name": "", "number": "x"}, "A campaign needs a name.", ""),
        ("number", {"name": "Kept name", "number": str(uuid.uuid4())}, "not there any more", "Kept name"),
        ("audience", {"recipient_type": "groups"}, "Choose at least one group.", 'value="groups"'),
        ("audience", {"recipient_type": "contacts", "q": "Kept"}, "Choose at least one person.", "Kept"),
        ("audience", {"recipient_type": "x"}, "Not a valid choice", ""),
        ("message", {"source": "template"}, "Choose a template", ""),
        ("message", {"source": "template", "template": str(uuid.uuid4()), "message": "Kept"}, "deleted or", "Kept"),
        ("message", {"source": "text", "message": " "}, "Write a message", ""),
        ("message", {"source": "text", "message": "Kept" + "x" * 4096}, "4096 characters", "Keptx"),
        ("message", {"source": "text", "message": "{{a}}", "default-a": "Kept" + "x" * 200}, "200", "Keptx"),
        ("schedule", {"when": "later", "time_zone": "UTC"}, "Choose a day and a time.", ""),
        ("schedule", {"when": "later", "scheduled_at": "soon", "time_zone": "UTC"}, "no day and time", "soon"),
        ("schedule", {"when": "later", "scheduled_at": "2020-01-01T10:00", "time_zone": "UTC"}, "passed", "2020-01"),
        ("schedule", {"when": "later", "scheduled_at": "2099-01-01T10:00", "time_zone": "UTC"}, "years away", "2099"),
        ("schedule", {"when": "now", "time_zone": "Mars/Base"}, "no known time zone", ""),
    ],
)  # fmt: skip
def test_a_step_that_can_not_be_saved_says_why_and_loses_nothing(
    owner: Person, step: str, typed: dict[str, str], sentence: str, kept: str
) -> None:
    draft = make_draft(owner.tenant_id)
    answer = owner.post(edit(draft, step), typed)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert kept in answer.text
    db.session.refresh(draft)
    assert (draft.name, draft.message, draft.audience["recipient_type"]) == ("Spring", "Hello", "all")


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [("groups", "Choose at least one group."), ("contacts", "Choose at least one person.")],
)
def test_who_is_missing_is_said_beside_the_choice(owner: Person, kind: str, sentence: str) -> None:
    draft = make_draft(owner.tenant_id)
    page = owner.post(edit(draft, "audience"), {"recipient_type": kind}).text
    assert re.search(rf'id="{kind}-error".*?<span>{sentence}', page, re.S)


def test_groups_chosen_in_a_refused_form_stay_chosen(owner: Person) -> None:
    draft = make_draft(owner.tenant_id)
    group = make_group(owner.tenant_id, "Regulars")
    typed = {"recipient_type": "groups", "groups": [str(group.id), str(uuid.uuid4())]}
    answer = owner.post(edit(draft, "audience"), typed)
    assert answer.status_code == 422
    assert re.search(rf'value="{group.id}" checked', answer.text)


def test_people_are_searched_added_and_taken_out_before_anything_is_saved(owner: Person) -> None:
    draft = make_draft(owner.tenant_id)
    ana, bob = make_contact(owner.tenant_id, "Ana Souza"), make_contact(owner.tenant_id, "Bob")
    path, typed = edit(draft, "audience"), {"recipient_type": "contacts", "q": "ana"}
    found = owner.post(path, typed | {"find": "1"}, htmx=True)
    assert f'name="add" value="{ana.id}"' in found.text
    assert str(bob.id) not in found.text
    added = owner.post(path, typed | {"contacts": [str(bob.id)], "add": str(ana.id)}, htmx=True)
    assert f'name="contacts" value="{ana.id}"' in added.text
    assert f'name="contacts" value="{bob.id}"' in added.text
    assert added.headers["HX-Trigger-After-Settle"] == "recount"
    both = [str(ana.id), str(bob.id)]
    dropped = owner.post(path, typed | {"contacts": both, "drop": str(bob.id)})
    assert "<html" in dropped.text
    assert f'name="contacts" value="{bob.id}"' not in dropped.text
    assert review.reach_of(draft).reached == 2
    assert owner.post(path, typed | {"contacts": [str(ana.id)]}).status_code == 303
    db.session.refresh(draft)
    assert review.reach_of(draft).reached == 1


def test_the_count_follows_the_open_form(owner: Person) -> None:
    ana, bob = make_contact(owner.tenant_id, "Ana"), make_contact(owner.tenant_id, "Bob")
    opt_out(bob)
    group = make_group(owner.tenant_id, "Regulars", ana, bob)
    draft = make_draft(owner.tenant_id)
    path = f"/campaigns/{draft.id}/audience-count"
    typed = {"recipient_type": "groups", "groups": [str(group.id)]}
    answer = owner.post(path, typed, htmx=True).text
    assert "<strong>1</strong> person" in answer
    assert "1 opted out" in answer
    assert "As Ana will see it" in answer
    assert "Choose who gets it" in owner.post(path, {"recipient_type": "groups"}, htmx=True).text
    assert "Choose who gets it" in owner.post(path, {"recipient_type": "x"}, htmx=True).text
    typed = {"source": "text", "message": "{{city}}"}
    assert "1 without a value" in owner.post(path, typed, htmx=True).text
    assert owner.post(path, {"source": "text", "message": "x" * 5000}, htmx=True).status_code == 200


def test_each_number_of_those_left_out_opens_its_list(owner: Person) -> None:
    ana, bob = make_contact(owner.tenant_id, "Ana"), make_contact(owner.tenant_id, "Bob")
    opt_out(bob)
    draft = make_draft(owner.tenant_id)
    page = owner.get(f"/campaigns/{draft.id}/left-out/opted_out").text
    assert "Bob" in page
    assert "Ana" not in page
    typed = {"recipient_type": "contacts", "contacts": [str(ana.id)]}
    fragment = owner.post(f"/campaigns/{draft.id}/left-out/opted_out", typed, htmx=True).text
    assert "Bob" not in fragment
    assert owner.get(f"/campaigns/{draft.id}/left-out/ugliness").status_code == 404


def test_the_phone_shows_people_of_the_audience(owner: Person) -> None:
    names = ("First", "Second", "Third")
    first, second, third = (make_contact(owner.tenant_id, name) for name in names)
    draft = make_draft(
        owner.tenant_id, message="Hi {{name}}", recipient_type="contacts", recipient_ids=[first.id, third.id]
    )
    assert bubble(owner.get(edit(draft, "schedule")).text) == "Hi Third"
    typed = {"contact": str(third.id), "preview": "older"}
    assert bubble(owner.post(edit(draft, "number"), typed, htmx=True).text) == "Hi First"
    page = owner.get(f"{edit(draft, 'review')}?contact={first.id}&preview=newer")
    assert bubble(page.text) == "Hi Third"
    assert second.name not in page.text


def test_a_template_and_free_text_do_not_lose_each_other(owner: Person) -> None:
    make_contact(owner.tenant_id, "Ana")
    template = message_templates.create(owner.tenant_id, name="Greeting", content="Dear {{name}}")
    draft = make_draft(owner.tenant_id)
    typed = {"source": "template", "template": str(template.id), "message": "unsaved", "preview": "show"}
    answer = owner.post(edit(draft, "message"), typed)
    assert bubble(answer.text) == "Dear Ana"
    assert "unsaved" in answer.text
    typed = {"source": "template", "template": str(template.id)}
    assert owner.post(edit(draft, "message"), typed).status_code == 303
    page = owner.get(edit(draft, "message")).text
    assert re.search(rf'<option selected value="{template.id}">', page)
    assert bubble(page) == "Dear Ana"


def test_a_group_that_was_deleted_since_is_told_on_the_page(owner: Person) -> None:
    make_instance(owner.tenant_id)
    kept = make_group(owner.tenant_id, "Kept", make_contact(owner.tenant_id))
    gone = make_group(owner.tenant_id, "Gone group")
    draft = make_draft(owner.tenant_id, recipient_type="groups", recipient_ids=[kept.id, gone.id])
    groups.remove(owner.tenant_id, gone.id)
    for step in ("audience", "review"):
        page = owner.get(edit(draft, step)).text
        assert "Gone group" in page
        assert "(deleted)" in page
    typed = {"recipient_type": "groups", "groups": [str(kept.id)]}
    owner.post(edit(draft, "audience"), typed)
    assert "Gone group" not in owner.get(edit(draft, "audience")).text


def test_a_start_that_is_refused_points_to_the_step(owner: Person) -> None:
    draft = make_draft(owner.tenant_id)
    answer = owner.post(f"/campaigns/{draft.id}/start")
    assert answer.status_code == 422
    assert "would reach nobody" in answer.text
    assert answer.text.count(edit(draft, "audience")) >= 3
    make_contact(owner.tenant_id)
    draft.scheduled_at = in_a_week() - timedelta(days=30)
    draft.time_zone = "UTC"
    db.session.commit()
    answer = owner.post(f"/campaigns/{draft.id}/start")
    assert answer.status_code == 422
    assert "The time of the start has passed" in answer.text


def test_above_a_thousand_the_number_of_people_is_typed(owner: Person) -> None:
    make_people(owner.tenant_id, 1001)
    draft = make_draft(owner.tenant_id)
    page = owner.get(edit(draft, "review")).text
    assert 'data-typed="1001"' in page
    answer = start(owner, draft, typed="1000")
    assert answer.status_code == 422
    assert "It reaches 1001 people now" in answer.text
    assert start(owner, draft, typed="1001").headers["Location"] == f"/campaigns/{draft.id}"


def test_the_second_who_presses_start_lands_on_the_campaign_with_a_word(app: Flask, owner: Person) -> None:
    make_contact(owner.tenant_id)
    draft = make_draft(owner.tenant_id)
    second = join(app, owner.tenant_id, "sender")
    seen = field(second.get(edit(draft, "review")).text, "seen")
    assert start(owner, draft).status_code == 303
    answer = second.post(f"/campaigns/{draft.id}/start", {"seen": seen})
    assert answer.headers["Location"] == f"/campaigns/{draft.id}"
    page = second.get(f"/campaigns/{draft.id}").text
    assert "This campaign was started already." in page
    for step in ("number", "review"):
        assert second.get(edit(draft, step)).headers["Location"] == f"/campaigns/{draft.id}"
    assert second.post(edit(draft, "message"), {"source": "text", "message": "Late"}).status_code == 303
    db.session.refresh(draft)
    assert draft.message == "Hello"


def test_a_change_after_the_review_was_opened_is_looked_at_first(owner: Person) -> None:
    make_contact(owner.tenant_id)
    draft = make_draft(owner.tenant_id)
    seen = field(owner.get(edit(draft, "review")).text, "seen")
    owner.post(edit(draft, "message"), {"source": "text", "message": "Other words"})
    answer = owner.post(f"/campaigns/{draft.id}/start", {"seen": seen})
    assert answer.headers["Location"] == f"/campaigns/{draft.id}"
    assert owner.get(f"/campaigns/{draft.id}").headers["Location"] == edit(draft, "review")
    assert "Somebody changed this campaign" in owner.get(edit(draft, "review")).text
    db.session.refresh(draft)
    assert draft.status == "draft"


def test_a_start_at_a_time_waits_and_can_be_changed_or_cancelled(owner: Person) -> None:
    make_contact(owner.tenant_id)
    draft = make_draft(owner.tenant_id)
    typed = {
        "when": "later",
        "scheduled_at": in_a_week().strftime("%Y-%m-%dT%H:%M"),
        "time_zone": "Europe/Oslo",
    }
    assert owner.post(edit(draft, "schedule"), typed).status_code == 303
    assert "Europe/Oslo" in owner.get(edit(draft, "review")).text
    assert start(owner, draft).status_code == 303
    page = owner.get(f"/campaigns/{draft.id}").text
    assert "Starts by itself on" in page
    assert "Scheduled" in owner.get("/campaigns?status=scheduled").text
    answer = owner.post(f"/campaigns/{draft.id}/unschedule")
    assert answer.headers["Location"] == edit(draft, "review")
    assert typed["scheduled_at"] in owner.get(edit(draft, "schedule")).text
    start(owner, draft)
    assert owner.post(f"/campaigns/{draft.id}/cancel").status_code == 303
    db.session.refresh(draft)
    assert draft.status == "cancelled"
    assert owner.post(f"/campaigns/{draft.id}/unschedule").headers["Location"] == f"/campaigns/{draft.id}"


def test_a_time_that_the_clocks_skip_is_told_before_and_after_it_is_saved(owner: Person) -> None:
    draft = make_draft(owner.tenant_id)
    typed = {"when": "later", "scheduled_at": "2028-03-26T02:30", "time_zone": "Europe/Berlin"}
    fragment = owner.post(edit(draft, "schedule"), typed | {"preview": "show"}, htmx=True).text
    assert "03:30 in Europe/Berlin" in fragment
    assert "01:30 in UTC" in fragment
    assert "skip 02:30" in fragment
    owner.post(edit(draft, "schedule"), typed)
    page = owner.get(edit(draft, "review")).text
    assert "skip 02:30" in page
    assert "03:30 in Europe/Berlin" in page


def test_campaigns_are_listed_copied_thrown_away_and_brought_back(owner: Person) -> None:
    make_contact(owner.tenant_id)
    draft = make_draft(owner.tenant_id, name="Spring sale")
    assert "Spring sale" in owner.get("/campaigns?q=SALE&status=draft").text
    assert "No campaign like this" in owner.get("/campaigns?q=nothing").text
    copy = owner.post(f"/campaigns/{draft.id}/copy").headers["Location"]
    assert copy.endswith("/edit/number")
    assert copy != edit(draft, "number")
    assert owner.post(f"/campaigns/{draft.id}/delete").headers["Location"] == "/campaigns"
    assert "Undo" in owner.get("/campaigns").text
    assert "Spring sale" in owner.get("/campaigns?trash=1").text
    assert owner.get(f"/campaigns/{draft.id}").status_code == 404
    owner.post(f"/campaigns/{draft.id}/restore")
    moves.start(owner.tenant_id, draft.id)
    kept = owner.post(f"/campaigns/{draft.id}/delete")
    assert kept.headers["Location"] == f"/campaigns/{draft.id}"
    assert "being sent" in owner.get(f"/campaigns/{draft.id}").text


def test_a_number_is_chosen_when_there_are_some_and_the_only_one_is_chosen_already(owner: Person) -> None:
    make_instance(owner.tenant_id)
    assert 'checked class="form-check-input"' in owner.get("/campaigns/new").text
    make_instance(owner.tenant_id)
    assert 'checked class="form-check-input"' not in owner.get("/campaigns/new").text
    answer = owner.post("/campaigns/new", {"name": "Kept name"})
    assert answer.status_code == 422
    assert "Choose the number that sends." in answer.text
    assert "Kept name" in answer.text


def test_without_a_number_the_campaign_can_be_written_all_the_same(owner: Person) -> None:
    assert "There is no number to send from yet." in owner.get("/campaigns/new").text
    made = owner.post("/campaigns/new", {"name": "Spring"})
    assert made.status_code == 303
    draft = listing.listed(owner.tenant_id).items[0]
    page = owner.get(edit(draft, "review")).text
    assert "Choose the number that sends." in page


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_words_stay_words_on_every_step(owner: Person, hostile: str) -> None:
    make_contact(owner.tenant_id, hostile)
    group = make_group(owner.tenant_id, hostile, make_contact(owner.tenant_id, hostile))
    draft = make_draft(
        owner.tenant_id,
        name=hostile,
        message=f"{hostile.strip(BRACES)} {{{{name}}}}",
        recipient_type="groups",
        recipient_ids=[group.id],
    )
    paths = [edit(draft, step) for step in ("number", "audience", "message", "schedule", "review")]
    for path in (*paths, "/campaigns", "/campaigns/new", f"/campaigns/{draft.id}/left-out/twice"):
        page = owner.get(path).text
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "' autofocus onfocus='" not in page
        assert "49" not in bubble(page)


def test_a_strangers_things_are_refused_in_every_form(owner: Person, stranger: Person) -> None:
    act_for(stranger.tenant_id)
    theirs = make_contact(stranger.tenant_id, "Their secret person")
    group = make_group(stranger.tenant_id, "Their secret group", theirs)
    number = make_instance(stranger.tenant_id)
    template = message_templates.create(stranger.tenant_id, name="Their secret", content="Their secret words")
    act_for(owner.tenant_id)
    make_contact(owner.tenant_id, "Ours")
    draft = make_draft(owner.tenant_id)
    for step, typed in (
        ("number", {"name": "x", "number": str(number.id)}),
        ("audience", {"recipient_type": "groups", "groups": [str(group.id)]}),
        ("audience", {"recipient_type": "contacts", "contacts": [str(theirs.id)]}),
        ("message", {"source": "template", "template": str(template.id)}),
    ):
        answers = [
            owner.post(edit(draft, step), typed),
            owner.post(edit(draft, step), typed | {"preview": "show"}),
        ]
        answers.append(owner.post(f"/campaigns/{draft.id}/audience-count", typed, htmx=True))
        assert answers[0].status_code == 422
        assert not any("Their secret" in answer.text for answer in answers)
    for part in ({"add": str(theirs.id)}, {"contact": str(theirs.id), "preview": "older"}):
        assert "Their secret" not in owner.post(edit(draft, "audience"), part).text


def test_a_strangers_campaign_is_not_there(owner: Person, stranger: Person) -> None:
    make_contact(owner.tenant_id, "Our person")
    draft = make_draft(owner.tenant_id)
    gets = [
        edit(draft, "number"),
        edit(draft, "review"),
        f"/campaigns/{draft.id}",
        f"/campaigns/{draft.id}/left-out/twice",
    ]
    for path in gets:
        assert stranger.get(path).status_code == 404
    acts = (
        "start",
        "unschedule",
        "cancel",
        "copy",
        "delete",
        "audience-count",
        "left-out/opted_out",
        "edit/number",
    )
    for act in acts:
        assert stranger.post(f"/campaigns/{draft.id}/{act}", {"name": "x"}).status_code == 404
    db.session.refresh(draft)
    assert (draft.status, draft.name) == ("draft", "Spring")


def test_a_viewer_looks_and_changes_nothing(app: Flask, owner: Person) -> None:
    make_contact(owner.tenant_id)
    draft = make_draft(owner.tenant_id)
    viewer = join(app, owner.tenant_id, "viewer")
    assert "New campaign" not in viewer.get("/campaigns").text
    page = viewer.get(f"/campaigns/{draft.id}")
    assert page.status_code == 200
    assert "Everyone gets it." in page.text
    for path in ("/campaigns/new", edit(draft, "number"), edit(draft, "review")):
        assert viewer.get(path).status_code == 403
    for act in ("start", "unschedule", "pause", "resume", "cancel", "copy", "delete", "audience-count"):
        assert viewer.post(f"/campaigns/{draft.id}/{act}").status_code == 403
    assert viewer.post(edit(draft, "message"), {"source": "text", "message": "x"}).status_code == 403


def test_a_broken_placeholder_never_goes_out(owner: Person) -> None:
    make_contact(owner.tenant_id)
    draft = make_draft(owner.tenant_id)
    typed = {"source": "text", "message": "Hi {{name}, come in"}
    assert (
        "placeholders-broken"
        in owner.post(edit(draft, "message"), typed | {"preview": "show"}, htmx=True).text
    )
    refused = owner.post(edit(draft, "message"), typed)
    assert refused.status_code == 422
    assert "“{{name}” is no placeholder" in refused.text
    draft.message = typed["message"]  # as an older version of the program let it in
    db.session.commit()
    assert "“{{name}” is no placeholder" in owner.get(edit(draft, "review")).text
    with pytest.raises(Invalid, match="is no placeholder"):
        review.launch(owner.tenant_id, draft.id)
    with pytest.raises(Invalid, match="is no placeholder"):
        moves.start(owner.tenant_id, draft.id)


def test_a_scheduled_campaign_is_asked_about_before_it_is_changed_and_the_draft_says_so(
    owner: Person,
) -> None:
    make_contact(owner.tenant_id)
    draft = make_draft(owner.tenant_id, scheduled_at=in_a_week(), time_zone="Europe/Oslo")
    start(owner, draft)
    page = owner.get(f"/campaigns/{draft.id}").text
    dialog = page[page.index('id="change-dialog"') :]
    assert "it does not go out on" in dialog
    assert page.index("/unschedule") > page.index('id="change-dialog"')
    owner.post(f"/campaigns/{draft.id}/unschedule")
    for step in ("message", "review"):
        assert "it is not any more" in owner.get(edit(draft, step)).text
    start(owner, draft)
    owner.post(f"/campaigns/{draft.id}/unschedule")
    assert "it is not any more" in owner.get(edit(draft, "review")).text


def test_whom_free_text_does_not_reach_is_said_before_the_start(owner: Person) -> None:
    make_contact(owner.tenant_id, last_inbound_at=datetime.now(UTC))
    make_contact(owner.tenant_id)
    draft = make_draft(owner.tenant_id, scheduled_at=in_a_week())
    page = owner.get(edit(draft, "review")).text
    sentence = "WhatsApp will refuse this message to 1 of 2 people."
    assert page.count(sentence) == 3
    assert page.index(sentence) < page.index('commandfor="start-dialog"')
    assert sentence in owner.post(f"/campaigns/{draft.id}/audience-count", htmx=True).text
    start(owner, draft)
    page = owner.get(f"/campaigns/{draft.id}").text
    assert sentence in page
    assert "<strong>2</strong> people" in page


def test_a_simulated_number_is_said_to_refuse_nobody(app: Flask, owner: Person) -> None:
    make_contact(owner.tenant_id)
    simulator = f"http://127.0.0.1:{app.config['CRIER'].simulator_port}"
    draft = make_draft(owner.tenant_id, whatsapp_instance_id=make_instance(owner.tenant_id, simulator).id)
    page = owner.get(edit(draft, "review")).text
    assert "This number is simulated" in page
    assert "With a real number WhatsApp would refuse this to all of them." in page
    assert "WhatsApp will refuse" not in page
