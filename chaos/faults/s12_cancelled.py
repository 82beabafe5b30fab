"""S12: somebody presses cancel in the middle."""

from random import Random

from chaos.facts import read_facts
from chaos.fault import Fault
from chaos.finding import Finding, found
from chaos.send import Send
from chaos.world import World


def strike(_world: World, send: Send, _dice: Random) -> None:
    send.cancel()


def verify(_world: World, send: Send) -> list[Finding]:
    """It came in the middle: some were reached before, the others never will be."""
    rows = [row["status"] for row in read_facts(send).recipients.values()]
    missing = {"cancelled", "read"} - set(rows)
    return found("cancelled", "Statuses that nobody has after a cancel in the middle", missing)


FAULT = Fault("S12", "cancelled", strike, strikes=1, ends=True, verify=verify)
