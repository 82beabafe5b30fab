"""What the catalogue of the migrated database must show for every table, so that a new one can not forget it."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import Connection, text

from webapp.db import APP_ROLE, as_owner, db
from webapp.domain.statuses import CAMPAIGN_MOVES, STORED_RECIPIENT_STATUSES, outranks
from webapp.models import all as _every_table  # noqa: F401

GLOBAL = {
    "alembic_version", "tenants", "users", "memberships", "sign_in_links", "sign_in_tries", "sessions", "api_keys",
    "callback_addresses", "shown_once",
}  # fmt: skip

# Tables whose rows must not be changed or taken away by the application.
APPEND_ONLY = {"audit_log"}


@pytest.fixture
def catalogue(app: Flask) -> Iterator[Connection]:
    with as_owner() as connection:
        yield connection


def tables(connection: Connection) -> set[str]:
    return set(connection.scalars(text("select tablename from pg_tables where schemaname = 'public'")))


def tenant_tables(connection: Connection) -> set[str]:
    return tables(connection) - GLOBAL


def test_models_and_migrated_database_have_the_same_tables(catalogue: Connection) -> None:
    assert tables(catalogue) - {"alembic_version"} == set(db.metadata.tables)


def test_every_tenant_table_has_its_tenant_first_in_the_key(catalogue: Connection) -> None:
    keys = catalogue.execute(
        text(
            """select c.relname, (select attname from pg_attribute where attrelid = c.oid and attnum = i.indkey[0]) as first,
                      (select attnotnull from pg_attribute where attrelid = c.oid and attname = 'tenant_id') as required
               from pg_index i join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace
               where n.nspname = 'public' and i.indisunique"""
        )
    ).all()
    found = {row.relname for row in keys if row.relname not in GLOBAL}
    assert found == tenant_tables(catalogue)
    wrong = [
        row for row in keys if row.relname not in GLOBAL and (row.first != "tenant_id" or not row.required)
    ]
    assert not wrong


def test_every_tenant_table_is_behind_row_level_security(catalogue: Connection) -> None:
    walls = catalogue.execute(
        text(
            """select c.relname, c.relrowsecurity, p.polcmd, p.polpermissive, p.polroles,
                      pg_get_expr(p.polqual, p.polrelid) as used, pg_get_expr(p.polwithcheck, p.polrelid) as checked
               from pg_class c join pg_policy p on p.polrelid = c.oid"""
        )
    ).all()
    assert sorted(row.relname for row in walls) == sorted(tenant_tables(catalogue))
    wall = "(tenant_id = (current_setting('app.tenant_id'::text))::uuid)"
    for row in walls:
        assert row.relrowsecurity, row.relname
        assert (row.used, row.checked) == (wall, wall), row.relname
        assert row.polcmd in ("*", b"*"), row.relname


def test_foreign_keys_between_tenants_tables_carry_the_tenant(catalogue: Connection) -> None:
    keys = catalogue.execute(
        text(
            """select con.conname, c.relname as source, f.relname as target,
                 (select array_agg(a.attname::text) from unnest(con.conkey) k
                  join pg_attribute a on a.attrelid = con.conrelid and a.attnum = k) as columns
               from pg_constraint con join pg_class c on c.oid = con.conrelid join pg_class f on f.oid = con.confrelid
               where con.contype = 'f'"""
        )
    ).all()
    between = [row for row in keys if row.target not in GLOBAL]
    assert between
    assert not [row for row in between if "tenant_id" not in row.columns]


def test_the_application_role_owns_nothing_and_is_bound(catalogue: Connection) -> None:
    role = catalogue.execute(
        text(
            "select rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolcanlogin from pg_roles where rolname = :r"
        ),
        {"r": APP_ROLE},
    ).one()
    assert not any(role)
    owner = catalogue.scalar(text("select current_user"))
    assert owner != APP_ROLE
    assert not catalogue.scalar(
        text("select pg_has_role(:r, :owner, 'usage')"), {"r": APP_ROLE, "owner": owner}
    )
    owned = catalogue.scalar(
        text("select count(*) from pg_class where relowner = (:r)::regrole"), {"r": APP_ROLE}
    )
    assert owned == 0


def test_the_application_may_not_truncate_nor_rewrite_history(catalogue: Connection) -> None:
    for table in tables(catalogue):
        assert not catalogue.scalar(
            text("select has_table_privilege(:r, :t, 'truncate')"), {"r": APP_ROLE, "t": table}
        )
    for table in APPEND_ONLY:
        for right in ("update", "delete"):
            asked = {"r": APP_ROLE, "t": table, "p": right}
            assert not catalogue.scalar(text("select has_table_privilege(:r, :t, :p)"), asked)


def test_nothing_goes_around_the_wall(catalogue: Connection) -> None:
    views = catalogue.scalar(
        text(
            """select count(*) from pg_class c join pg_namespace n on n.oid = c.relnamespace
               where n.nspname = 'public' and c.relkind in ('v', 'm')"""
        )
    )
    definers = catalogue.scalar(
        text(
            """select count(*) from pg_proc p join pg_namespace n on n.oid = p.pronamespace
               where n.nspname = 'public' and p.prosecdef"""
        )
    )
    assert (views, definers) == (0, 0)


def test_every_status_column_has_its_list(catalogue: Connection) -> None:
    columns = catalogue.execute(
        text(
            """select table_name, column_name from information_schema.columns
               where table_schema = 'public' and data_type = 'text' and (column_name in ('status', 'kind', 'direction', 'role'))
                 and not (table_name = 'exports' and column_name = 'kind')"""
        )
    ).all()
    checks = catalogue.execute(
        text(
            "select conrelid::regclass::text as on_table, pg_get_constraintdef(oid) as rule from pg_constraint where contype = 'c'"
        )
    ).all()
    missing = [
        (row.table_name, row.column_name)
        for row in columns
        if not any(
            check.on_table == row.table_name and f"({row.column_name} = ANY" in check.rule for check in checks
        )
    ]
    assert columns
    assert not missing


def test_every_time_knows_its_zone(catalogue: Connection) -> None:
    naive = catalogue.scalar(
        text(
            "select count(*) from information_schema.columns where table_schema = 'public' and data_type = 'timestamp without time zone'"
        )
    )
    assert naive == 0


def test_what_is_deletable_says_what_becomes_of_its_children(catalogue: Connection) -> None:
    silent = catalogue.execute(
        text("select conname from pg_constraint where contype = 'f' and confdeltype not in ('c', 'n')")
    ).all()
    assert not silent


@pytest.mark.parametrize("was", list(CAMPAIGN_MOVES))
def test_the_database_allows_a_campaign_the_moves_of_the_plan(catalogue: Connection, was: str) -> None:
    source = catalogue.scalar(text("select prosrc from pg_proc where proname = 'refuse_campaign_move'"))
    assert source is not None
    for now in CAMPAIGN_MOVES:
        assert (f"('{was}', '{now}')" in source) == (now in CAMPAIGN_MOVES[was]), (was, now)


@pytest.mark.parametrize("was", STORED_RECIPIENT_STATUSES)
def test_the_database_ranks_recipients_as_the_plan_does(catalogue: Connection, was: str) -> None:
    for now in STORED_RECIPIENT_STATUSES:
        higher = catalogue.scalar(
            text("select coalesce(recipient_rank(:now) > recipient_rank(:was), false)"),
            {"now": now, "was": was},
        )
        assert higher == (now not in ("skipped", "cancelled") and outranks(now, was)), (was, now)


def test_no_trigger_stands_before_an_update(catalogue: Connection) -> None:
    """Beside one, RETURNING old is stale after a wait (docs/decisions), and the counts are made from it."""
    row, before, update = 1, 2, 16
    found = catalogue.scalars(
        text("select tgname from pg_trigger where not tgisinternal and tgtype & :all = :all"),
        {"all": row | before | update},
    ).all()
    assert found == []
