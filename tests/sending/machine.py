"""Every step of the protocol in any order, by two senders, a clock, a provider and a person, on a campaign of twelve.

After each step the invariants are asked of the rows; at the end everything comes to rest, and they are asked again."""

from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as some
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import func, select, text

from tests.campaigning import check_counts, make_campaign, make_instance, make_people, statuses
from tests.people import Person
from tests.sending.provider import Provider, Taken
from webapp.db import act_for, as_owner, db
from webapp.domain.errors import Conflict
from webapp.models.campaigns import Campaign
from webapp.models.contacts import Contact
from webapp.models.messages_history import Message
from webapp.models.recipients import Recipient
from webapp.models.sending import SendRetry, SendWindow
from webapp.providers.base import Accepted, Doubt, NotSent, Outcome, Problem, Refused, Unknown
from webapp.providers.errors import ErrorClass
from webapp.sending import lease, plan, rounds
from webapp.sending.gate import Window, gate
from webapp.sending.results import Result, result_of
from webapp.sending.settle import settle
from webapp.sending.store import Store
from webapp.services import contacts, opt_outs
from webapp.services.campaigns import moves
from webapp.services.locks import lock_tenant

PEOPLE = 12
BATCH = 4
SENDERS = (0, 1)
REACHED = ("accepted", "sent", "delivered", "read")

# What may become of one post: whether the provider took it, and what the sender hears.
ANSWERS = {
    "accepted": (True, None),
    "accepted, unheard": (True, Unknown(Doubt.TIMEOUT)),
    "lost": (False, Unknown(Doubt.TIMEOUT)),
    "not sent": (False, NotSent(Problem.CONNECT)),
    "busy": (False, Refused(131016, ErrorClass.TRANSIENT, "busy")),
    "too fast": (False, Refused(130429, ErrorClass.THROTTLE_NUMBER, "too fast")),
    "refused": (False, Refused(131009, ErrorClass.MESSAGE_INVALID, "no")),
}

# By their place, because what is drawn may not depend on what the database answers.
SOMEBODY = some.integers(0, PEOPLE - 1)
SENDER = some.sampled_from(SENDERS)
SOME_ANSWERS = some.lists(some.sampled_from(sorted(ANSWERS)), min_size=3, max_size=3)


@dataclass
class Sender:
    """What one sending process has in its memory; a crash takes it away."""

    batch: lease.Batch | None = None
    gated: list[Window] = field(default_factory=list)
    landed: list[tuple[Window, list[Result]]] = field(default_factory=list)


class Protocol(RuleBasedStateMachine):
    """Made for one owner; `first` is where the phone numbers of the next campaign begin."""

    owner: Person
    store: Store
    first = 0

    @initialize()
    def begin(self) -> None:
        tenant_id = self.owner.tenant_id
        act_for(tenant_id)
        Protocol.first += PEOPLE
        make_people(tenant_id, PEOPLE, first=Protocol.first)
        phones = [f"+{4915100000000 + Protocol.first + n}" for n in range(PEOPLE)]
        found = db.session.execute(
            select(Contact.phone_number, Contact.id).where(Contact.phone_number.in_(phones))
        )
        self.contacts = {row.phone_number: row.id for row in found}
        self.provider = Provider(make_instance(tenant_id))
        audience = {
            "recipient_type": "contacts",
            "recipient_ids": [str(key) for key in self.contacts.values()],
        }
        self.campaign = make_campaign(tenant_id, self.provider.instance, audience=audience)
        plan.plan(tenant_id, self.campaign.id)
        self.senders = [Sender() for _ in SENDERS]
        self.silent: set[str] = set()

    @rule(who=SENDER)
    def claim(self, who: int) -> None:
        sender = self.senders[who]
        if sender.batch is None:
            sender.batch = lease.claim(self.store, self.owner.tenant_id, self.campaign.id, 60)

    @rule(who=SENDER, size=some.integers(1, 3))
    def gate(self, who: int, size: int) -> None:
        sender = self.senders[who]
        if sender.batch is None or not sender.batch.rows:
            return
        window = gate(self.store, sender.batch, size, lease_seconds=60, post_seconds=30)
        if window is None:
            sender.batch = None
            return
        assert self.status() == "running", "a gate committed after a stop had returned"
        for row in window.rows:
            row.content = "Hello"
            assert row.phone_number not in self.silent or row.recipient in window.held_back
        sender.gated.append(window)

    @rule(
        who=SENDER,
        answers=SOME_ANSWERS,
    )
    def post(self, who: int, answers: list[str]) -> None:
        sender = self.senders[who]
        if not sender.gated:
            return
        window = sender.gated.pop(0)
        results = [
            self._posted(window, row, answer) for row, answer in zip(window.rows, answers, strict=False)
        ]
        sender.landed.append((window, results))

    def _posted(self, window: Window, row: lease.Row, answer: str) -> Result:
        if reason := window.held_back.get(row.recipient):
            return Result(row, "settled" if reason == "settled" else "skipped", error_message=reason)
        is_taken, heard = ANSWERS[answer]
        outcome: Outcome | None = heard  # type: ignore[assignment]
        if is_taken:
            message_id = self.provider.accept(row.phone_number, row.number)
            outcome = outcome or Accepted(message_id)
        assert outcome is not None
        return result_of(row, outcome)

    @rule(who=SENDER, together=some.booleans())
    def settle(self, who: int, together: bool) -> None:
        sender = self.senders[who]
        landed, sender.landed = (sender.landed, []) if together else (sender.landed[:1], sender.landed[1:])
        for group in _by_batch(landed):
            settle(self.store, group, instance_id=self.provider.instance.id, type="text")

    @rule(who=SENDER, size=some.integers(1, 3), answers=SOME_ANSWERS, lands=some.booleans())
    def turn(self, who: int, size: int, answers: list[str], lands: bool) -> None:
        """What a sender mostly does, in one go."""
        self.claim(who)
        self.gate(who, size)
        self.post(who, answers)
        if lands:
            self.settle(who, together=False)

    @rule(size=some.integers(1, 3), answers=SOME_ANSWERS)
    def turns_of_both(self, size: int, answers: list[str]) -> None:
        for who in SENDERS:
            self.turn(who, size, answers, lands=True)

    @rule(who=SENDER)
    def release(self, who: int) -> None:
        sender = self.senders[who]
        if sender.batch is not None and not (sender.gated or sender.landed):
            lease.release(self.store, sender.batch)
            sender.batch = None

    @rule(who=SENDER, posts_first=some.booleans())
    def crash(self, who: int, posts_first: bool) -> None:
        if posts_first:
            self.post(who, ["accepted"] * 3)
        self.senders[who] = Sender()

    @rule()
    def leases_run_out(self) -> None:
        """Time passes for everybody who holds one; who stands still does not know."""
        self._as_owner("update send_batches set lease_until = now() - interval '1 s' where status = 'leased'")

    @rule()
    def retries_fall_due(self) -> None:
        self._as_owner("update send_retries set not_before = now() - interval '1 s' where number is null")

    @rule()
    def sweep(self) -> None:
        rounds.sweep_all()
        self._look_again()

    @rule()
    def fold(self) -> None:
        rounds.fold_all()
        self._look_again()

    @rule()
    def finish(self) -> None:
        """What the clock does with campaigns in which nobody waits, or that are cancelled."""
        for found in rounds.resting():
            rounds.call(moves.cancel_waiting if found.status == "cancelled" else moves.finish, found)
        self._look_again()

    @rule(
        news=some.lists(
            some.tuples(SOMEBODY, some.sampled_from(["sent", "delivered", "read"])), min_size=1, max_size=4
        )
    )
    def callback(self, news: list[tuple[int, str]]) -> None:
        """News of any message in any order, twice, some together."""
        told = [(self._message(place), status) for place, status in news if self.provider.ledger]
        if told:
            self.provider.tell(*told)

    @rule(place=SOMEBODY)
    def late_failure(self, place: int) -> None:
        if self.provider.ledger:
            self.provider.tell((self._message(place), "failed"))

    @rule(button=some.sampled_from(["pause", "resume"]))
    def person(self, button: str) -> None:
        self._press(button)

    @rule(is_sure=some.sampled_from([False, False, False, True]))
    def cancel(self, is_sure: bool) -> None:
        if is_sure and self.provider.ledger:
            self._press("cancel")

    @rule(place=SOMEBODY)
    def opt_out(self, place: int) -> None:
        phone = sorted(self.contacts)[place]
        lock_tenant(self.owner.tenant_id)
        opt_outs.add(self.owner.tenant_id, phone.lstrip("+"), "page")
        db.session.commit()
        self.silent.add(phone)

    @rule(place=SOMEBODY)
    def delete(self, place: int) -> None:
        phone = sorted(self.contacts)[place]
        if phone not in self.silent:
            contacts.remove(self.owner.tenant_id, self.contacts[phone])
            self.silent.add(phone)

    def _message(self, place: int) -> Taken:
        return self.provider.ledger[place % len(self.provider.ledger)]

    def _press(self, button: str) -> None:
        try:
            getattr(moves, button)(self.owner.tenant_id, self.campaign.id)
        except Conflict:
            db.session.rollback()

    @invariant()
    def the_promise_is_kept(self) -> None:
        """Everybody is reached once, the rows are the ledger's, and the counts are those of the rows."""
        phones = [message.phone for message in self.provider.ledger]
        assert len(phones) == len(set(phones))
        self._look_again()
        recipient_of = self._retried()
        accepted = {recipient_of.get(m.number, m.number): m.message_id for m in self.provider.ledger}
        waiting = self._unsettled(recipient_of)
        for row in self._rows():
            if row.status in REACHED:
                assert row.message_id == accepted.get(row.number), row.status
            if row.number in accepted and row.number not in waiting:
                assert row.status in (*REACHED, "uncertain", "failed"), row.status
        check_counts(self.campaign)

    def teardown(self) -> None:
        """Whoever is left does what they had begun; then a sound sender and the clock go on until all is at rest."""
        if not hasattr(self, "senders"):
            return
        self._press("resume")
        for who in SENDERS:
            while self.senders[who].gated:
                self.post(who, ["accepted"] * 3)
            self.settle(who, together=True)
            self.senders[who] = Sender()
        for _ in range(40):
            self.leases_run_out()
            self.retries_fall_due()
            self.sweep()
            self._serve()
            self.fold()
            self.finish()
            if self.status() in ("completed", "cancelled") and "pending" not in self._found():
                break
        self._is_at_rest()

    def _serve(self) -> None:
        self.senders[0] = Sender()
        self.claim(0)
        while self.senders[0].batch is not None and self.senders[0].batch.rows:
            self.gate(0, 3)
            self.post(0, ["accepted"] * 3)
            self.settle(0, together=True)
        self.release(0)

    def _is_at_rest(self) -> None:
        for message in self.provider.ledger:
            self.provider.tell((message, "read"), (message, "sent"))
        found = self._found()
        assert not {"pending", "accepted", "sent", "delivered"} & set(found), found
        assert found["read"] == len(self.provider.ledger), found
        assert db.session.scalar(
            select(func.count()).select_from(Message).where(Message.campaign_id == self.campaign.id)
        ) == len(self.provider.ledger)
        self.the_promise_is_kept()

    def status(self) -> str:
        self._look_again()
        return str(db.session.scalar(select(Campaign.status).where(Campaign.id == self.campaign.id)))

    def _found(self) -> Any:
        self._look_again()
        return statuses(self.campaign)

    def _rows(self) -> list[Recipient]:
        return list(
            db.session.scalars(
                Recipient.of(self.owner.tenant_id).where(Recipient.campaign_id == self.campaign.id)
            )
        )

    def _retried(self) -> dict[int, int]:
        """The recipients of the numbers that were given for further attempts."""
        query = select(SendRetry.number, SendRetry.recipient_number).where(
            SendRetry.campaign_id == self.campaign.id, SendRetry.number.is_not(None)
        )
        return {row.number: row.recipient_number for row in db.session.execute(query)}

    def _unsettled(self, recipient_of: dict[int, int]) -> set[int]:
        """Recipients whose window is still open."""
        query = select(SendWindow.rows).where(
            SendWindow.settled_at.is_(None), SendWindow.campaign_id == self.campaign.id
        )
        numbers = (n for rows in db.session.scalars(query) for n in range(rows.lower or 0, rows.upper or 0))
        return {recipient_of.get(number, number) for number in numbers}

    def _as_owner(self, statement: str) -> None:
        db.session.rollback()
        with as_owner() as connection:
            connection.execute(text(statement))

    def _look_again(self) -> None:
        db.session.rollback()
        act_for(self.owner.tenant_id)
        db.session.expire_all()


def _by_batch(landed: list[tuple[Window, list[Result]]]) -> list[list[tuple[Window, list[Result]]]]:
    groups: dict[Any, list[tuple[Window, list[Result]]]] = {}
    for one in landed:
        groups.setdefault(one[0].batch.token, []).append(one)
    return list(groups.values())
