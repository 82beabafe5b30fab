"""`python -m simulator --port N --ledger FILE [--faults FILE] [--host ADDRESS]`."""

import argparse
import gc
import sys
from pathlib import Path

import uvloop

from simulator.faults import read_faults
from simulator.program import Options, run

# Nearly nothing here is cyclic, and each sweep would look at every status that still waits for its moment.
_GARBAGE_EVERY = 100_000


def main() -> int:
    """The exit code: 0 after a clean stop, 1 where the ledger or the port fails, 2 for wrong options."""
    given = _parser().parse_args()
    try:
        faults = read_faults(given.faults)
    except (OSError, ValueError) as error:
        print(f"simulator: the faults in {given.faults} can not be used: {error}", file=sys.stderr)
        return 2
    gc.set_threshold(_GARBAGE_EVERY)
    try:
        return uvloop.run(run(Options(given.host, given.port, given.ledger, faults)))
    except OSError as error:
        print(f"simulator: can not start: {error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m simulator", description="A stand-in for Meta's Cloud API."
    )
    parser.add_argument("--port", type=_port, required=True, help="0 takes a free one and names it")
    parser.add_argument("--ledger", type=Path, required=True, help="one JSON line for each accepted message")
    parser.add_argument("--faults", type=Path, help="JSON as of POST /_sim/faults")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    return parser


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= 65535:
        raise ValueError(port)
    return port


if __name__ == "__main__":
    sys.exit(main())
