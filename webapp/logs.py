"""Logs: one line an event, as text or JSON, in which no token and no whole phone number ever stands."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, Final

import structlog

from webapp.domain.phones import mask

_SECRET_NAMES: Final = re.compile(r"token|secret|password|authorization|cookie|signature|api_?key", re.I)
_SECRETS: Final = re.compile(
    r"(?i)(bearer\s+|sha256=|whsec_|crier_|/link/|token[=:]\s*|password[=:]\s*|secret[=:]\s*|://[^:/@\s]+:)([^\s'\"&,;@]{6,})"
)
_STANDARD: Final = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime"}


def setup(level: str, form: str) -> None:
    """Send every log line of this process to standard error, masked. `form` is text or json."""
    last: Any = (
        structlog.processors.JSONRenderer()
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=False, sort_keys=False)
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_log_level, structlog.stdlib.add_logger_name, _extras],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                structlog.processors.format_exc_info,
                masked,
                last,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for chatty in ("rq.worker", "alembic", "werkzeug"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def masked(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Take secrets and phone numbers out of everything that is about to be written."""
    return {name: "…" if _SECRET_NAMES.search(name) else _clean(value) for name, value in event.items()}


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return mask(_SECRETS.sub(r"\1…", value))
    if isinstance(value, int | float | bool | type(None)):
        return value
    return _clean(str(value))


def _extras(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    record = event.get("_record")
    if record is not None:
        event.update(
            {k: v for k, v in record.__dict__.items() if k not in _STANDARD and not k.startswith("_")}
        )
    return event
