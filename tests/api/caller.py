"""A program with a key: asks as another process would, and keeps the manners of the JSON door."""

import json
import uuid
from dataclasses import dataclass
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.people import outside
from webapp.api.shapes.errors import Failed
from webapp.db import act_for
from webapp.domain.scopes import SCOPES
from webapp.services import api_keys


@dataclass(frozen=True)
class Caller:
    client: FlaskClient
    tenant_id: uuid.UUID
    key_id: uuid.UUID
    token: str

    def ask(self, method: str, path: str, body: Any = None, **kwargs: Any) -> TestResponse:
        """Any request below /api/v1; an error must have the one shape that errors have."""
        headers = {"Authorization": f"Bearer {self.token}"} | kwargs.pop("headers", {})
        if body is not None:
            kwargs |= {"data": json.dumps(body), "content_type": "application/json"}
        answer: TestResponse = outside(
            self.client.open, f"/api/v1{path}", method=method, headers=headers, **kwargs
        )
        if answer.status_code >= 400 and method != "HEAD":
            Failed.model_validate_json(answer.data)
        return answer

    def get(self, path: str, **asked: Any) -> Any:
        """The answer of a GET that works."""
        answer = self.ask("GET", path, query_string=asked)
        assert answer.status_code == 200, answer.text
        return answer.json

    def post(self, path: str, body: Any = None, **kwargs: Any) -> Any:
        """The answer of a POST that works."""
        answer = self.ask("POST", path, body, **kwargs)
        assert answer.status_code in (200, 201, 202), answer.text
        return answer.json

    def error(self, method: str, path: str, body: Any = None, **kwargs: Any) -> tuple[int, str, str]:
        """Status, code and field of what goes wrong."""
        answer = self.ask(method, path, body, **kwargs)
        told = answer.json["error"]
        return answer.status_code, told["code"], told.get("field", "")


def make_caller(app: Flask, tenant_id: uuid.UUID, *scopes: str) -> Caller:
    """A program with a fresh key of the tenant, with every scope unless some are named."""
    key, token = api_keys.create(tenant_id, name="Shop", scopes_asked=scopes or tuple(SCOPES))
    act_for(tenant_id)
    return Caller(app.test_client(), tenant_id, key.id, token)
