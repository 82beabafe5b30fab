"""A list is uploaded: kept in pieces in the database, and looked at for its shape."""

import uuid
from collections.abc import Iterator
from typing import BinaryIO

from sqlalchemy import insert

from webapp.db import db
from webapp.domain import csv_guess, csv_source, fields
from webapp.domain.errors import N_, Invalid
from webapp.models.imports import ImportChunk, ImportRun
from webapp.services.imports import shape
from webapp.services.imports.limits import CHUNK, MAX_BYTES

_SIGNS_AT_MOST = 200


def upload(tenant_id: uuid.UUID, user_id: uuid.UUID | None, *, file_name: str, stream: BinaryIO) -> ImportRun:
    """Keep a list of at most 50 MB until somebody says what its columns are; it waits a day for that.

    Raises Invalid for `file` when this is no CSV file, too large, or has nobody in it.
    """
    try:
        run = keep(tenant_id, user_id, file_name=file_name, stream=stream)
    except Invalid:
        db.session.rollback()
        raise
    db.session.commit()
    return run


def keep(tenant_id: uuid.UUID, user_id: uuid.UUID | None, *, file_name: str, stream: BinaryIO) -> ImportRun:
    """Do what `upload` does, and leave it to a larger act to commit. Raises Invalid as that does."""
    run = ImportRun(
        tenant_id=tenant_id, created_by=user_id, file_name=_name(file_name), size=0, encoding="", delimiter=""
    )
    db.session.add(run)
    db.session.flush()
    _keep_pieces_of_csv(run, stream)
    return run


def _keep_pieces_of_csv(run: ImportRun, stream: BinaryIO) -> None:
    witness, head = csv_source.Witness(), b""
    said, blocks = _without_separator_line(csv_source.as_stored(_read(stream)))
    for position, data in enumerate(csv_source.in_pieces(blocks, CHUNK)):
        head = head or data
        witness.see(data)
        run.size += len(data)
        _keep_piece(run, position, data)
    run.encoding = witness.encoding()
    run.delimiter = said or csv_guess.delimiter(head, run.encoding)
    shape.of(head, run.encoding, run.delimiter)


def keep_pieces(run: ImportRun, stream: BinaryIO) -> None:
    """Keep a list as it is, of at most 50 MB. Commits nothing; raises Invalid for `file`."""
    for position, data in enumerate(csv_source.in_pieces(_sized(stream), CHUNK)):
        run.size += len(data)
        _keep_piece(run, position, data)


def _keep_piece(run: ImportRun, position: int, data: bytes) -> None:
    key = {"tenant_id": run.tenant_id, "import_run_id": run.id, "position": position}
    db.session.execute(insert(ImportChunk).values(**key, data=data))


def _read(stream: BinaryIO) -> Iterator[bytes]:
    blocks = _sized(stream)
    head = next(blocks)
    csv_source.refuse_other_files(head)
    yield head
    yield from blocks


def _sized(stream: BinaryIO) -> Iterator[bytes]:
    size = 0
    while block := stream.read(CHUNK):
        size += len(block)
        if size > MAX_BYTES:
            raise Invalid("file", N_("This file is larger than 50 MB. Split it and upload the parts."))
        yield block
    if not size:
        raise Invalid("file", N_("This file is empty."))


def _without_separator_line(blocks: Iterator[bytes]) -> tuple[str | None, Iterator[bytes]]:
    head = next(blocks, b"")
    said, length = csv_guess.said_delimiter(head)

    def rest() -> Iterator[bytes]:
        yield head[length:]
        yield from blocks

    return said, rest()


def _name(file_name: str) -> str:
    """What the file is called, without the folders that some browsers tell."""
    last = file_name.replace("\\", "/").rsplit("/", 1)[-1][-_SIGNS_AT_MOST:]
    return fields.line("file", last, _SIGNS_AT_MOST, required=False) or "list.csv"
