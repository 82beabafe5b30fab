"""Is the process up, and is all it needs there."""

import ipaddress

from flask import Blueprint, abort, jsonify, request

from webapp.services import health

bp = Blueprint("health", __name__)


@bp.get("/healthz")
def alive():
    return "", 200


@bp.get("/readyz")
def ready():
    if not ipaddress.ip_address(request.remote_addr or "0.0.0.0").is_loopback:  # noqa: S104 an address to compare
        abort(404)
    missing = health.missing()
    return jsonify(ready=not missing, missing=missing), 503 if missing else 200
