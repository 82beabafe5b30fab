"""A trial: one scenario with one engine, which ends as soon as something is found."""

import time

from chaos.checker import judge, rests, watch
from chaos.facts import read_facts
from chaos.finding import Finding, found
from chaos.report import Report, once
from chaos.said import said
from chaos.scenarios import Scenario
from chaos.send import Send, make_send
from chaos.world import World

SECONDS = 45.0


def trial(world: World, scenario: Scenario, seed: int) -> Report:
    """Put the engine of this world through a scenario."""
    began = time.monotonic()
    report = Report(scenario.name, "")
    world.findings.clear()
    world.provider.misbehave(scenario.provider, seed)
    send = make_send(world, scenario.people, per_second=scenario.per_second)
    watch(world, [send])
    rows = world.sample
    world.sample = lambda: rows() + said(world, [send])
    send.start()
    world.until(lambda: world.findings or send.accepted() >= scenario.people // 4, 20)
    if not world.findings:
        scenario.act(world, send)
    world.until(lambda: world.findings or rests(send), SECONDS)
    report.findings = once(_findings(world, send, scenario))
    report.seconds = time.monotonic() - began
    return report


def _findings(world: World, send: Send, scenario: Scenario) -> list[Finding]:
    if world.findings:
        return world.findings
    judged = judge(send, is_all_told=True, most_uncertain=scenario.uncertain, seconds=1)
    return judged + said(world, [send]) + ([] if scenario.uncertain else _robbed(send))


def _robbed(send: Send) -> list[Finding]:
    """Nobody died and nobody stood still, so no lease ran out."""
    taken = (each["first_number"] for each in read_facts(send).windows if each["is_abandoned"])
    return found("lease", "Windows that were taken from senders who lived", taken)
