"""`python -m bench [names]`: measures, prints a table, keeps a result file. `--help` says what there is."""

import argparse
import random
import signal
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from bench import performance, results
from bench.children import Ended
from bench.figures import Figure
from bench.measures.catalogue import ALL, MEASURES, SLOW
from bench.run import Run, started
from bench.sends import Wrong

# What was measured is not right, or not there: the other figures of the run stand all the same.
NO_FIGURE: Final = (Wrong, Ended, TimeoutError, RuntimeError, OSError)


def main(words: Sequence[str] | None = None) -> int:
    given = _parser().parse_args(words)
    names = given.names or [*MEASURES, *(SLOW if given.million else ())]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that nothing is left behind
    began = datetime.now(UTC)
    with started(pairs=given.pairs, people=given.people, posts=given.posts, seed=given.seed) as run:
        result = results.gathered(run, _measured(run, names), began)
    print(results.table(result))
    if not given.forget:
        print(f"\nKept in {results.write(result, given.folder)}")
        if given.folder == results.FOLDER:
            performance.write()
    return 1 if result["failed"] else 0


def _measured(run: Run, names: list[str]) -> list[Figure]:
    figures: list[Figure] = []
    for name in names:
        print(f"{name}: {ALL[name].__doc__}", file=sys.stderr, flush=True)
        try:
            figures += ALL[name](run)
        except NO_FIGURE as reason:
            run.failed[name] = f"{type(reason).__name__}: {reason}"
    return figures


def _parser() -> argparse.ArgumentParser:
    lines = "\n".join(f"  {name:<12} {measure.__doc__}" for name, measure in ALL.items())
    parser = argparse.ArgumentParser(
        prog="python -m bench",
        description=f"What there is to measure:\n{lines}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("names", nargs="*", metavar="name", choices=[[], *ALL], help="all when none is given")
    parser.add_argument("--pairs", type=int, default=5, help="measured in turns so many times (5)")
    parser.add_argument("--people", type=int, default=60_000, help="recipients of each send (60000)")
    parser.add_argument("--posts", type=int, default=60_000, help="posts of each bare loop (60000)")
    parser.add_argument(
        "--seed", type=int, default=random.randrange(10**6), help="of everything drawn by lot"
    )
    parser.add_argument("--folder", type=Path, default=results.FOLDER, help="where the result is kept")
    parser.add_argument("--forget", action="store_true", help="keep no result file")
    return parser


if __name__ == "__main__":
    sys.exit(main())
