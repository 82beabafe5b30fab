"""The audit log: who did what that matters, in the same transaction: a person, or a program by its key."""

import uuid
from typing import Any, Final

from webapp.db import db
from webapp.models.audit_log import AuditEntry

_KEY: Final = "api_key_id"


def name_key(key_id: uuid.UUID) -> None:
    """From here on what this context does is done by the program that carries this key."""
    db.session.info[_KEY] = key_id


def record(
    tenant_id: uuid.UUID,
    user_id: uuid.UUID | None,
    action: str,
    object_id: uuid.UUID | None = None,
    **details: Any,
) -> None:
    """One row for one act; it commits with the act or not at all."""
    db.session.add(
        AuditEntry(
            tenant_id=tenant_id,
            user_id=user_id,
            api_key_id=db.session.info.get(_KEY),
            action=action,
            object_id=object_id,
            details=details,
        )
    )
