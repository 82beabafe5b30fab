"""The command line: `flask --app wsgi tenants create|list | users add|list|link | api-keys create | seed | doctor`."""

import json
import uuid
from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any, TypeVar

import click
from flask import Flask
from flask.cli import AppGroup, with_appcontext

from webapp.domain.errors import Refusal
from webapp.domain.scopes import SCOPES
from webapp.services import accounts, api_keys
from webapp.services.demo import tenant as demo
from webapp.services.doctor.look import Report, look

F = TypeVar("F", bound=Callable[..., None])

tenants = AppGroup("tenants", help="The customers of this installation.")
users = AppGroup("users", help="The people who sign in.")
keys = AppGroup("api-keys", help="What programs carry to use the API.")
as_json = click.option("--json", "as_json", is_flag=True, help="Answer with one line of JSON.")


def install(app: Flask) -> None:
    for command in (tenants, users, keys, seed, doctor):
        app.cli.add_command(command)


class Refused(click.ClickException):
    """One sentence on stderr and exit code 1."""

    def show(self, file: Any = None) -> None:
        click.echo(self.message, err=True)


def refusing(command: F) -> F:
    """Turn a refusal of a service into one of the command line."""

    @wraps(command)
    def spoken(*args: Any, **kwargs: Any) -> None:
        try:
            command(*args, **kwargs)
        except Refusal as refusal:
            raise Refused(str(refusal)) from None

    return spoken  # type: ignore[return-value]


@tenants.command("create")
@click.argument("name")
@click.option("--owner-email", required=True, metavar="ADDRESS")
@as_json
@refusing
def create_tenant(name: str, owner_email: str, as_json: bool) -> None:
    """Make a tenant with its owner, who signs in with the link that is printed."""
    twin = accounts.tenant_called(name)
    tenant, token = accounts.create_tenant(name, owner_email)
    if twin:
        click.echo(f"Another tenant is called {twin.name}, too, with the id {twin.id}.", err=True)
    if as_json:
        click.echo(json.dumps({"tenantId": str(tenant.id), "setupUrl": accounts.link_address(token)}))
    else:
        click.echo(f"{tenant.name} is there, with the id {tenant.id}.")
        _say_link(owner_email, token)


@tenants.command("list")
@as_json
def list_tenants(as_json: bool) -> None:
    """Every tenant with its id."""
    listed = accounts.tenants()
    if as_json:
        click.echo(json.dumps([{"tenantId": str(tenant.id), "name": tenant.name} for tenant in listed]))
    else:
        for tenant in listed:
            click.echo(f"{tenant.id}  {tenant.name}")


@users.command("list")
@click.option("--tenant", "tenant_id", type=click.UUID, required=True, metavar="ID")
@as_json
@refusing
def list_users(tenant_id: uuid.UUID, as_json: bool) -> None:
    """Who belongs to a tenant, and in which role."""
    members = accounts.members(tenant_id)
    if as_json:
        click.echo(json.dumps([{"email": member.user.email, "role": member.role} for member in members]))
    else:
        for member in members:
            click.echo(f"{member.role:8} {member.user.email}")


@users.command("add")
@click.option("--tenant", "tenant_id", type=click.UUID, required=True, metavar="ID")
@click.option("--email", required=True, metavar="ADDRESS")
@click.option("--role", required=True, help="viewer, sender, manager or owner.")
@as_json
@refusing
def add_user(tenant_id: uuid.UUID, email: str, role: str, as_json: bool) -> None:
    """Let somebody into a tenant."""
    token = accounts.add_user(tenant_id, email, role)
    if as_json:
        click.echo(json.dumps({"setupUrl": accounts.link_address(token)}))
    else:
        _say_link(email, token)


@users.command("link")
@click.option("--email", metavar="ADDRESS")
@click.option("--first-owner", is_flag=True, help="The owner who came first, whoever that is.")
@refusing
def link_user(email: str | None, first_owner: bool) -> None:
    """Print a fresh sign-in link, also for somebody who forgot the password. It works once, for 15 minutes."""
    if first_owner == bool(email):
        raise click.UsageError("Say either --email ADDRESS or --first-owner.")
    address = email or accounts.first_owner()
    if address is None:
        raise Refused("There is no owner yet: make a tenant first, with `flask --app wsgi tenants create`.")
    click.echo(accounts.link_address(accounts.link_user(address)))


@keys.command("create")
@click.option("--tenant", "tenant_id", type=click.UUID, required=True, metavar="ID")
@click.option("--name", required=True, help="What it is for.")
@click.option(
    "--scopes", default=",".join(SCOPES), help="What it may do, with commas between; else everything."
)
@click.option("--days", type=int, help="For how long it holds; else until it is revoked.")
@as_json
@refusing
def create_key(tenant_id: uuid.UUID, name: str, scopes: str, days: int | None, as_json: bool) -> None:
    """Make a key for the API. It is shown once."""
    key, token = api_keys.create(tenant_id, name=name, scopes_asked=scopes.split(","), days=days)
    if as_json:
        click.echo(json.dumps({"key": token, "id": str(key.id), "scopes": key.scopes}))
    else:
        click.echo(f"The key {key.name}, which is not shown again: {token}")


@click.command("doctor")
@as_json
@with_appcontext
def doctor(as_json: bool) -> None:
    """Check on the living database that what the house promises holds. Exit code 1 when something does not."""
    report = look()
    click.echo(json.dumps(report.told()) if as_json else "\n".join(_lines(report)))
    if not report.holds:
        raise SystemExit(1)


def _lines(report: Report) -> Iterator[str]:
    for finding in report.findings:
        state = "holds" if finding.holds else "BROKEN" if finding.is_checked else "not checked"
        yield f"{state:12}{finding.check.invariant}  {finding.check.promise}"
        told = finding.told()
        for row in told["rows"]:
            yield " " * 15 + ", ".join(f"{name} {value}" for name, value in row.items())
        if told["more"]:
            yield " " * 15 + "and more"
    yield from report.notes


@click.command("seed")
@click.option("--if-empty", is_flag=True, help="Do nothing when there is a tenant already.")
@with_appcontext
@refusing
def seed(if_empty: bool) -> None:
    """Make a demo tenant with contacts, groups, templates and a simulated number."""
    if if_empty and not accounts.is_empty():
        return
    if demo.is_made():
        click.echo("The demo data are there already.")
        return
    tenant, token = demo.make()
    click.echo(f"{tenant.name} is there, with everything to try a campaign.")
    _say_link(demo.OWNER, token)


def _say_link(email: str, token: str) -> None:
    click.echo(f"Sign in as {email} within {accounts.LINK_MINUTES} minutes: {accounts.link_address(token)}")
