"""The audit log: who did what that matters, in the same transaction."""

import uuid
from typing import Any

from webapp.db import db
from webapp.models.audit_log import AuditEntry


def record(
    tenant_id: uuid.UUID,
    user_id: uuid.UUID | None,
    action: str,
    object_id: uuid.UUID | None = None,
    **details: Any,
) -> None:
    """One row for one act; it commits with the act or not at all."""
    db.session.add(
        AuditEntry(tenant_id=tenant_id, user_id=user_id, action=action, object_id=object_id, details=details)
    )
