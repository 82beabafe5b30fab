"""What holds for the recipients of campaigns, one by one: everybody once, nobody lost, nobody who said no."""

from typing import Final

from webapp.services.doctor.check import Check

# Of each attempt of a recipient the last: its own number, or the highest it was sent again under.
_LATEST: Final = """coalesce((select max(t.number) from send_retries t
    where t.tenant_id = r.tenant_id and t.recipient_number = r.number), r.number)"""
_GIVEN_UP: Final = """(select count(*) from given_up_attempts g
    where g.tenant_id = r.tenant_id and g.recipient_number = r.number)"""
_MESSAGES: Final = """messages_history h where h.tenant_id = r.tenant_id and h.contact_id = r.contact_id
    and h.campaign_id = r.campaign_id and h.direction = 'out'"""

CHECKS: Final = (
    Check(
        1,
        "No phone is in a campaign twice.",
        """select r.tenant_id, r.campaign_id, min(r.number) as recipient, count(*) as times
           from looked r group by r.tenant_id, r.campaign_id, r.phone_key having count(*) > 1""",
    ),
    Check(
        1,
        "Nobody has two messages of one campaign, unless a person had it sent again.",
        f"""select r.tenant_id, r.campaign_id, r.number as recipient, found.messages
            from looked r cross join lateral (select count(*) as messages from {_MESSAGES}) as found
            where found.messages > 1 and found.messages > 1 + {_GIVEN_UP}""",
    ),
    Check(
        2,
        "Nobody who has the message waits for it, or counts as left out.",
        f"""select r.tenant_id, r.campaign_id, r.number as recipient, r.status from looked r
            where r.status in ('pending', 'skipped', 'cancelled') and {_GIVEN_UP} = 0
              and exists (select from {_MESSAGES} and h.status <> 'failed')""",
    ),
    Check(
        3,
        "Whoever counts as reached has the id that the provider gave the message.",
        """select r.tenant_id, r.campaign_id, r.number as recipient, r.status from looked r
           where r.status in ('accepted', 'sent', 'delivered', 'read') and r.message_id is null""",
    ),
    Check(
        4,
        "Nobody waits in a campaign that is over.",
        """select r.tenant_id, r.campaign_id, r.number as recipient, c.status as campaign from looked r
           join campaigns c on c.tenant_id = r.tenant_id and c.id = r.campaign_id
           where r.status = 'pending' and c.status in ('completed', 'failed', 'cancelled')
             and c.completed_at < now() - interval '10 minutes'""",
    ),
    Check(
        4,
        "For everybody who waits there is something that will send to them.",
        f"""select r.tenant_id, r.campaign_id, r.number as recipient from (
              select *, {_LATEST} as latest from looked r where r.status = 'pending') r
            join campaigns c on c.tenant_id = r.tenant_id and c.id = r.campaign_id
            where c.status in ('running', 'paused')
              and not exists (select from send_retries t where t.tenant_id = r.tenant_id
                and t.recipient_number = r.number and t.number is null)
              and not exists (select from send_batches b where b.tenant_id = r.tenant_id
                and b.campaign_id = r.campaign_id and b.status <> 'done'
                and r.latest between b.next_number and b.last_number)
              and not exists (select from send_windows w where w.rows @> r.latest and w.settled_at is null)""",
    ),
    Check(
        7,
        "After an opt-out no message to that person passed the gate.",
        f"""select r.tenant_id, r.campaign_id, r.number as recipient, o.id as opt_out from (
              select *, {_LATEST} as latest from looked r where r.status not in ('pending', 'skipped', 'cancelled')) r
            join opt_outs o on o.tenant_id = r.tenant_id and o.phone_key = r.phone_key and o.lifted_at is null
            join send_windows w on w.rows @> r.latest
            where w.gated_at > o.created_at + interval '10 seconds' and r.status <> 'failed'""",
    ),
)
