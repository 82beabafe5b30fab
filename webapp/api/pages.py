"""The document of the JSON API, for generators and for people."""

from typing import Any

from flask import Blueprint, Response, json, render_template

from webapp.api import document

bp = Blueprint("api_pages", __name__, url_prefix="/api/v1")


@bp.get("/openapi.json")
def openapi() -> Response:
    return Response(json.dumps(document.whole()), mimetype="application/json")


@bp.get("/docs")
def docs() -> str:
    told = document.whole()
    return render_template("api/docs.html", document=told, chapters=_chapters(told), objects=_objects(told))


def _chapters(told: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The operations under the words of their room."""
    rooms: dict[str, list[dict[str, Any]]] = {tag["name"]: [] for tag in told["tags"]}
    for path, methods in told["paths"].items():
        for method, operation in methods.items():
            rooms[operation["tags"][0]].append(operation | {"method": method.upper(), "path": path})
    return rooms


def _objects(told: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = told["components"]["schemas"]
    return found
