"""S13: forty people who still wait say no."""

from random import Random

from sqlalchemy import text

from chaos.fault import Fault
from chaos.send import Send
from chaos.world import World
from webapp.db import db
from webapp.services import contacts

PEOPLE = 40

_WAITING = text(
    """select r.contact_id, r.phone_number from campaign_recipients r
       join contacts c on c.tenant_id = r.tenant_id and c.id = r.contact_id and c.deleted_at is null
       where r.tenant_id = :tenant_id and r.campaign_id = :campaign_id and r.status = 'pending'
       order by r.number desc"""
)


def strike(world: World, send: Send, dice: Random) -> None:
    waiting = world.act(send.tenant_id, lambda: pending(send))
    for contact_id, phone in dice.sample(waiting, min(PEOPLE, len(waiting))):
        world.act(send.tenant_id, lambda key=contact_id: contacts.opt_out(send.tenant_id, key))  # type: ignore[misc]
        send.stopped_for("opted out", frozenset([phone]))


def pending(send: Send) -> list[tuple[object, str]]:
    """Who waits, by contact and phone number."""
    given = {"tenant_id": send.tenant_id, "campaign_id": send.campaign_id}
    return [(row.contact_id, row.phone_number) for row in db.session.execute(_WAITING, given)]


FAULT = Fault("S13", "forty people opted out while they waited", strike, strikes=1, per_second=30)
