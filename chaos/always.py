"""What must hold at every moment, in the middle of a send and of a fault."""

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from chaos.facts import Facts, Message, gated_seconds
from chaos.finding import Finding, found
from chaos.send import Stop
from webapp.models.campaigns import COUNTS
from webapp.services.counts import HOLDS

# The ledger and the database read the same clock, but not with the same digits.
CLOCK_SECONDS = 0.005


def always(facts: Facts) -> list[Finding]:
    """The findings of one send at one moment."""
    return [
        *found("1", "People who were reached more than once", _reached_twice(facts)),
        *found("1", "Messages that are not what was planned", _strange(facts)),
        *found("7", "Messages without a window that was recorded before", _ungated(facts)),
        *found("5", "Counts that are not those of the rows", _miscounted(facts)),
        *found("6", "Steps of the campaign that were not told once", _untold(facts)),
        *found("7", "Gates that committed after a stop had returned", _late_gates(facts)),
        *found("7", "Messages to people after their stop had returned", _late_messages(facts)),
    ]


def _reached_twice(facts: Facts) -> Iterator[str]:
    times = Counter(message.entry.to for message in facts.messages)
    phones = {facts.recipients[n]["phone_number"] for n in facts.resent if n in facts.recipients}
    for phone, count in times.items():
        if count > 1 and phone not in phones:
            yield f"{phone}: {count} times"


def _strange(facts: Facts) -> Iterator[str]:
    """Not to the person that its tracker names, or not the text that was frozen at the start."""
    for message in facts.messages:
        row = facts.recipients.get(message.recipient) if message.recipient is not None else None
        if row is None:
            yield f"{message.entry.to}: its tracker names nobody"
        elif row["phone_number"] != message.entry.to:
            yield f"{message.entry.to}: its tracker names {row['phone_number']}"
        elif message.entry.body != text_for(facts, message.entry.to):
            yield f"{message.entry.to}: {message.entry.body!r}"


def text_for(facts: Facts, phone: str) -> str:
    return facts.send.message.replace("{{name}}", f"Person {phone.lstrip('+')}")


def _ungated(facts: Facts) -> Iterator[str]:
    for message in facts.messages:
        window = facts.window_of(message.number) if message.number is not None else None
        if window is None:
            yield f"{message.entry.to}: number {message.number} was never recorded"
        elif gated_seconds(window) > message.entry.at + CLOCK_SECONDS:
            yield f"{message.entry.to}: recorded {gated_seconds(window) - message.entry.at:.3f} s after"


def _miscounted(facts: Facts) -> Iterator[str]:
    rows = Counter(row["status"] for row in facts.recipients.values())
    for count in COUNTS:
        held = sum(rows[status] for status in HOLDS[count])
        if facts.campaign[count] != held:
            yield f"{count} is {facts.campaign[count]}, the rows are {held}"
    if facts.campaign["total_recipients"] != rows.total():
        yield f"total_recipients is {facts.campaign['total_recipients']}, the rows are {rows.total()}"


def _untold(facts: Facts) -> Iterator[str]:
    """Each step begins where the one before ended, and the last ends where the campaign is."""
    for (_, after), (before, _) in pairwise(facts.moves):
        if after != before:
            yield f"told {before} -> ..., was {after}"
    if facts.moves and facts.moves[-1][1] != facts.campaign["status"]:
        yield f"told {facts.moves[-1][1]}, is {facts.campaign['status']}"
    for before, after in facts.moves:
        if before == after:
            yield f"told {after} again"


def _late_gates(facts: Facts) -> Iterator[str]:
    for stop in facts.send.stops:
        if stop.phones is None:
            there = frozenset(int(each["first_number"]) for each in facts.windows)
            late = (there if stop.gates_until is None else stop.gates_until) - stop.gates
            if late and _may_be_judged(facts, stop):
                yield from (f"{stop.what}: window {number}" for number in sorted(late))


def _may_be_judged(facts: Facts, stop: Stop) -> bool:
    """Only a stop that is over, or that still stands."""
    return stop.gates_until is not None or facts.campaign["status"] == stop.what


def _late_messages(facts: Facts) -> Iterator[str]:
    for stop in facts.send.stops:
        for message in facts.messages if stop.phones else ():
            if message.entry.to in (stop.phones or ()) and not _was_gated(facts, message, stop):
                yield f"{message.entry.to}: {stop.what} before"


def _was_gated(facts: Facts, message: Message, stop: Stop) -> bool:
    window = facts.window_of(message.number) if message.number is not None else None
    return window is not None and int(window["first_number"]) in stop.gates
