"""DATA_DIR and how files in it are written: private to their owner, whole or not at all."""

import os
from pathlib import Path

from embedded.refused import Refused

PROJECT = Path(__file__).resolve().parent.parent


def data_dir() -> Path:
    """DATA_DIR as an absolute path; without one, `.data` beside the program."""
    given = os.environ.get("DATA_DIR", "").strip()
    return Path(given).expanduser().absolute() if given else PROJECT / ".data"


def open_folder(folder: Path) -> None:
    """Makes the folder, closed to everybody else. A folder that holds other things keeps its mode."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        ours = folder.stat().st_uid == os.geteuid()
        if ours and not any(folder.iterdir()):
            folder.chmod(0o700)
    except OSError as error:
        raise Refused(f"The data folder {folder} can not be used: {error.strerror}.") from error
    # Root may enter every folder, but the database, which it has to run as somebody else, may not.
    closed = not ours and not folder.stat().st_mode & 0o077
    if closed or not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        raise Refused(
            f"The data folder {folder} belongs to another user: "
            "run Crier as that user, or set DATA_DIR to a folder of yours."
        )


def write_private(path: Path, text: str) -> None:
    """Replaces the file in one step, readable by its owner only and on the disk before this returns."""
    draft = path.with_name(f"{path.name}.new")
    draft.unlink(missing_ok=True)
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
