"""Everything that the running program knows, in one place for the routes."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from simulator import state
from simulator.callbacks import Callbacks
from simulator.client import Client
from simulator.counts import Counts
from simulator.faults import Faults
from simulator.ids import MessageIds
from simulator.ledger import Ledger
from simulator.limits import Limits
from simulator.numbers import Numbers
from simulator.templates import Templates


@dataclass(slots=True)
class World:
    ledger: Ledger
    faults: Faults
    numbers: Numbers
    limits: Limits
    callbacks: Callbacks
    client: Client
    counts: Counts
    templates: Templates
    ids: MessageIds
    save: Callable[[], None]


def build(ledger_path: Path, faults: Faults) -> World:
    """Made inside a running event loop; OSError where the ledger can not be opened."""
    ledger = Ledger(ledger_path)
    state_path = state.path_beside(ledger_path)
    numbers, limits, client, counts = state.load(state_path), Limits(faults), Client(), Counts()
    return World(
        ledger=ledger,
        faults=faults,
        numbers=numbers,
        limits=limits,
        callbacks=Callbacks(numbers, limits, client, counts),
        client=client,
        counts=counts,
        templates=Templates(),
        ids=MessageIds(),
        save=lambda: state.save(state_path, numbers),
    )
