"""Imports go down only (docs/architecture.md)."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

DOORS = ("views", "api", "callbacks", "jobs", "clock", "cli")
# room -> the rooms it may import; a room may always import itself, except that doors import no other door.
MAY: dict[str, set[str]] = {
    "domain": set(),
    "config": {"domain", "egress"},  # a wrong EGRESS_ALLOW is to be noticed at the start
    "db": {"domain"},
    "broker": {"domain"},
    "arrays": set(),
    "vault": {"domain"},
    "logs": {"domain"},
    "egress": {"domain"},
    "models": {"db", "domain"},
    "forms": {"domain"},
    "providers": {"egress", "domain"},
    "services": {"models", "providers", "db", "arrays", "broker", "egress", "vault", "domain", "config"},
    "sending": {"models", "providers", "db", "arrays", "broker", "egress", "domain", "config", "services"},
    "delivering": {"models", "db", "arrays", "broker", "egress", "vault", "domain", "config", "services"},
    **{door: {"services", "sending", "delivering", "forms", "domain"} for door in DOORS},
    "base": {"db", "broker", "config", "logs"},
    "app": {"base", "views", "api", "callbacks", "cli", "db", "config"},
}
LIBRARIES = {
    "pycurl": {"egress"},
    "requests": set(),
    "httpx": set(),
    "urllib.request": set(),
    "http.client": set(),
    "socket": {"egress"},
    "redis": {"broker", "sending", "services"},
    "rq": {"broker", "services"},
    "psycopg": {"sending", "db", "services"},
    "cryptography": {"vault"},
    "pickle": set(),
    "marshal": set(),
    "yaml": set(),
    "subprocess": set(),
}
FLASKLESS = ("domain", "egress", "providers")


def room(path: Path) -> str:
    parts = path.relative_to(ROOT / "webapp").with_suffix("").parts
    return parts[0]


def modules() -> list[Path]:
    return [
        path
        for path in (ROOT / "webapp").rglob("*.py")
        if path.parent != ROOT / "webapp" or path.name != "__init__.py"
    ]


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def rooms_imported(path: Path) -> set[str]:
    return {name.split(".")[1] for name in imported(path) if name.startswith("webapp.")}


def test_every_room_is_on_a_floor() -> None:
    assert {room(path) for path in modules()} <= set(MAY)


def test_imports_go_down_only() -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {other}"
        for path in modules()
        for other in rooms_imported(path) - MAY[room(path)] - {room(path)}
    ]
    assert not wrong


def test_libraries_stay_in_the_room_that_is_about_them() -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in modules()
        for name in imported(path)
        for library, rooms in LIBRARIES.items()
        if (name == library or name.startswith(f"{library}.")) and room(path) not in rooms
    ]
    assert not wrong


def test_the_lower_floors_know_no_flask() -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in modules()
        if room(path) in FLASKLESS
        for name in imported(path)
        if name.split(".")[0] in ("flask", "flask_babel", "sqlalchemy", "gevent")
    ]
    assert not wrong


def test_the_loop_of_the_engine_knows_no_orm() -> None:
    for name in ("gate", "settle", "lease", "window", "lane", "pace", "store", "results"):
        names = set(imported(ROOT / "webapp" / "sending" / f"{name}.py"))
        assert not {found for found in names if found.startswith(("flask", "sqlalchemy", "webapp.models"))}, (
            name
        )


def test_other_programs_import_nothing_of_the_application() -> None:
    for folder in ("simulator", "embedded"):
        wrong = [
            path
            for path in (ROOT / folder).rglob("*.py")
            for name in imported(path)
            if name.startswith("webapp")
        ]
        assert not wrong


def test_nobody_needs_the_benchmarks() -> None:
    wrong = [
        str(path.relative_to(ROOT))
        for folder in ("webapp", "simulator", "embedded")
        for path in (ROOT / folder).rglob("*.py")
        if any(name.split(".")[0] == "bench" for name in imported(path))
    ]
    assert not wrong


def test_the_stub_of_the_benchmarks_imports_nothing_of_the_application() -> None:
    for path in (ROOT / "bench" / "stub").rglob("*.py"):
        assert not [name for name in imported(path) if name.split(".")[0] in ("webapp", "embedded")], path


def test_each_folder_says_in_four_lines_what_lives_there() -> None:
    for path in (ROOT / "webapp").rglob("__init__.py"):
        if path.parent == ROOT / "webapp":
            assert path.read_text() == ""
            continue
        tree = ast.parse(path.read_text())
        said = ast.get_docstring(tree)
        assert said, path
        assert len(said.splitlines()) <= 4, path
        assert len(tree.body) == 1, f"{path} does more than say what lives here"
