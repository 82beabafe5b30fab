"""S16: forty people who wait are deleted, and come back with the next import."""

from contextlib import suppress
from random import Random

from chaos.fault import Fault
from chaos.faults.s13_opted_out import PEOPLE, pending
from chaos.send import Send
from chaos.world import World
from webapp.domain.errors import Invalid, NotFound
from webapp.services import contacts


def strike(world: World, send: Send, dice: Random) -> None:
    waiting = world.act(send.tenant_id, lambda: pending(send))
    for contact_id, phone in dice.sample(waiting, min(PEOPLE, len(waiting))):

        def delete(key: object = contact_id) -> None:
            # When the connection broke after the commit, a second try finds nobody.
            with suppress(NotFound):
                contacts.remove(send.tenant_id, key)  # type: ignore[arg-type]

        def bring_again(number: str = phone) -> None:
            with suppress(Invalid):
                contacts.create(send.tenant_id, phone_number=number, name="Back again")

        world.act(send.tenant_id, delete)
        send.stopped_for("deleted", frozenset([phone]))
        world.act(send.tenant_id, bring_again)


FAULT = Fault("S16", "forty people deleted and brought again", strike, strikes=1, per_second=30)
