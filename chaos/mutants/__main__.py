"""`python -m chaos.mutants`: the sane engine through every scenario, then each mutant through its own. A mutant that
nothing is found of fails the run, as a sane engine does of which something is found."""

import importlib
import pkgutil
import shutil
import sys
import tempfile
import time
from pathlib import Path
from types import ModuleType

from chaos import mutants
from chaos.evidence import keep_dump
from chaos.ground import Ground, ground
from chaos.report import Report
from chaos.scenarios import EVERY, Scenario
from chaos.shape import SANE, Shape
from chaos.trial import trial
from chaos.world import world

SEED = 1
SAMPLE_SECONDS = 1.0


def main(asked: list[str]) -> int:
    folder = Path(tempfile.mkdtemp(prefix="crier-mutants-"))
    began = time.monotonic()
    with ground(folder) as under:
        good = _is_sane(under) if not asked else True
        names = asked or [
            found.name for found in pkgutil.iter_modules(mutants.__path__) if found.name[0] != "_"
        ]
        survivors = [name for name in names if not _is_caught(under, name)]
    shutil.rmtree(folder / "data", ignore_errors=True)
    print(f"\n{len(names)} mutants, {len(names) - len(survivors)} caught, {time.monotonic() - began:.0f} s")
    if survivors or not good:
        print(f"Not caught: {', '.join(survivors) or 'none'}. Ledgers and logs are in {folder}")
        return 1
    shutil.rmtree(folder)
    return 0


def _is_sane(under: Ground) -> bool:
    reports = _run(under, SANE, SANE, EVERY)
    for report in reports:
        print(
            f"{SANE:<24} {report.name:<10} {report.seconds:>5.1f} s  {'held' if report.is_good else 'RED'}",
            flush=True,
        )
        print(*report.findings, sep="\n", end="")
    return all(report.is_good for report in reports)


def _is_caught(under: Ground, name: str) -> bool:
    mutant: ModuleType = importlib.import_module(f"chaos.mutants.{name}")
    [report] = _run(under, name, f"mutants.{name}", (mutant.SCENARIO,))
    shown = f"caught: {report.findings[0].sentence}" if report.findings else "SURVIVED"
    print(f"{name:<24} {report.name:<10} {report.seconds:>5.1f} s  {shown}", flush=True)
    return not report.is_good


def _run(under: Ground, name: str, change: str, scenarios: tuple[Scenario, ...]) -> list[Report]:
    shape = Shape(webs=1, senders=3, clocks=1, change=change)
    with world(under, name, SEED, shape) as here:
        here.sample_seconds = SAMPLE_SECONDS
        reports = [trial(here, scenario, SEED) for scenario in scenarios]
        if any(report.is_good != (change == SANE) for report in reports):
            keep_dump(here)
        return reports


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
