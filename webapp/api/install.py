"""Puts the doors of programs into the application."""

import click
from flask import Flask, Response, request
from flask_wtf import CSRFProtect

from webapp.api import pages, problems, trpc, typescript, v1

PREFIX = "/api/"


@click.command("api-client")
def api_client() -> None:
    """Print the types of the tRPC door for clients/typescript/index.d.ts."""
    click.echo(typescript.router(), nl=False)


def install(app: Flask, csrf: CSRFProtect) -> None:
    """A request with a key comes from no page: it needs no token of a form, and cookies do nothing for it."""
    app.before_request(_lost)
    app.cli.add_command(api_client)
    for door in (v1.bp, trpc.bp):
        csrf.exempt(door)
    for blueprint in (v1.bp, trpc.bp, pages.bp):
        app.register_blueprint(blueprint)


def _lost() -> Response | None:
    """What leads nowhere below /api is told as everything else there."""
    if request.routing_exception is None or not request.path.startswith(PREFIX):
        return None
    return problems.of(request.routing_exception).answer()
