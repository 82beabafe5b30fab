"""The key that marks every message of this installation as ours."""

import hashlib

from flask import current_app


def key() -> bytes:
    """Made from SECRET_KEY, for trackers only: whoever learns one use of the secret learns nothing of the other."""
    return hashlib.sha256(b"crier tracker key\0" + current_app.config["CRIER"].secret_key.encode()).digest()
