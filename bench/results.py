"""Results: a run as a file, and as a table for whoever waits."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from bench.figures import Figure
from bench.machine import commit, machine, short_name, versions
from bench.run import Run
from webapp import broker

FOLDER: Final = Path(__file__).with_name("results")


def gathered(run: Run, figures: list[Figure], began: datetime) -> dict[str, Any]:
    """Everything about a run that somebody who doubts it would ask for."""
    return {
        "at": began.isoformat(timespec="seconds"),
        "minutes": round((datetime.now(UTC) - began).total_seconds() / 60, 1),
        "commit": commit(),
        "machine": machine() | {"loadBefore": [round(load, 2) for load in run.load]},
        "versions": versions(run.house.superuser, broker.redis()),
        "options": {"pairs": run.pairs, "people": run.people, "posts": run.posts, "seed": run.seed},
        "figures": [figure.as_json() for figure in figures],
        "failed": run.failed,
        "said": run.said,
    }


def write(result: dict[str, Any], folder: Path) -> Path:
    """Into a file named by the time and the machine."""
    folder.mkdir(parents=True, exist_ok=True)
    stamp = datetime.fromisoformat(result["at"]).strftime("%Y-%m-%d-%H%M")
    path = folder / f"{stamp}-{short_name()}.json"
    path.write_text(json.dumps(result, indent=1) + "\n")
    return path


def table(result: dict[str, Any]) -> str:
    """One line for each figure: what it is, the figure, its bar, whether it holds."""
    lines = [("figure", "value", "bar", "")]
    for figure in result["figures"]:
        lines.append((figure["title"], shown(figure["value"]), bar_of(figure), figure["verdict"]))
    widths = [max(len(line[place]) for line in lines) for place in range(3)]
    failed = [f"\nno figure of {name}: {reason}" for name, reason in result["failed"].items()]
    return "\n".join(
        f"{a:<{widths[0]}}  {b:>{widths[1]}}  {c:<{widths[2]}}  {d}".rstrip() for a, b, c, d in lines
    ) + "".join(failed)


def bar_of(figure: dict[str, Any]) -> str:
    """What it is held against, in words."""
    bar, unit = figure["bar"], figure["unit"]
    return unit if bar["value"] is None else f"{bar['is']} {bar['value']:,g} {unit}"


def shown(value: float) -> str:
    """Three digits that matter."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
