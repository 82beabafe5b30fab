"""Whether everything arrived, and whether the log of a webhook agrees with its receiver's own."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError

from webapp.delivering.claim import LOST

# One row for each event: `codes` and `errors` of its tries, in their order.
TRIED: Final = """
select coalesce(l.event_id, l.id)::text as message_id, l.success, l.completed_at is not null as is_over,
  array_agg(a.status_code order by a.number) as codes, array_agg(a.error_message order by a.number) as errors
from webhook_logs l left join webhook_attempts a on a.tenant_id = l.tenant_id and a.webhook_log_id = l.id
where l.webhook_id = '{webhook_id}' group by l.tenant_id, l.id
"""


@dataclass(frozen=True)
class Tried:
    """One event in our log."""

    message_id: str
    success: bool
    is_over: bool
    codes: Sequence[int | None]
    errors: Sequence[str | None]


def wrong(tried: Iterable[Tried], ledger: Iterable[Mapping[str, Any]], secret: str) -> Iterator[str]:
    """Whatever does not hold between our log and the receiver's, a sentence each."""
    posts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    verifier = Verifier(secret)
    for entry in ledger:
        posts[entry["headers"]["webhook-id"]][entry["fate"]] += 1
        yield from _unverified(verifier, entry)
    for one in tried:
        yield from _disagreements(one, posts.pop(one.message_id, Counter()))
    yield from (f"{message_id}: posted, but in no log" for message_id in posts)


def _unverified(verifier: Verifier, entry: Mapping[str, Any]) -> Iterator[str]:
    message_id = entry["headers"]["webhook-id"]
    try:
        told = verifier.verify(entry["body"], entry["headers"])
    except WebhookVerificationError as error:
        yield f"{message_id}: {error}"
        return
    if told["id"] != message_id:
        yield f"{message_id}: the body is of {told['id']}"


def _disagreements(one: Tried, posts: Counter[str]) -> Iterator[str]:
    codes = Counter(one.codes)
    if not posts["ok"]:
        yield f"{one.message_id}: never arrived"
    if not (one.success and one.is_over):
        yield f"{one.message_id}: arrived, but the log does not say so"
    if codes[200] > posts["ok"] or codes[500] > posts["fail"]:
        yield f"{one.message_id}: the log has answers that were never given: {one.codes} {posts}"
    if posts.total() > len(one.codes):
        yield f"{one.message_id}: posted more often than the log says: {one.codes} {posts}"
    if LOST not in one.errors and codes[None] < posts["hang"]:
        yield f"{one.message_id}: hung more often than the log says: {one.codes} {posts}"
    # A try that nobody answered in time may have arrived or not; all others are the receiver's, one by one.
    if None not in one.codes and (codes[200], codes[500]) != (posts["ok"], posts["fail"]):
        yield f"{one.message_id}: every try was answered, and yet {one.codes} {posts}"
