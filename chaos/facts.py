"""Facts: what the database and the ledger say about one send, read at one moment."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import psycopg

from chaos.ledger import Entry
from chaos.send import Send
from webapp.models.campaigns import COUNTS
from webapp.providers.tracker import read_tracker
from webapp.services import tracking

_CAMPAIGN: Final = f"""
select c.status, c.paused_reason, c.total_recipients, {", ".join(f"c.{count} as folded_{count}" for count in COUNTS)},
  {", ".join(f"c.{count} + coalesce(sum(s.{count}), 0)::int as {count}" for count in COUNTS)}
from campaigns c left join campaign_counts s on s.tenant_id = c.tenant_id and s.campaign_id = c.id
where c.tenant_id = %(tenant)s and c.id = %(campaign)s group by c.tenant_id, c.id
"""

_RECIPIENTS: Final = """
select number, phone_number, status, message_id, error_code, error_message from campaign_recipients
where tenant_id = %(tenant)s and campaign_id = %(campaign)s
"""

_RETRIES: Final = """
select number, recipient_number, is_by_person from send_retries
where tenant_id = %(tenant)s and campaign_id = %(campaign)s
"""

_WINDOWS: Final = """
select first_number, lower(rows) as first, upper(rows) - 1 as last, gated_at,
  settled_at is null as is_open, is_abandoned
from send_windows where tenant_id = %(tenant)s and campaign_id = %(campaign)s
"""

_LEASED: Final = """
select count(*)::int as batches from send_batches
where tenant_id = %(tenant)s and campaign_id = %(campaign)s and status = 'leased'
"""

_HISTORY: Final = """
select message_id, status, content from messages_history
where tenant_id = %(tenant)s and campaign_id = %(campaign)s and direction = 'out'
"""

_EVENTS: Final = """
select payload->>'previousStatus' as before, payload->>'status' as after from events
where tenant_id = %(tenant)s and object_id = %(campaign)s and type = 'campaign_status_changed' order by sequence
"""

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Message:
    """What the provider accepted, with the number on the wire that its tracker proves, if it does."""

    entry: Entry
    number: int | None
    recipient: int | None


@dataclass(frozen=True)
class Facts:
    """Rows by their number; `messages` were read before the rows, so each of them must have left its traces."""

    send: Send
    messages: list[Message]
    campaign: Row
    recipients: dict[int, Row]
    resent: frozenset[int]
    windows: list[Row]
    leased: int
    history: dict[str, Row]
    moves: list[tuple[str, str]]

    def window_of(self, number: int) -> Row | None:
        return next((each for each in self.windows if each["first"] <= number <= each["last"]), None)


def read_facts(send: Send) -> Facts:
    """Everything about a send in one snapshot of the database.

    Raises:
        psycopg.OperationalError: the database is away.
    """
    entries = send.world.ledger.of(send.number_id)
    with send.world.database() as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        with connection.transaction():
            return _read(send, entries, connection)


def _read(send: Send, entries: list[Entry], connection: psycopg.Connection[Row]) -> Facts:
    given = {"tenant": send.tenant_id, "campaign": send.campaign_id}

    def rows(query: str) -> list[Row]:
        return connection.execute(query, given).fetchall()

    recipients = {row["number"]: row for row in rows(_RECIPIENTS)}
    retries = rows(_RETRIES)
    recipient_of = {row["number"]: row["recipient_number"] for row in retries if row["number"] is not None}
    key = tracking.key()

    def message(entry: Entry) -> Message:
        number = read_tracker(entry.tracker, key)
        return Message(entry, number, None if number is None else recipient_of.get(number, number))

    return Facts(
        send=send,
        messages=[message(entry) for entry in entries],
        campaign=rows(_CAMPAIGN)[0],
        recipients=recipients,
        resent=frozenset(row["recipient_number"] for row in retries if row["is_by_person"]),
        windows=rows(_WINDOWS),
        leased=rows(_LEASED)[0]["batches"],
        history={row["message_id"]: row for row in rows(_HISTORY)},
        moves=[(row["before"], row["after"]) for row in rows(_EVENTS)],
    )


def gated_seconds(window: Row) -> float:
    at: datetime = window["gated_at"]
    return at.timestamp()
