"""How those who are sent to again go back to waiting: some thousand numbers at a time, each step a short transaction
in which status, counts and reasons change together. A person goes back once for one wish."""

import time
import uuid
from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import func, text

from webapp import broker
from webapp.db import act_for, db, on_commit
from webapp.models.again import SendingAgain
from webapp.models.campaigns import Campaign
from webapp.services import counts, progress
from webapp.services.campaigns import judged
from webapp.services.campaigns.again import COOLDOWN
from webapp.services.locks import held

STEP: Final = 10_000
SLICE_SECONDS: Final = 2

_WHICH: Final[Mapping[str, str]] = {
    "retry": """r.status = 'failed' and coalesce(r.error_code, 0) = any(:codes) and r.failed_at <= :asked_at
    and (r.error_code is distinct from 131049 or r.failed_at <= now() - cast(:cooldown as interval))""",
    "resend": "r.status = 'uncertain'",
}

# Nobody whose last attempt is on the wire, or waits to be, or ended only after the wish. What the provider took, or may
# have taken, is given up by its number, so that late news of it is known for what it is. The windows are read once in
# a step: behind row-level security no index finds a range by what it holds.
_STEP: Final = """
with asked_for as materialized (
  select r.number, latest.number as attempt
  from campaign_recipients r
  cross join lateral (
    select coalesce(max(t.number), r.number) as number, coalesce(bool_or(t.number is null), false) as is_waiting
    from send_retries t where t.tenant_id = r.tenant_id and t.recipient_number = r.number) as latest
  where r.tenant_id = :tenant_id and r.number between :first and :last and r.campaign_id = :campaign_id
    and {which} and not latest.is_waiting
), span as (select min(attempt) as low, max(attempt) as high from asked_for
), flown as materialized (
  select generate_series(lower(w.rows), upper(w.rows) - 1) as number from span join send_windows w
    on w.tenant_id = :tenant_id and w.campaign_id = :campaign_id
    and w.first_number between span.low - 1000 and span.high and w.settled_at <= :asked_at
), chosen as materialized (
  select r.number, asked_for.attempt from asked_for
  join flown on flown.number = asked_for.attempt
  join campaign_recipients r on r.tenant_id = :tenant_id and r.number = asked_for.number
  where {which} order by r.number for update of r
), changed as (
  update campaign_recipients r set status = 'pending', message_id = null, error_code = null, error_message = null,
    sent_at = null, delivered_at = null, read_at = null, failed_at = null
  from chosen where r.tenant_id = :tenant_id and r.number = chosen.number
  returning r.tenant_id, r.campaign_id, r.number, chosen.attempt, old.status as was, new.status as now,
    old.error_code as old_code, old.message_id as old_message_id
), asked as (
  insert into send_retries (tenant_id, campaign_id, recipient_number, attempt, not_before, is_by_person)
  select tenant_id, campaign_id, number, 1, clock_timestamp(), true from changed
), given_up as (
  insert into given_up_attempts (tenant_id, number, campaign_id, recipient_number, message_id)
  select tenant_id, attempt, campaign_id, number, old_message_id from changed
  where was = 'uncertain' or old_message_id is not null on conflict do nothing
), failures as (
  insert into campaign_failures as f (tenant_id, campaign_id, error_code, count)
  select tenant_id, campaign_id, coalesce(old_code, 0), -count(*) from changed where was = 'failed'
  group by 1, 2, 3 order by 3
  on conflict (tenant_id, campaign_id, error_code) do update set count = f.count + excluded.count
), counted as ({add})
select count(*) from changed
"""
_ADD: Final = counts.ADD.format(source="changed").replace("%(stripe)s", ":stripe")
_STEPS: Final = {kind: text(_STEP.format(which=which, add=_ADD)) for kind, which in _WHICH.items()}


def advance(tenant_id: uuid.UUID, wish_id: uuid.UUID, step: int = STEP) -> bool:
    """Carry a wish out for some seconds; whether more of it is left. Ringing twice does it once."""
    act_for(tenant_id)
    end = time.monotonic() + SLICE_SECONDS
    while _step(tenant_id, wish_id, step):
        if time.monotonic() > end:
            return True
    return False


def _step(tenant_id: uuid.UUID, wish_id: uuid.UUID, step: int) -> bool:
    """One transaction; whether another is to follow."""
    open_wish = SendingAgain.of(tenant_id).where(
        SendingAgain.id == wish_id, SendingAgain.finished_at.is_(None)
    )
    wish = held(open_wish, skip_locked=True)
    if wish is None:
        db.session.rollback()
        return False
    campaign = db.session.scalar(
        Campaign.of(tenant_id)
        .where(Campaign.id == wish.campaign_id)
        .execution_options(populate_existing=True)
    )
    if campaign is None or campaign.status not in ("running", "paused"):
        wish.finished_at = func.now()  # cancelled meanwhile: nobody goes back any more
    else:
        _bring_back(campaign, wish, step)
    is_over = wish.finished_at is not None
    db.session.commit()
    return not is_over


def _bring_back(campaign: Campaign, wish: SendingAgain, step: int) -> None:
    last = min(wish.next_number + step - 1, wish.last_number)
    given: dict[str, Any] = {
        "tenant_id": wish.tenant_id,
        "campaign_id": wish.campaign_id,
        "first": wish.next_number,
        "last": last,
        "asked_at": wish.created_at,
        "stripe": counts.stripe(),
    }
    if wish.kind == "retry":
        given |= {"codes": wish.codes, "cooldown": COOLDOWN}
    wish.moved += db.session.scalar(_STEPS[wish.kind], given) or 0
    wish.next_number = last + 1
    if wish.next_number > wish.last_number:
        wish.finished_at = func.now()
        judged.judge_anew(campaign)
    on_commit(progress.publish, wish.tenant_id, wish.campaign_id)
    on_commit(broker.ring, "send_slice")
