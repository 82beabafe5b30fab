"""How large an import may be. What a row may be stands in domain/csv_records.py."""

from typing import Final

MAX_BYTES: Final = 50 * 1024 * 1024
MAX_ROWS: Final = 1_000_000
MAX_NAME: Final = 200

# A piece of the file as it lies in import_chunks.
CHUNK: Final = 256 * 1024
