"""docs/performance.md: what was written by hand stays, the newest result of each figure stands between two marks."""

import json
from pathlib import Path
from typing import Any, Final

from bench.results import FOLDER, bar_of, shown

PAGE: Final = Path(__file__).resolve().parents[1] / "docs" / "performance.md"
BEGIN, END = "<!-- figures: written by `make bench` -->", "<!-- end of figures -->"


def write(folder: Path = FOLDER, page: Path = PAGE) -> None:
    """Put the newest figures into the page."""
    before, _, rest = page.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    page.write_text(f"{before}{BEGIN}\n{_figures(_newest(folder))}\n{END}{after}")


def _newest(folder: Path) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Each figure with the run it is of, from the newest run that has it."""
    found: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {}
    for path in sorted(folder.glob("*.json")):
        run = json.loads(path.read_text())
        found |= {figure["name"]: (figure, run) for figure in run["figures"]}
    return list(found.values())


def _figures(newest: list[tuple[dict[str, Any], dict[str, Any]]]) -> str:
    if not newest:
        return "No result is kept yet: `make bench` makes one."
    lines = ["| figure | value | bar | | of |", "|---|---|---|---|---|"]
    for figure, run in newest:
        words = (figure["title"], shown(figure["value"]), bar_of(figure), figure["verdict"], run["at"][:10])
        lines.append(f"| {' | '.join(words)} |")
    _, run = max(newest, key=lambda one: one[1]["at"])
    own, programs = run["machine"], run["versions"]
    lines += [
        "",
        f"Machine of the newest: {own['cpu']}, {own['cores']} cores, {own['memoryGb']} GB, {own['kernel']}, "
        f"load before it {own['loadBefore'][0]}. {', '.join(f'{k} {v}' for k, v in programs.items())}. "
        f"Commit {run['commit']}.",
    ]
    return "\n".join(lines)
