"""The checker: is the promise kept? It looks at the ledger and the database, never at the product's word."""

from chaos.always import always
from chaos.at_rest import at_rest
from chaos.facts import read_facts
from chaos.finding import Finding
from chaos.send import Send
from chaos.world import World

REST_SECONDS = 120.0


def watch(world: World, sends: list[Send]) -> None:
    """From now on samples are taken of these sends while the world waits."""

    def sample() -> list[Finding]:
        watched = [send for send in sends if send.is_started and not send.is_over and not send.is_lost]
        return [one for send in watched for one in always(read_facts(send))]

    world.sample = sample


def judge(
    send: Send, *, is_all_told: bool, most_uncertain: int, seconds: float = REST_SECONDS
) -> list[Finding]:
    """Wait until a send is at rest and say what is wrong with it; also when it never comes to rest."""
    send.is_over = True
    if send.is_lost:
        return []
    send.world.until(lambda: rests(send), seconds)
    facts = read_facts(send)
    return at_rest(facts, is_all_told=is_all_told, most_uncertain=most_uncertain)


def rests(send: Send) -> bool:
    """Nobody waits, nothing is on the wire, the provider has told everything and all of it is applied and counted."""
    with send.world.database() as connection:
        row = connection.execute(_RESTS, {"tenant": send.tenant_id, "campaign": send.campaign_id}).fetchone()
    return bool(row and row["rests"]) and not send.world.provider.pending()


_RESTS = """
select c.status in ('completed', 'cancelled')
  and not exists (select from campaign_recipients r where r.tenant_id = c.tenant_id and r.campaign_id = c.id
                  and r.status = 'pending')
  and not exists (select from send_windows w where w.tenant_id = c.tenant_id and w.campaign_id = c.id
                  and w.settled_at is null)
  and not exists (select from send_batches b where b.tenant_id = c.tenant_id and b.campaign_id = c.id
                  and b.status = 'leased')
  and not exists (select from callback_inbox i where i.tenant_id = c.tenant_id and i.applied_at is null
                  and i.tries = 0)
  and not exists (select from campaign_counts s where s.tenant_id = c.tenant_id and s.campaign_id = c.id
                  and (s.sent_count, s.delivered_count, s.read_count, s.failed_count, s.uncertain_count,
                       s.skipped_count, s.cancelled_count) <> (0, 0, 0, 0, 0, 0, 0))
  as rests
from campaigns c where c.tenant_id = %(tenant)s and c.id = %(campaign)s
"""
