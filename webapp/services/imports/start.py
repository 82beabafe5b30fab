"""An import starts: somebody has said what the columns are and what to do with people who exist."""

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import func, select

from webapp import broker
from webapp.db import db, on_commit
from webapp.domain import csv_columns, placeholders
from webapp.domain.csv_guess import DELIMITERS
from webapp.domain.csv_source import ENCODINGS
from webapp.domain.errors import N_, Conflict, Invalid, NotFound
from webapp.domain.phones import COUNTRIES
from webapp.domain.search import lower
from webapp.models.contacts import Contact
from webapp.models.imports import ON_EXISTING, ImportRun
from webapp.services import audit, groups
from webapp.services.imports import runs
from webapp.services.imports.preview import Reading, look
from webapp.services.imports.shape import Shape

_CONTACTS_LOOKED_AT: Final = 1_000
_ONCE: Final = {
    csv_columns.PHONE: N_("Two columns are both the phone number. Choose one."),
    csv_columns.NAME: N_("Two columns are both the name. Choose one."),
    csv_columns.FIRST_NAME: N_("Two columns are both the first name. Choose one."),
    csv_columns.LAST_NAME: N_("Two columns are both the last name. Choose one."),
    csv_columns.IS_ACTIVE: N_("Two columns both say whether somebody is active. Choose one."),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person chose: what each column is, what happens with people who exist, and the group to join.

    `targets` has one of the words of domain/csv_columns.py per column. A new group's name goes before an old group.
    """

    targets: Sequence[str]
    on_existing: str = "update"
    group_id: uuid.UUID | None = None
    new_group: str = ""


def start(
    tenant_id: uuid.UUID, run_id: uuid.UUID, user_id: uuid.UUID | None, *, reading: Reading, choice: Choice
) -> ImportRun:
    """Begin the import of an uploaded list, once: a second start is refused.

    Raises Invalid for `columns`, `on_existing`, `group_id`, `new_group` or a field of the reading.
    """
    run = runs.get(tenant_id, run_id)
    reading, seen = look(run, _checked_reading(reading))
    targets = _as_already_spelt(tenant_id, _checked_targets(choice.targets, seen))
    if choice.on_existing not in ON_EXISTING:
        raise Invalid("on_existing", N_("Choose what happens with people who are here already."))
    group_id = _group(tenant_id, choice)
    run = _still_waiting(tenant_id, run_id)
    _note(run, reading, seen)
    run.mapping = {str(at): target for at, target in enumerate(targets)}
    run.on_existing, run.group_id = choice.on_existing, group_id
    run.status, run.started_at = "queued", func.now()
    audit.record(tenant_id, user_id, "import_started", run.id)
    on_commit(broker.ring, "run_import", tenant_id, run_id)
    db.session.commit()
    return run


def _note(run: ImportRun, reading: Reading, seen: Shape) -> None:
    run.encoding, run.delimiter = reading.encoding or "", reading.delimiter or ""
    run.default_country = reading.default_country or None
    run.headers, run.read_bytes = seen.headers, seen.begins_at


def _checked_reading(reading: Reading) -> Reading:
    if reading.encoding and reading.encoding not in ENCODINGS:
        raise Invalid("encoding", N_("This encoding is not known."))
    if reading.delimiter and reading.delimiter not in DELIMITERS.values():
        raise Invalid("delimiter", N_("This separator is not known."))
    if reading.default_country and reading.default_country not in COUNTRIES:
        raise Invalid("default_country", N_("This country is not known."))
    return reading


def _checked_targets(targets: Sequence[str], seen: Shape) -> list[str]:
    if len(targets) != seen.width:
        raise Invalid("columns", N_("The columns of the file have changed. Look at them once more."))
    if csv_columns.PHONE not in targets:
        raise Invalid("columns", N_("Choose the column with the phone number."))
    checked = [_checked_target(target) for target in targets]
    counts = Counter(target for target in checked if target)
    for target, sentence in _ONCE.items():
        if counts[target] > 1:
            raise Invalid("columns", sentence)
    if counts[csv_columns.NAME] and (counts[csv_columns.FIRST_NAME] or counts[csv_columns.LAST_NAME]):
        raise Invalid("columns", N_("Choose the whole name, or first and last name, not both."))
    _refuse_double_attributes(checked)
    return checked


def _checked_target(target: str) -> str:
    if not _is_attribute(target):
        if target not in (*_ONCE, csv_columns.LEFT_OUT):
            raise Invalid("columns", N_("Choose what each column is."))
        return target
    name = csv_columns.attribute_name(target.removeprefix(csv_columns.ATTRIBUTE))
    if not name:
        raise Invalid("columns", N_("An attribute needs a name of letters or digits."))
    return csv_columns.ATTRIBUTE + name


def _refuse_double_attributes(targets: list[str]) -> None:
    names = [t.removeprefix(csv_columns.ATTRIBUTE) for t in targets if _is_attribute(t)]
    for key, count in Counter(map(placeholders.key, names)).items():
        if count > 1:
            raise Invalid("columns", N_("Two columns become the attribute “%(name)s”. Rename one."), name=key)


def _as_already_spelt(tenant_id: uuid.UUID, targets: list[str]) -> list[str]:
    """City where the newest contacts have a City, though the file says city."""
    attributes = Contact.of(tenant_id).with_only_columns(Contact.attributes)
    newest = attributes.order_by(Contact.id.desc()).limit(_CONTACTS_LOOKED_AT).subquery()
    names = select(func.jsonb_object_keys(newest.c.attributes).label("name")).subquery()
    by_use = select(names.c.name).group_by(names.c.name).order_by(func.count())
    spelt = {lower(name): csv_columns.ATTRIBUTE + name for name in db.session.scalars(by_use)}
    return [
        spelt.get(lower(t.removeprefix(csv_columns.ATTRIBUTE)), t) if _is_attribute(t) else t for t in targets
    ]


def _is_attribute(target: str) -> bool:
    return target.startswith(csv_columns.ATTRIBUTE)


def _group(tenant_id: uuid.UUID, choice: Choice) -> uuid.UUID | None:
    if choice.new_group.strip():
        try:
            return groups.create(tenant_id, name=choice.new_group).id
        except Invalid as refusal:
            raise Invalid("new_group", refusal.message, **refusal.values) from None
    if choice.group_id is None:
        return None
    try:
        return groups.get(tenant_id, choice.group_id).id
    except NotFound as refusal:
        raise Invalid("group_id", refusal.message) from None


def _still_waiting(tenant_id: uuid.UUID, run_id: uuid.UUID) -> ImportRun:
    run = runs.locked(tenant_id, run_id)
    if run is None or run.status not in runs.WAITING:
        raise Conflict(N_("This import has started already."))
    return run
