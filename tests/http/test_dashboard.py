"""The dashboard: the first steps, what runs, what comes next, what is wrong."""

import re
from datetime import UTC, datetime, timedelta

from flask import Flask

from tests.campaigning import make_instance, make_people
from tests.people import Person, join
from tests.watching import count, make_running
from webapp.db import db
from webapp.services import dashboard, groups


def steps(html: str) -> list[bool]:
    """Of each first step, whether it is ticked."""
    return ["is-done" in found for found in re.findall(r'<li class="first-step( is-done)?">', html)]


def test_who_begins_is_told_what_to_do_first(owner: Person) -> None:
    html = owner.get("/").text
    assert steps(html) == [False] * 5
    assert html.count("btn-primary") == 1, "one step is the next"
    assert "Connect a number" in html


def test_steps_are_ticked_as_they_are_done_and_leave_with_the_first_campaign(owner: Person) -> None:
    make_instance(owner.tenant_id)
    make_people(owner.tenant_id, 1)
    groups.create(owner.tenant_id, name="Regulars")
    assert steps(owner.get("/").text) == [True, True, True, False, False]
    make_running(owner.tenant_id)
    html = owner.get("/").text
    assert steps(html) == []
    assert "New campaign" in html


def test_a_viewer_is_not_sent_where_they_may_not_go(app: Flask, owner: Person) -> None:
    html = join(app, owner.tenant_id, "viewer").get("/").text
    assert "Nothing has been sent yet" in html
    assert "first-step" not in html
    assert "/numbers/new" not in html


def test_what_runs_is_shown_and_asks_again_quickly(owner: Person) -> None:
    campaign = make_running(owner.tenant_id, name="Spring", total=1000)
    count(campaign, sent_count=600, failed_count=4)
    html = owner.get("/dashboard/now").text
    assert "600 of 1,000 sent, 4 failed" in html
    assert 'hx-trigger="every 3s"' in html


def test_what_comes_next_and_what_came_of_the_last(owner: Person) -> None:
    now = datetime.now(UTC)
    make_running(
        owner.tenant_id,
        name="Monday",
        status="scheduled",
        started_at=None,
        scheduled_at=now + timedelta(days=1),
    )
    make_running(owner.tenant_id, name="Spring", status="completed", completed_at=now)
    html = owner.get("/").text
    assert (
        html.index("What comes next")
        < html.index("Monday")
        < html.index("The last campaigns")
        < html.index("Spring")
    )
    assert 'hx-trigger="every 20s"' in html


def test_what_stands_still_is_told_with_what_to_do(owner: Person) -> None:
    number = make_instance(owner.tenant_id)
    number.status, number.check_result = "paused", {"stopped_by": "error_190"}
    refused = make_instance(owner.tenant_id)
    refused.status = "refused"
    refused.check_result = {"problems": [{"sentence": "The token is no good.", "advice": "Put in another."}]}
    db.session.commit()
    make_running(owner.tenant_id, name="Spring", status="paused", paused_reason="error_132015")
    html = owner.get("/").text
    for said in (
        "The access token has expired or was withdrawn.",
        "The token is no good.",
        "Put in another.",
        "WhatsApp has paused the template because people did not like it.",
    ):
        assert said in html, said


def test_the_days_are_those_of_the_tenants_clock(owner: Person) -> None:
    today = datetime.now(UTC).date()
    midnight = datetime(today.year, today.month, today.day, tzinfo=UTC)
    for started, sent in (
        (midnight, 3),
        (midnight - timedelta(seconds=1), 5),
        (midnight - timedelta(days=8), 9),
    ):
        count(make_running(owner.tenant_id, started_at=started), sent_count=sent)
    days = dashboard.last_days(owner.tenant_id, "UTC")
    assert [day.parts.get("sent", 0) for day in days] == [0, 0, 0, 0, 0, 5, 3]
    elsewhere = dashboard.last_days(owner.tenant_id, "Pacific/Kiritimati")
    assert sum(day.parts.get("sent", 0) for day in elsewhere) == 8


def test_nothing_of_a_stranger_is_on_it(owner: Person, stranger: Person) -> None:
    make_running(owner.tenant_id, name="Only ours")
    make_instance(owner.tenant_id).status = "paused"
    db.session.commit()
    html = stranger.get("/").text
    assert "Only ours" not in html
    assert steps(html) == [False] * 5
