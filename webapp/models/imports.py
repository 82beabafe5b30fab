"""Imports: an uploaded list, its bytes in chunks, and each of its rows until the import is over."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    Text,
    Uuid,
    text,
)  # fmt: skip
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from webapp.models.base import Json, JsonList, Kept, Model, OfTenant, Zero, one_of

# uploaded: waits for its columns to be mapped; reading: rows are parsed; merging: rows become contacts.
STATUSES = ("uploaded", "queued", "reading", "merging", "completed", "failed", "cancelled")
ON_EXISTING = ("update", "fill", "keep")


class ImportRun(Kept, Model):
    __tablename__ = "import_runs"
    __table_args__ = (
        one_of("status", STATUSES),
        one_of("on_existing", ON_EXISTING),
        ForeignKeyConstraint(
            ["tenant_id", "group_id"], ["groups.tenant_id", "groups.id"], ondelete="SET NULL (group_id)"
        ),
        Index("import_runs_open_idx", "tenant_id", "status"),
    )

    file_name: Mapped[str] = mapped_column(Text)
    size: Mapped[int] = mapped_column(BigInteger)
    encoding: Mapped[str] = mapped_column(Text)
    delimiter: Mapped[str] = mapped_column(Text)
    headers: Mapped[JsonList]
    # {"0": "phone_number", "1": "name", "2": "attribute:city", "3": ""} by column
    mapping: Mapped[Json]
    on_existing: Mapped[str] = mapped_column(Text, server_default=text("'update'"))
    group_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    # Two letters, for numbers without country code: as it was when the import started.
    default_country: Mapped[str | None] = mapped_column(Text)
    created_by: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    status: Mapped[str] = mapped_column(Text, server_default=text("'uploaded'"))
    # A sentence with its values, as services/imports/sentences.py writes it.
    error: Mapped[str | None] = mapped_column(Text)
    # How often in a row a step ended in an accident.
    tries: Mapped[Zero]
    # Where to go on: bytes of the file that are read, rows that are read, rows that are merged.
    read_bytes: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    read_rows: Mapped[Zero]
    merged_rows: Mapped[Zero]
    added: Mapped[Zero]
    updated: Mapped[Zero]
    unchanged: Mapped[Zero]
    repeated: Mapped[Zero]
    refused: Mapped[Zero]
    started_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    completed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


def _of_run() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["tenant_id", "import_run_id"], ["import_runs.tenant_id", "import_runs.id"], ondelete="CASCADE"
    )


class ImportChunk(OfTenant, Model):
    """A piece of the uploaded file: nothing is kept on a machine's disk. Means nothing without its run."""

    __tablename__ = "import_chunks"
    __table_args__ = (_of_run(),)

    import_run_id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    data: Mapped[bytes] = mapped_column(LargeBinary)


class ImportRow(OfTenant, Model):
    """A parsed row. Those that were taken go when the run is over; the refused stay, with their reason."""

    __tablename__ = "import_rows"
    __table_args__ = (
        _of_run(),
        # Whether a later row speaks of the same person. The run comes after the person: behind it, a table without
        # statistics would look like one that the primary key finds as quickly, which then reads the whole run.
        Index(
            "import_rows_phone_key_idx", "tenant_id", "phone_key", "import_run_id", "row_number",
            postgresql_where=text("phone_key is not null"),
        ),
    )  # fmt: skip

    tenant_id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    import_run_id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    row_number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    phone_key: Mapped[str | None] = mapped_column(Text)
    phone_number: Mapped[str | None] = mapped_column(Text)
    is_doubtful: Mapped[bool | None] = mapped_column(Boolean)
    name: Mapped[str | None] = mapped_column(Text)
    attributes: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    is_active: Mapped[bool | None] = mapped_column(Boolean)
    # Set for refused rows: why (as import_runs.error), and the cells as they stood in the file.
    reason: Mapped[str | None] = mapped_column(Text)
    cells: Mapped[list[str] | None] = mapped_column(ARRAY(Text))
