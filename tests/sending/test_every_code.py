"""Every error code of Meta's, in the answer to a post and in a later callback, does what its class says."""

import html
import json
from contextlib import closing
from typing import Any

from flask import Flask, current_app
from sqlalchemy import func, select

from tests.callbacks import arrive, recipients, status_of, statuses_of
from tests.campaigning import check_counts, make_campaign, make_instance, make_people
from tests.every_code import CODES, Case, error, make_cases, provider
from tests.people import Person
from webapp import broker
from webapp.db import act_for, db
from webapp.models.campaigns import CampaignFailure
from webapp.models.opt_outs import OptOut
from webapp.models.sending import SendRetry
from webapp.providers.errors import ErrorClass
from webapp.providers.registry import PROVIDERS
from webapp.sending import plan
from webapp.sending.slice import Sender
from webapp.services import outgoing, slowness
from webapp.services.campaigns import again, figures, stops

PAUSED = {
    "pause_campaign": ("paused", "connected", "connected"),
    "pause_number": ("paused", "paused", "connected"),
    "pause_account": ("paused", "paused", "paused"),
}
SLOWED = {"throttle_number": (True, False), "throttle_app": (True, True)}
TRIED_AGAIN = ("transient", "pair_throttle")
STAY_UNSENT = (*TRIED_AGAIN, *SLOWED, *PAUSED)


def serve(owner: Person, seconds: float) -> None:
    with closing(Sender(current_app.config["CRIER"], outgoing.rules(), broker.redis())) as sender:
        sender.serve(lambda: False, seconds)
    act_for(owner.tenant_id)
    db.session.expire_all()


def found(case: Case) -> dict[str, Any]:
    """What became of the person, the campaign, the numbers and their pace."""
    (row,) = recipients(case.campaign)
    check_counts(case.campaign)
    return {
        "person": row.status,
        "code": row.error_code,
        "stops": (case.campaign.status, case.instance.status, case.sibling.status),
        "reason": case.campaign.paused_reason,
        "slowed": tuple(
            slowness.of(broker.redis(), number.id) is not None for number in (case.instance, case.sibling)
        ),
        "said no": bool(
            db.session.scalar(
                select(func.count()).where(
                    OptOut.tenant_id == case.campaign.tenant_id, OptOut.phone_key == row.phone_key
                )
            )
        ),
    }


def expected(case: Case, person: str) -> dict[str, Any]:
    return {
        "person": person,
        "code": case.code,
        "stops": PAUSED.get(case.cls, ("running", "connected", "connected")),
        "reason": stops.reason_of(case.code) if case.cls in PAUSED else None,
        "slowed": SLOWED.get(case.cls, (False, False)),
        "said no": case.cls == "recipient_optout",
    }


def test_every_code_in_an_answer_does_what_its_class_says(owner: Person) -> None:
    answers = {f"9{row['code']:09d}": error(row) for row in CODES}
    with provider(answers) as url:
        cases = make_cases(owner, url)
        serve(owner, 4)
    attempts = {
        retry.campaign_id: retry.attempt for retry in db.session.scalars(SendRetry.of(owner.tenant_id))
    }
    for case in cases:
        person = "pending" if case.cls in STAY_UNSENT else "failed"
        assert found(case) == expected(case, person), (case.code, case.cls)
        attempt = attempts.get(case.campaign.id, 0)
        if case.cls in TRIED_AGAIN:
            assert attempt >= 2, case.code
        else:
            # A refusal for speed and one that stops everything cost the person no attempt.
            assert attempt == (1 if case.cls in STAY_UNSENT else 0), case.code


def test_every_code_in_a_callback_does_what_its_class_says_and_sends_nothing_again(
    app: Flask, owner: Person
) -> None:
    with provider({}) as url:
        cases = make_cases(owner, url)
        serve(owner, 10)
    for case in cases:
        (row,) = recipients(case.campaign)
        assert row.status == "accepted", case.code
        item = status_of(row, "failed", code=case.code) | {"id": f"wamid.{case.instance.phone_number_id}"}
        arrive(app, case.instance, statuses_of(case.instance, item))
    for case in cases:
        assert found(case) == expected(case, "failed"), (case.code, case.cls)
        offers = again.offers(case.campaign, figures.now(owner.tenant_id, case.campaign.id))
        is_due = [(offer.is_promising, offer.count) for offer in offers]
        if case.cls == "recipient_optout":
            assert is_due == [], case.code
        elif case.cls == "recipient_cooldown":
            assert is_due == [(True, 0)], case.code
        else:
            assert is_due == [(case.cls in STAY_UNSENT, 1)], (case.code, case.cls)
    assert not db.session.scalars(SendRetry.of(owner.tenant_id)).all()


def test_every_code_has_its_sentence_and_what_to_do_on_the_page_and_in_the_list(owner: Person) -> None:
    make_people(owner.tenant_id, len(CODES))
    campaign = make_campaign(owner.tenant_id, make_instance(owner.tenant_id))
    plan.plan(owner.tenant_id, campaign.id)
    for row, told in zip(recipients(campaign), CODES, strict=True):
        row.status, row.error_code, row.failed_at = "failed", told["code"], db.func.now()
        db.session.add(
            CampaignFailure(
                tenant_id=owner.tenant_id, campaign_id=campaign.id, error_code=told["code"], count=1
            )
        )
    db.session.commit()
    page = html.unescape(owner.get(f"/campaigns/{campaign.id}").text)
    for told in CODES:
        if told["code"] == 0:
            continue  # under this code the page counts what no provider gave a code for
        words = PROVIDERS["cloud"].explain(told["code"])
        assert words.happened in page, told["code"]
        assert words.advice in page, told["code"]
        people = html.unescape(owner.get(f"/campaigns/{campaign.id}?segment=failed&code={told['code']}").text)
        table = people[people.index('id="recipients"') :]
        assert words.happened in table, told["code"]
        assert words.advice in table[: table.index("</table>")], told["code"]


def test_a_template_that_may_not_be_sent_stops_every_campaign_that_sends_it(owner: Person) -> None:
    sale = {"name": "sale", "language": "en", "components": []}
    instance, elsewhere = make_instance(owner.tenant_id), make_instance(owner.tenant_id)
    sibling = make_instance(owner.tenant_id)
    sibling.business_account_id = instance.business_account_id

    def running(number: Any, template: dict[str, Any], kind: str = "template") -> Any:
        return make_campaign(
            owner.tenant_id, number, status="running", message_kind=kind, message_template=template
        )

    refused, same, on_sibling = running(instance, sale), running(instance, sale), running(sibling, sale)
    others = [
        running(instance, sale | {"language": "de"}),
        running(instance, sale | {"name": "news"}),
        running(elsewhere, sale),
        running(instance, {}, "text"),
    ]
    stops.by_error(
        owner.tenant_id, 132015, ErrorClass.PAUSE_CAMPAIGN, instance_id=instance.id, campaign_id=refused.id
    )
    db.session.expire_all()
    assert {one.paused_reason for one in (refused, same, on_sibling)} == {"error_132015"}
    assert {one.status for one in others} == {"running"}


def test_a_wait_the_provider_asks_for_is_kept_and_told(owner: Person) -> None:
    instance = make_instance(owner.tenant_id)
    stops.slow(owner.tenant_id, 130429, ErrorClass.THROTTLE_NUMBER, instance_id=instance.id, hold_seconds=30)
    state = slowness.of(broker.redis(), instance.id)
    assert state is not None
    assert state.factor == 0.5
    assert 29 < (state.since - state.at).total_seconds() < 31
    assert state.share(state.at) == 0
    told = json.loads(json.dumps(state.told()))
    assert slowness.Slowness.of(told) == state
