"""Statements that are planned each time: the plan that suits ten small imports would read a large one row by row."""

from collections.abc import Mapping
from typing import Any

from webapp.db import db


def execute(statement: str, values: Mapping[str, Any]) -> Any:
    """Run it in the transaction of the session, unprepared; returns the cursor. Values are `%(name)s` in it."""
    cursor = db.session.connection().connection.cursor()
    return cursor.execute(statement, values, prepare=False)  # type: ignore[call-arg]
