"""What must hold when a send has come to rest: everybody is somewhere, and the rows are the ledger's."""

from collections import Counter
from collections.abc import Iterator

from chaos.always import always, text_for
from chaos.facts import Facts
from chaos.finding import Finding, found
from webapp.models.campaigns import COUNTS

REACHED = ("accepted", "sent", "delivered", "read")
# A message that was accepted may be told to have failed later.
AFTER_ACCEPTANCE = (*REACHED, "failed", "uncertain")


def at_rest(facts: Facts, *, is_all_told: bool, most_uncertain: int) -> list[Finding]:
    """The findings of a send that is over.

    Args:
        is_all_told: whether the provider lost no news, so that every accepted message ends as read or failed.
        most_uncertain: how many may be uncertain whom the provider never accepted.
    """
    return [
        *always(facts),
        *found("2", "Accepted messages whose people look as if they had none", _denied(facts)),
        *found("3", "People shown as reached whom the provider never accepted", _phantoms(facts)),
        *found("4", "People or leases that are left", _left(facts)),
        *found("5", "Counts that were not folded", _unfolded(facts)),
        *found("3", "Messages without their line of history", _untold(facts)),
        *(found("callbacks", "Messages whose news were not applied", _unheard(facts)) if is_all_told else []),
        *_doubts(facts, most_uncertain),
    ]


def _by_recipient(facts: Facts) -> dict[int, str]:
    return {m.recipient: m.entry.message_id for m in facts.messages if m.recipient is not None}


def _denied(facts: Facts) -> Iterator[str]:
    for number in _by_recipient(facts):
        row = facts.recipients.get(number)
        if row is not None and row["status"] not in AFTER_ACCEPTANCE:
            yield f"{row['phone_number']} is {row['status']}"


def _phantoms(facts: Facts) -> Iterator[str]:
    accepted = _by_recipient(facts)
    for number, row in facts.recipients.items():
        known = row["message_id"] is not None or row["status"] in REACHED
        if known and number not in facts.resent and row["message_id"] != accepted.get(number):
            yield f"{row['phone_number']} is {row['status']} with {row['message_id']}, not {accepted.get(number)}"


def _left(facts: Facts) -> Iterator[str]:
    for row in facts.recipients.values():
        if row["status"] == "pending":
            yield f"{row['phone_number']} is pending in a campaign that is {facts.campaign['status']}"
    yield from (f"window {each['first_number']} is open" for each in facts.windows if each["is_open"])
    if facts.leased:
        yield f"{facts.leased} batches are leased"
    if facts.campaign["status"] not in ("completed", "cancelled"):
        yield f"the campaign is {facts.campaign['status']} ({facts.campaign['paused_reason']})"


def _unfolded(facts: Facts) -> Iterator[str]:
    for count in COUNTS:
        if facts.campaign[count] != facts.campaign[f"folded_{count}"]:
            yield count


def _untold(facts: Facts) -> Iterator[str]:
    """Each message that is known by its id has one line with the text that was sent and the same status."""
    for number, row in facts.recipients.items():
        if row["message_id"] is None or number in facts.resent:
            continue
        line = facts.history.get(row["message_id"])
        if line is None:
            yield f"{row['phone_number']} ({row['status']}) has none"
        elif line["content"] != text_for(facts, row["phone_number"]) or line["status"] != row["status"]:
            yield f"{row['phone_number']} is {row['status']}, its line is {line['status']}: {line['content']!r}"


def _unheard(facts: Facts) -> Iterator[str]:
    for number in _by_recipient(facts):
        row = facts.recipients.get(number)
        if row is not None and row["status"] not in ("read", "failed"):
            yield f"{row['phone_number']} is {row['status']}"


def _doubts(facts: Facts, most: int) -> list[Finding]:
    accepted = _by_recipient(facts)
    unknown = [
        row for n, row in facts.recipients.items() if row["status"] == "uncertain" and n not in accepted
    ]
    if len(unknown) <= most:
        return []
    reasons = Counter(row["error_message"] for row in unknown)
    sentence = f"More than {most} people are uncertain though nothing was accepted for them"
    return found(
        "uncertain", sentence, (f"{row['phone_number']} {row['error_message']} {reasons}" for row in unknown)
    )
