"""Everything at random times: some sends at once, a provider that does all it can, fault after fault by the dice."""

import time

from chaos.checker import judge, watch
from chaos.fault import Fault
from chaos.provider import ALL, SLOWNESS
from chaos.report import Report, once
from chaos.said import said
from chaos.send import Send, make_send
from chaos.world import World

# How the people are shared out; the last part is for the faults that end a send.
SHARES = (0.4, 0.3, 0.2, 0.1)
# Unknown because a request was cut off before the provider took it (2 in 100), and then some.
UNKNOWN = 0.06
SECONDS_FOR_A_PERSON = 0.12


def mixed(world: World, faults: list[Fault], seed: int, people: int) -> Report:
    """Send to so many people while faults strike at moments that the seed chooses."""
    began = time.monotonic()
    report = Report(f"seed {seed}", "all faults mixed")
    # Every other seed with a provider that is slow, so that more is on the wire when something dies.
    world.provider.misbehave({**ALL, **(SLOWNESS if seed % 2 else {})}, seed)
    sends = [
        make_send(world, round(people * share), per_second=1000, tenant=number % len(world.tenants))
        for number, share in enumerate(SHARES)
    ]
    watch(world, sends)
    _let_loose(world, faults, sends, report)
    most = round(people * UNKNOWN) + sum(f.uncertain * report.strikes[f.name] for f in faults)
    patience = 180 + people * SECONDS_FOR_A_PERSON
    judged = [
        one for send in sends for one in judge(send, is_all_told=False, most_uncertain=most, seconds=patience)
    ]
    report.findings = once([*world.findings, *judged, *said(world, sends)])
    for send in sends:
        report.count(send)
    report.seconds, report.deaths = time.monotonic() - began, world.keeper.deaths
    return report


def _let_loose(world: World, faults: list[Fault], sends: list[Send], report: Report) -> None:
    dice, doomed = world.dice, sends[-1]
    begins = [fault for fault in faults if fault.starts]
    befall = [fault for fault in faults if not fault.starts]
    for send in sends:
        how = dice.choice([None, *begins])
        if how is None:
            send.start()
        else:
            how.strike(world, send, dice)
            report.strikes[how.name] += 1
    give_up = (
        time.monotonic() + 60 + report.people + sum(send.people for send in sends) * SECONDS_FOR_A_PERSON
    )
    while (left := [send for send in sends if _is_underway(send)]) and time.monotonic() < give_up:
        fault = dice.choice(befall)
        if fault.ends and doomed not in left:
            continue
        world.wait(dice.uniform(0.3, 2.5))
        _let_go_on(left)
        fault.strike(world, doomed if fault.ends else dice.choice(left), dice)
        report.strikes[fault.name] += 1


def _let_go_on(sends: list[Send]) -> None:
    """A send of which too much was in doubt has paused by itself and asks a person."""
    for send in sends:
        if send.world.quietly(send.status) == "paused":
            send.let_go_on()


def _is_underway(send: Send) -> bool:
    return send.world.quietly(send.status) not in ("completed", "cancelled")
