"""Statements that are planned each time: the plan that suits ten small imports would read a large one row by row."""

from collections.abc import Mapping
from typing import Any, cast

from sqlalchemy import CursorResult, text

from webapp.db import db


def execute(statement: str, values: Mapping[str, Any]) -> Any:
    """Run it unprepared, in the transaction of the session; the first row of what it returns."""
    driver: Any = db.session.connection().connection.driver_connection
    usual, driver.prepare_threshold = driver.prepare_threshold, None
    try:
        result = cast("CursorResult[Any]", db.session.execute(text(statement), values))
        return result.first() if result.returns_rows else None
    finally:
        driver.prepare_threshold = usual
