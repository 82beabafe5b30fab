"""House rules that a glance at the code can prove."""

import ast
import re
from importlib import import_module
from pathlib import Path

from flask import Flask

from webapp import broker
from webapp.api.acts.catalogue import ACTS
from webapp.api.v1 import BY_ENDPOINT
from webapp.domain.scopes import SCOPES
from webapp.views.permissions import BY_KEY, NEEDS, PUBLIC

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SOURCES = sorted((ROOT / "webapp").rglob("*.py"))

# Who may look across tenants, as the owner of the tables.
SEE_ALL_TENANTS = {
    "webapp/db.py",
    "webapp/delivering/agenda.py",
    "webapp/delivering/rounds.py",
    "webapp/sending/agenda.py",
    "webapp/sending/continuity.py",
    "webapp/sending/statistics.py",
    "webapp/sending/rounds.py",
    "webapp/services/bells.py",
    "webapp/services/doctor/look.py",
    "webapp/services/health.py",
    "webapp/services/imports_overdue.py",
    "webapp/services/receiving/leftovers.py",
    "webapp/services/retention.py",
}


def test_every_route_has_its_place_in_the_table_of_permissions(app: Flask) -> None:
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    by_key = {endpoint for endpoint in endpoints if endpoint.partition(".")[0] in BY_KEY}
    assert endpoints - by_key == set(NEEDS) | set(PUBLIC)
    assert not set(NEEDS) & set(PUBLIC)


def test_every_route_of_a_key_asks_for_a_scope_that_exists(app: Flask) -> None:
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert {endpoint for endpoint in endpoints if endpoint.startswith("api.")} == set(BY_ENDPOINT)
    assert {endpoint for endpoint in endpoints if endpoint.startswith("trpc.")} == {
        "trpc.query",
        "trpc.mutate",
    }
    assert {act.scope for act in ACTS} <= set(SCOPES)


def test_nothing_that_changes_something_answers_to_get(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        methods = (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if methods & {"POST", "PUT", "PATCH", "DELETE"}:
            assert "GET" not in methods, rule


def test_every_job_has_a_function_and_every_queue_a_worker() -> None:
    for kind, queues in broker.QUEUES.items():
        room = import_module(f"webapp.jobs.{kind}")
        done = {name for name in broker.JOBS if callable(getattr(room, name, None))}
        assert done == {name for name, queue in broker.JOBS.items() if queue in queues}
    listened = {queue for queues in broker.QUEUES.values() for queue in queues}
    assert set(broker.JOBS.values()) == listened


def test_only_named_modules_look_across_tenants() -> None:
    callers = {
        str(path.relative_to(ROOT))
        for path in SOURCES
        if re.search(r"\bas_owner\(|\bowner_engine\(", path.read_text())
    }
    assert callers == SEE_ALL_TENANTS


def test_templates_have_nothing_inline_and_escape_everything() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}: {found[0]}"
        for path in TEMPLATES
        for found in [
            re.search(
                r"\sstyle=|\son[a-z]+=\"|hx-on|<script>|<style|\|\s*safe\b|autoescape false|hx-vals='js",
                path.read_text(),
            )
        ]
        if found
    ]
    assert not wrong


def test_nobody_marks_text_as_safe_or_renders_typed_text_as_a_template() -> None:
    words = re.compile(r"\bMarkup\(|render_template_string|\beval\(|\bexec\(|shell=True")
    wrong = [str(path.relative_to(ROOT)) for path in SOURCES if words.search(path.read_text())]
    assert not wrong


def test_lists_never_use_an_offset() -> None:
    wrong = [
        str(path.relative_to(ROOT))
        for path in SOURCES
        if re.search(r"\.offset\(|\boffset\s+:", path.read_text())
    ]
    assert not wrong


def test_services_commit_for_themselves_and_doors_never_do() -> None:
    doors = [
        path
        for path in SOURCES
        if path.relative_to(ROOT / "webapp").parts[0] in ("views", "api", "jobs")
        or path.name in ("callbacks.py", "cli.py", "clock.py")
    ]
    assert doors
    for path in doors:
        tree = ast.parse(path.read_text())
        calls = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
        assert not {call for call in calls if call.endswith(".commit")}, path


def test_sentences_for_people_are_marked_for_translation() -> None:
    """Every refusal's sentence is marked where it is written."""
    wrong = []
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
                name = ast.unparse(node.exc.func)
                plain = [
                    a
                    for a in node.exc.args
                    if isinstance(a, ast.Constant) and isinstance(a.value, str) and " " in a.value
                ]
                if name in ("Invalid", "NotFound", "NotAllowed", "Conflict") and plain:
                    wrong.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert not wrong


def test_templates_translate_only_sentences_that_stand_in_them() -> None:
    """In a template `_()` takes its argument for markup of ours: what was handed in goes through `|translated`."""
    foreign = re.compile(r"\b(?:_|gettext|ngettext)\(\s*[^\"'\s]")
    wrong = [str(path.relative_to(ROOT)) for path in TEMPLATES if foreign.search(path.read_text())]
    assert not wrong
