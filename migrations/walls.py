"""The second wall between tenants, raised with each table (tests/house proves that none was forgotten)."""

from alembic import op

APP_ROLE = "crier_app"


def raise_wall(table: str, rights: str = "select, insert, update, delete") -> None:
    """Row-level security by the tenant of the transaction; an unset tenant is an error, not an empty answer."""
    tenant = "tenant_id = current_setting('app.tenant_id')::uuid"
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"create policy {table}_of_tenant on {table} using ({tenant}) with check ({tenant})")
    grant(table, rights)


def grant(table: str, rights: str = "select, insert, update, delete") -> None:
    op.execute(f"grant {rights} on {table} to {APP_ROLE}")
