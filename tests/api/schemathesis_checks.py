"""What schemathesis is told beside the document."""

import json
import os
import re
import uuid
from typing import Any

import schemathesis
from schemathesis import GenerationMode

# An object that is really there, by the path of its kind.
OBJECTS = json.loads(os.environ.get("CRIER_OBJECTS", "{}"))


@schemathesis.hook
def before_call(_context: schemathesis.HookContext, case: schemathesis.Case, _kwargs: dict[str, Any]) -> None:
    """Each request is one of its own: else most would be refused for the key that another had. And it is about
    something that is there: else most would not be found."""
    kind = case.path.removeprefix("/api/v1").split("/{id}")[0]
    if kind in OBJECTS and is_id((case.path_parameters or {}).get("id")):
        case.path_parameters["id"] = OBJECTS[kind]
    if case.meta is not None and getattr(case.meta.phase.data, "parameter", "") == "Authorization":
        return  # that it is missing is what is tried
    if re.fullmatch(r"[!-+\--~]{1,255}", (case.headers or {}).get("Idempotency-Key", "")):
        case.headers["Idempotency-Key"] = str(uuid.uuid4())


def is_id(text: Any) -> bool:
    return (
        isinstance(text, str) and re.fullmatch("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", text) is not None
    )


@schemathesis.check
def fits_the_document(
    _context: schemathesis.CheckContext, response: schemathesis.Response, case: schemathesis.Case
) -> None:
    """A rule of the business may refuse it (422 `invalid`); its shape may not."""
    is_positive = case.meta is not None and case.meta.generation.mode == GenerationMode.POSITIVE
    if is_positive and response.status_code == 422 and response.json()["error"]["code"] == "wrong_shape":
        raise AssertionError(f"It fits the document and was refused: {response.json()['error']}")
