"""What DATA_DIR keeps to itself: the keys of the application and the passwords of its servers."""

import base64
import json
import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path

from embedded.paths import write_private
from embedded.refused import Refused

FILE = "secrets.json"


def _password() -> str:
    return secrets.token_urlsafe(32)


def _encryption_keys() -> str:
    return "k1:" + base64.b64encode(secrets.token_bytes(32)).decode()


@dataclass(frozen=True)
class Secrets:
    """Made once, at the first start; whoever has them has the data."""

    SECRET_KEY: str = field(default_factory=_password)
    ENCRYPTION_KEYS: str = field(default_factory=_encryption_keys)
    POSTGRES_PASSWORD: str = field(default_factory=_password)
    POSTGRES_SUPERUSER_PASSWORD: str = field(default_factory=_password)
    VALKEY_PASSWORD: str = field(default_factory=_password)

    def of_application(self) -> dict[str, str]:
        return {"SECRET_KEY": self.SECRET_KEY, "ENCRYPTION_KEYS": self.ENCRYPTION_KEYS}


def keep_secrets(folder: Path) -> Secrets:
    """The folder's secrets, made now if this is its first start."""
    path = folder / FILE
    if path.exists():
        path.chmod(0o600)
        return load_secrets(folder)
    if (folder / "postgres").exists():
        raise Refused(
            f"{folder} holds a database but its {FILE} is missing: put that file back, "
            "or move the folder away to start from nothing."
        )
    made = Secrets()
    write_private(path, json.dumps(asdict(made), indent=1))
    return made


def load_secrets(folder: Path) -> Secrets:
    """The secrets of a folder that has been started before."""
    try:
        return Secrets(**json.loads((folder / FILE).read_text()))
    except PermissionError as error:
        raise Refused(f"The secrets in {folder} belong to another user.") from error
    except (ValueError, TypeError) as error:
        raise Refused(f"{folder / FILE} is damaged: put back a good copy of it.") from error
