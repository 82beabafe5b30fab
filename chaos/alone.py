"""One fault by itself: a send of its own, struck in the middle, watched until it is at rest."""

import time

from chaos.checker import judge, watch
from chaos.fault import Fault
from chaos.finding import Finding
from chaos.report import Report, once
from chaos.said import said
from chaos.send import Send, make_send
from chaos.world import World


def alone(world: World, fault: Fault, seed: int) -> Report:
    """Let this fault befall the world while it sends."""
    began, deaths = time.monotonic(), world.keeper.deaths
    report = Report(fault.name, fault.title)
    world.findings.clear()
    world.provider.misbehave(fault.provider, seed)
    send = make_send(world, fault.people, per_second=fault.per_second)
    watch(world, [send])
    _strike(world, fault, send)
    report.strikes[fault.name] = fault.strikes
    is_all_told = fault.provider.get("lost", 0) == 0
    judged = judge(send, is_all_told=is_all_told, most_uncertain=fault.uncertain * fault.strikes)
    report.findings = once([*world.findings, *judged, *fault.verify(world, send), *said(world, [send])])
    report.count(send)
    report.seconds, report.deaths = time.monotonic() - began, world.keeper.deaths - deaths
    return report


def _strike(world: World, fault: Fault, send: Send) -> None:
    """At even distances, the first when a part of the people was reached."""
    if not fault.starts:
        send.start()
    for strike in range(fault.strikes):
        if not fault.starts:
            send.reaches(send.people * (strike + 1) // (fault.strikes + 2))
            if send.status() != "running":
                # Against a send that is over it would show nothing.
                world.findings.append(Finding("suite", f"{fault.name} came too late to strike"))
        fault.strike(world, send, world.dice)
