"""S14: start is clicked twenty times at once, on both web processes."""

from concurrent.futures import ThreadPoolExecutor
from random import Random

from chaos.browser import Browser
from chaos.facts import read_facts
from chaos.fault import Fault
from chaos.finding import Finding, found
from chaos.send import Send
from chaos.world import World

CLICKS = 20


def strike(world: World, send: Send, _dice: Random) -> None:
    browsers = [Browser(world, send.tenant_id, url) for url in world.webs]
    path = f"/campaigns/{send.campaign_id}/start"
    with ThreadPoolExecutor(CLICKS) as threads:
        clicks = [
            # Beyond some number of people the page wants it typed.
            threads.submit(browsers[n % len(browsers)].post, path, typed=str(send.people))
            for n in range(CLICKS)
        ]
        for click in clicks:
            click.result()
    send.is_started = True


def verify(_world: World, send: Send) -> list[Finding]:
    """One click counted, and everybody was planned once."""
    facts = read_facts(send)
    starts = [move for move in facts.moves if move == ("draft", "preparing")]
    wrong = [] if len(starts) == 1 else [f"{len(starts)} starts"]
    if len(facts.recipients) != send.people:
        wrong.append(f"{len(facts.recipients)} planned of {send.people}")
    return found("started", "A start that was clicked twenty times", wrong)


FAULT = Fault("S14", "start clicked twenty times in parallel", strike, strikes=1, starts=True, verify=verify)
