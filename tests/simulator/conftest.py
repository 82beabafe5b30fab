"""One simulator and one callback address per module; numbers are new in each test, so tests do not meet."""

from collections.abc import Iterator

import pytest

from tests.simulator.rig import QUICK, Simulator, new_id
from tests.simulator.sink import Sink


@pytest.fixture(scope="module")
def sink() -> Iterator[Sink]:
    with Sink() as sink:
        yield sink


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    with Simulator(tmp_path_factory.mktemp("simulator"), QUICK) as running:
        yield running
        assert running.stop() == (0, ""), "it said something on stderr"


@pytest.fixture
def simulator(program: Simulator) -> Iterator[Simulator]:
    """The module's simulator without faults; what a test sets ends with it."""
    yield program
    program.ask("DELETE", "/_sim/faults")
    program.faults(**QUICK)


@pytest.fixture
def number(simulator: Simulator, sink: Sink) -> str:
    """A number whose callbacks go to the sink."""
    number_id = new_id()
    simulator.tell(number_id, url=sink.url())
    return number_id
