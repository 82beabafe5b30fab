"""Imports of contacts: upload a list, say what its columns are, watch it come in, see what became of each row."""

import uuid
from typing import Any, Final

from flask import Blueprint, Response, render_template, request, stream_with_context
from flask_babel import gettext as _

from webapp.domain import csv_export
from webapp.domain.csv_columns import ATTRIBUTE
from webapp.domain.csv_guess import DELIMITERS
from webapp.domain.csv_source import ENCODINGS
from webapp.domain.errors import Invalid
from webapp.domain.phones import COUNTRIES
from webapp.forms.countries import country_names
from webapp.forms.imports import AN_ATTRIBUTE, MappingForm, ReadingForm, UploadForm
from webapp.services.imports import preview, refused, runs
from webapp.services.imports.start import Choice
from webapp.services.imports.start import start as begin
from webapp.services.imports.upload import upload as keep
from webapp.views.guard import here
from webapp.views.shared import as_uuid, asked_keys, attempt, page_links, said, to, words

bp = Blueprint("imports", __name__, url_prefix="/contacts/imports")

_DELIMITER_WORDS: Final = {sign: word for word, sign in DELIMITERS.items()}
_SAMPLE: Final = (
    ("Name", "Phone", "City"),
    ("Ana Souza", "+5511961234567", "São Paulo"),
    ("Jonas Weber", "+4915123456789", "Köln"),
    ("Priya Sharma", "+919876543210", "Pune"),
)


@bp.get("")
def index():
    page = runs.listed(here().tenant.id, **asked_keys())
    return render_template("imports/index.html", page=page, **page_links("imports.index", page))


@bp.get("/sample.csv")
def sample():
    return _csv(csv_export.lines(_SAMPLE, phone_columns={1}), "contacts-sample.csv")


@bp.get("/new")
def new():
    return render_template("imports/upload.html", form=UploadForm())


@bp.post("/new")
def upload():
    form = UploadForm()
    run = attempt(form, lambda: _keep(form.file.data))
    if run is None:
        return render_template("imports/upload.html", form=form), 422
    return to("imports.columns", run_id=run.id)


@bp.get("/<uuid:run_id>/columns")
def columns(run_id: uuid.UUID):
    run = runs.get(here().tenant.id, run_id)
    if run.status not in runs.WAITING:
        return to("imports.show", run_id=run_id)
    reading = _reading(request.args)
    try:
        seen = preview.preview(run, reading)
    except Invalid as refusal:
        # Not a 422: another way to read the file is a click away.
        return render_template(
            "imports/columns.html", run=run, reading=_reading_form(reading), refusal=refusal
        )
    form = MappingForm(**_as_guessed(seen)).offer(preview.groups_to_choose(run.tenant_id))
    return _columns_page(run, seen, form)


@bp.post("/<uuid:run_id>/columns")
def start(run_id: uuid.UUID):
    run = runs.get(here().tenant.id, run_id)
    if run.status not in runs.WAITING:
        return to("imports.show", run_id=run_id)
    reading = _reading(request.form)
    form = MappingForm().offer(preview.groups_to_choose(run.tenant_id))
    if attempt(
        form, lambda: begin(run.tenant_id, run.id, here().user.id, reading=reading, choice=_choice(form))
    ):
        return to("imports.show", run_id=run_id)
    return _columns_page(run, preview.preview(run, reading), form), 422


@bp.get("/<uuid:run_id>")
def show(run_id: uuid.UUID):
    run = runs.get(here().tenant.id, run_id)
    if run.status in runs.WAITING and here().can("imports.columns"):
        return to("imports.columns", run_id=run_id)
    return render_template("imports/show.html", **_figures(run))


@bp.get("/<uuid:run_id>/progress")
def progress(run_id: uuid.UUID):
    run = runs.get(here().tenant.id, run_id)
    answer = Response(render_template("imports/progress.html", **_figures(run)))
    if run.status not in runs.RUNNING:
        # The result is another page: figures, reasons, the file of refused rows.
        answer.headers["HX-Refresh"] = "true"
    return answer


@bp.get("/<uuid:run_id>/refused.csv", endpoint="refused")
def refused_rows(run_id: uuid.UUID):
    run = runs.get(here().tenant.id, run_id)
    ours = (_("Row in the file"), _("Reason"))
    return _csv(stream_with_context(refused.as_csv(run, ours, words)), "refused-rows.csv")


@bp.post("/<uuid:run_id>/cancel")
def cancel(run_id: uuid.UUID):
    run = runs.cancel(here().tenant.id, run_id)
    said(_("The import of %(name)s is cancelled.", name=run.file_name))
    return to(
        "imports.show" if run.started_at else "imports.index",
        **({"run_id": run_id} if run.started_at else {}),
    )


def _keep(file: Any):
    return keep(here().tenant.id, here().user.id, file_name=file.filename or "", stream=file.stream)


def _columns_page(run: Any, seen: preview.Preview, form: MappingForm) -> str:
    pairs = list(zip(seen.columns, form.columns, strict=False))
    reading = _reading_form(seen.reading)
    return render_template(
        "imports/columns.html", run=run, seen=seen, form=form, pairs=pairs, reading=reading
    )


def _reading(asked: Any) -> preview.Reading:
    """How the address or the form says that the file is read; nonsense is as if nothing were said."""
    encoding, country = asked.get("encoding"), asked.get("default_country")
    return preview.Reading(
        encoding=encoding if encoding in ENCODINGS else None,
        delimiter=DELIMITERS.get(asked.get("delimiter", "")),
        has_header={"yes": True, "no": False}.get(asked.get("header", "")),
        default_country=country if country == "" or country in COUNTRIES else None,
    )


def _reading_form(reading: preview.Reading) -> ReadingForm:
    return ReadingForm(data=_reading_words(reading)).offer(country_names())


def _reading_words(reading: preview.Reading) -> dict[str, Any]:
    return {
        "encoding": reading.encoding,
        "delimiter": _DELIMITER_WORDS.get(reading.delimiter or ""),
        "header": None if reading.has_header is None else "yes" if reading.has_header else "no",
        "default_country": reading.default_country,
    }


def _as_guessed(seen: preview.Preview) -> dict[str, Any]:
    columns = [
        {
            "target": AN_ATTRIBUTE if column.target.startswith(ATTRIBUTE) else column.target,
            "attribute": column.attribute,
        }
        for column in seen.columns
    ]
    return {
        "formdata": None,
        "data": {"columns": columns, "on_existing": "update", **_reading_words(seen.reading)},
    }


def _choice(form: MappingForm) -> Choice:
    return Choice(
        form.targets(),
        on_existing=form.on_existing.data,
        group_id=as_uuid(form.group_id.data),
        new_group=form.new_group.data or "",
    )


def _figures(run: Any) -> dict[str, Any]:
    over = run.status not in runs.RUNNING
    return {
        "run": run,
        "is_over": over,
        "progress": runs.progress(run),
        "failure": runs.failure(run),
        "refused_by_reason": [
            {"title": words(reason.refusal), "count": reason.count}
            for reason in (refused.reasons(run) if over and run.refused else ())
        ],
        "first_refused": refused.first(run) if over and run.refused else [],
        "group": runs.group_of(run),
    }


def _csv(lines: Any, name: str) -> Response:
    headers = {"Content-Disposition": f"attachment; filename={name}"}
    return Response(lines, mimetype="text/csv", headers=headers)
