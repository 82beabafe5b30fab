"""Merging: rows become contacts, set by set. Of several rows about one person the last one counts.

A contact in the trash stays there: a row with its number makes a new contact, as if it had never been known.
Opt-outs are kept by phone key elsewhere, so nothing here can lift one.
"""

from typing import Final

from webapp.domain import csv_columns
from webapp.models.imports import ImportRun
from webapp.services.imports.statements import execute
from webapp.services.locks import lock_tenant

_STEP_ROWS: Final = 4_000

# The last row about a person is found by its key, row by row, in an index that only the key leads to.
_ROWS: Final = """
    with rows as materialized (
        select r.*,
               r.row_number = (select max(same.row_number) filter (where same.import_run_id = :run_id)
                                 from import_rows same
                                where same.tenant_id = :tenant_id and same.phone_key = r.phone_key) as is_last
          from import_rows r
         where r.tenant_id = :tenant_id and r.import_run_id = :run_id
           and r.row_number > :after and r.row_number <= :until and r.reason is null
    )"""
# In the order of the keys, so that two imports at once lock people in the same order.
_UPSERT: Final = """,
    written as (
        insert into contacts as c (tenant_id, phone_number, phone_key, is_doubtful, name, attributes, is_active)
        select tenant_id, phone_number, phone_key, is_doubtful, name, attributes, {is_active}
          from rows where is_last order by phone_key
            on conflict (tenant_id, phone_key) where deleted_at is null {on_conflict}
        returning old.id is null as is_new
    )
    select (select count(*) from rows) as rows, (select count(*) from rows where is_last) as people,
           count(*) filter (where is_new) as added, count(*) filter (where not is_new) as updated
      from written"""
_IS_ACTIVE: Final = """coalesce(is_active, (select k.is_active from contacts k where k.tenant_id = :tenant_id
                         and k.phone_key = rows.phone_key and k.deleted_at is null), true)"""
# {{city}} finds City too, so one person has no two attributes that differ in case alone.
_REPLACED: Final = """(c.attributes - array(
    select k from jsonb_object_keys(c.attributes) k
     where lower(k) in (select lower(e) from jsonb_object_keys(excluded.attributes) e))) || excluded.attributes"""
_FILLED: Final = """c.attributes || (
    select coalesce(jsonb_object_agg(e.key, e.value), '{}') from jsonb_each(excluded.attributes) e
     where not exists (select from jsonb_each_text(c.attributes) k
                        where lower(k.key) = lower(e.key) and k.value <> ''))"""
# What a contact becomes, by what to do with those that exist. An empty cell never empties a field.
_BECOMES: Final = {
    "update": {"name": "coalesce(nullif(excluded.name, ''), c.name)", "attributes": _REPLACED},
    "fill": {"name": "coalesce(nullif(c.name, ''), excluded.name)", "attributes": _FILLED},
    "keep": {},
}
_JOIN: Final = """
    insert into group_contacts (tenant_id, group_id, contact_id)
    select :tenant_id, :group_id, c.id
      from (select distinct phone_key from import_rows
             where tenant_id = :tenant_id and import_run_id = :run_id
               and row_number > :after and row_number <= :until and reason is null) r
           cross join lateral (select id from contacts where tenant_id = :tenant_id
                                and phone_key = r.phone_key and deleted_at is null limit 1) c
        on conflict do nothing"""
_FORGET: Final = """
    delete from import_rows
     where tenant_id = :tenant_id and import_run_id = :run_id
       and row_number > :after and row_number <= :until and reason is null"""


def step(run: ImportRun) -> bool:
    """Make contacts of the next rows and forget these; True when there are no more."""
    until = min(run.merged_rows + _STEP_ROWS, run.read_rows)
    span = {"tenant_id": run.tenant_id, "run_id": run.id, "after": run.merged_rows, "until": until}
    rows, people, added, updated = execute(_upsert(run), span) or (0, 0, 0, 0)
    run.added += added
    run.updated += updated
    run.unchanged += people - added - updated
    run.repeated += rows - people
    run.merged_rows = until
    if run.group_id is not None:
        execute(_JOIN, span | {"group_id": run.group_id})
    execute(_FORGET, span)
    return until >= run.read_rows


def guard(run: ImportRun) -> None:
    """While people may be deactivated no message passes: taken before a step looks at any contact."""
    if _sets_active(run):
        lock_tenant(run.tenant_id)


def _sets_active(run: ImportRun) -> bool:
    return csv_columns.IS_ACTIVE in run.mapping.values() and run.on_existing == "update"


def _upsert(run: ImportRun) -> str:
    told = _told_by(run)
    becomes = {column: value for column, value in _BECOMES[run.on_existing].items() if column in told}
    if _sets_active(run):
        becomes["is_active"] = "excluded.is_active"
    is_active = _IS_ACTIVE if _sets_active(run) else "coalesce(is_active, true)"
    return _ROWS + _UPSERT.format(is_active=is_active, on_conflict=_on_conflict(becomes))


def _told_by(run: ImportRun) -> set[str]:
    """The columns of contacts that this file says anything about."""
    names = {csv_columns.NAME, csv_columns.FIRST_NAME, csv_columns.LAST_NAME}
    targets = run.mapping.values()
    has_attributes = any(target.startswith(csv_columns.ATTRIBUTE) for target in targets)
    return ({"name"} if names.intersection(targets) else set()) | (
        {"attributes"} if has_attributes else set()
    )


def _on_conflict(becomes: dict[str, str]) -> str:
    if not becomes:
        return "do nothing"
    sets = ", ".join(f"{column} = {value}" for column, value in becomes.items())
    new = ", ".join(becomes.values())
    old = ", ".join(f"c.{column}" for column in becomes)
    return f"do update set {sets}, updated_at = now() where ({new}) is distinct from ({old})"
