"""`python -m chaos`: one mixed seed and every fault alone; `--fault S7` one of them, `--seeds 20` the long form."""

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from chaos.alone import alone
from chaos.evidence import keep_dump
from chaos.fault import Fault
from chaos.ground import ground, may_mount
from chaos.mixed import mixed
from chaos.report import Report
from chaos.shape import Shape
from chaos.suite import every_fault, is_awaited
from chaos.world import World, world

SHORT_PEOPLE = 1500
LONG_PEOPLE = 5000


def main() -> int:
    asked = _asked()
    folder = Path(tempfile.mkdtemp(prefix="crier-chaos-"))
    began = time.monotonic()
    bad = [report for report in _run(asked, folder) if not report.is_good]
    print(f"\n{time.monotonic() - began:.0f} s, {len(bad)} runs with findings")
    shutil.rmtree(folder / "data", ignore_errors=True)
    if bad:
        print(f"Seed {asked.seed}. Ledger, logs and a dump of the database of each are in {folder}")
        return 1
    shutil.rmtree(folder)
    return 0


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make chaos")
    parser.add_argument("--fault", help="one fault alone, by its name in docs/faults.md")
    parser.add_argument("--seed", type=int, default=1, help="where all chance comes from")
    parser.add_argument("--seeds", type=int, help="the long form: so many seeds, each with more people")
    parser.add_argument("--people", type=int, help="how many people a mixed seed writes to")
    parser.add_argument("--only", choices=("mixed", "alone"), help="leave the other half out")
    return parser.parse_args()


def _run(asked: argparse.Namespace, folder: Path) -> Iterator[Report]:
    faults = every_fault()
    mix = [fault for fault in faults.values() if fault.in_mix]
    if asked.fault:
        yield from _each_alone([faults[asked.fault.upper()]], folder, asked.seed)
        return
    people = asked.people or (LONG_PEOPLE if asked.seeds else SHORT_PEOPLE)
    if asked.only != "alone":
        for seed in range(asked.seed, asked.seed + (asked.seeds or 1)):
            yield from _in_world(folder, f"mix{seed}", seed, [_mixed(mix, seed, people)])
    if asked.only != "mixed" and not asked.seeds:
        yield from _each_alone(list(faults.values()), folder, asked.seed)


def _each_alone(faults: list[Fault], folder: Path, seed: int) -> Iterator[Report]:
    """All in one world; one that wants a small disk in a world of its own."""
    able = []
    for fault in faults:
        if is_awaited(fault):
            print(f"{fault.name:<8} {fault.title}: waits for {fault.needs}", flush=True)
        else:
            able.append(fault)
    together = [fault for fault in able if fault.disk_megabytes is None]
    if together:
        yield from _in_world(folder, "alone", seed, [_alone(fault, seed) for fault in together])
    for fault in able:
        if fault.disk_megabytes is None:
            continue
        if may_mount(folder / "disk"):
            yield from _in_world(folder / "disk", "alone", seed, [_alone(fault, seed)], fault.disk_megabytes)
        else:
            print(f"{fault.name:<8} {fault.title}: this machine lets nobody mount a small disk", flush=True)


def _mixed(faults: list[Fault], seed: int, people: int) -> Callable[[World], Report]:
    return lambda here: mixed(here, faults, seed, people)


def _alone(fault: Fault, seed: int) -> Callable[[World], Report]:
    return lambda here: alone(here, fault, seed)


def _in_world(
    folder: Path,
    name: str,
    seed: int,
    runs: list[Callable[[World], Report]],
    disk_megabytes: int | None = None,
) -> Iterator[Report]:
    """Each run in turn, told as it ends; evidence is kept of a world in which something was found."""
    with ground(folder, disk_megabytes) as under, world(under, name, seed, Shape()) as here:
        bad = False
        for run in runs:
            report = run(here)
            print(report, *report.findings, sep="\n", flush=True)
            bad = bad or not report.is_good
            yield report
        if bad:
            keep_dump(here)


if __name__ == "__main__":
    sys.exit(main())
