"""Settings: read once from the environment, checked before anything starts.

Without DATABASE_URL and REDIS_URL the running embedded servers of DATA_DIR serve; secrets that are not given
come from there too. A short or sample secret stops the start.
"""

import base64
import math
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

from embedded import running
from embedded.paths import data_dir as embedded_data_dir
from webapp.domain.retries import SCHEDULE
from webapp.egress.rules import parse_allow

# Values that stand in examples everywhere: whoever copies one has no secret.
SAMPLES = re.compile(
    r"change.?me|secret|s3cr3t|insecure|example|sample|default|password|your[-_ ]|0123456789|abcdefgh|token_urlsafe",
    re.I,
)
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
LOG_FORMATS = ("text", "json")


class Misconfigured(Exception):
    """The environment does not allow a start; the sentence says what to set."""


@dataclass(frozen=True)
class Settings:
    # Passwords and keys stay out of what a traceback or a log may show.
    database_url: str = field(repr=False)
    redis_url: str = field(repr=False)
    secret_key: str = field(repr=False)
    # The first key seals, all of them open: {"k2": 32 bytes, "k1": 32 bytes}
    encryption_keys: dict[str, bytes] = field(repr=False)
    base_url: str = "http://127.0.0.1:8000"
    trusted_proxies: int = 0
    allowed_hosts: tuple[str, ...] = ()
    log_level: str = "INFO"
    log_format: str = "text"
    egress_allow: str = ""
    send_lease_seconds: float = 60
    send_window: int = 64
    sweep_seconds: float = 15
    provider_timeout_seconds: float = 30
    webhook_timeout_seconds: float = 15
    # Seconds before each try of a delivery; as many tries as there are numbers.
    webhook_schedule: tuple[float, ...] = SCHEDULE
    simulator_port: int = 8090
    data_dir: Path = field(default_factory=lambda: Path(".data"))

    @property
    def is_https(self) -> bool:
        return self.base_url.startswith("https://")

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> "Settings":
        """Everything from the environment, else from DATA_DIR.

        Raises:
            Misconfigured: with one sentence on what is missing or not good enough.
        """
        data_dir = embedded_data_dir()
        given = running.secrets(data_dir) | running.urls(data_dir) | dict(env)
        return cls(
            database_url=_server(given, "DATABASE_URL", data_dir),
            redis_url=_server(given, "REDIS_URL", data_dir),
            secret_key=_secret(given.get("SECRET_KEY", "")),
            encryption_keys=_keys(given.get("ENCRYPTION_KEYS", "")),
            base_url=_base_url(given),
            trusted_proxies=_number(env, "TRUSTED_PROXIES", 0, least=0),
            allowed_hosts=tuple(h.strip() for h in env.get("ALLOWED_HOSTS", "").split(",") if h.strip()),
            log_level=_one_of("LOG_LEVEL", (env.get("LOG_LEVEL") or "INFO").upper(), LOG_LEVELS),
            log_format=_one_of("LOG_FORMAT", env.get("LOG_FORMAT") or "text", LOG_FORMATS),
            egress_allow=_egress_allow(env.get("EGRESS_ALLOW", "")),
            send_lease_seconds=_seconds(env, "SEND_LEASE_SECONDS", 60),
            send_window=_window(_number(env, "SEND_WINDOW", 64)),
            sweep_seconds=_seconds(env, "SWEEP_SECONDS", 15),
            provider_timeout_seconds=_seconds(env, "PROVIDER_TIMEOUT_SECONDS", 30),
            webhook_timeout_seconds=_seconds(env, "WEBHOOK_TIMEOUT_SECONDS", 15),
            webhook_schedule=_schedule(env.get("WEBHOOK_SCHEDULE", "")),
            simulator_port=_number(given, "SIMULATOR_PORT", 8090),
            data_dir=data_dir,
        )


def _server(given: Mapping[str, str], name: str, data_dir: Path) -> str:
    if url := given.get(name):
        return url
    raise Misconfigured(
        f"{name} is not set and no embedded servers run in {data_dir}: start `make run` first, or set {name}."
    )


def _secret(secret: str) -> str:
    if len(secret) < 32 or SAMPLES.search(secret) or len(set(secret)) < 10:
        raise Misconfigured(
            "SECRET_KEY is missing, shorter than 32 characters or a sample: set it to the output of "
            "`python3 -c 'import secrets; print(secrets.token_urlsafe(48))'`."
        )
    return secret


def _keys(text: str) -> dict[str, bytes]:
    try:
        named = dict(part.strip().split(":", 1) for part in text.split(",") if part.strip())
        keys = {name: base64.b64decode(key, validate=True) for name, key in named.items()}
    except ValueError:
        keys = {}
    if not keys or any(_is_weak(key) for key in keys.values()):
        raise Misconfigured(
            "ENCRYPTION_KEYS must be name:key pairs, newest first, each key the base64 of 32 random bytes: "
            "`python3 -c 'import base64, secrets; "
            'print("k1:" + base64.b64encode(secrets.token_bytes(32)).decode())\'`.'
        )
    return keys


def _is_weak(key: bytes) -> bool:
    """Not 32 bytes, or so regular that nobody drew it."""
    steps = {(after - before) % 256 for before, after in pairwise(key)}
    return len(key) != 32 or len(set(key)) < 10 or len(steps) == 1


def _number(env: Mapping[str, str], name: str, default: int, *, least: int = 1) -> int:
    try:
        number = int(env.get(name) or default)
    except ValueError:
        number = least - 1
    if number < least:
        raise Misconfigured(f"{name} must be a whole number, {least} or more.")
    return number


def _one_of(name: str, value: str, known: tuple[str, ...]) -> str:
    if value not in known:
        raise Misconfigured(f"{name} is {value!r}: it must be one of {', '.join(known)}.")
    return value


def _base_url(env: Mapping[str, str]) -> str:
    host, port = env.get("HOST", "127.0.0.1"), env.get("PORT", "8000")
    own = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    text = env.get("BASE_URL") or own
    try:
        parts = urlsplit(text)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Misconfigured(f"BASE_URL is {text!r}: it must be an address like https://crier.example.")
    return text.rstrip("/")


def _egress_allow(text: str) -> str:
    try:
        parse_allow(text)
    except ValueError as error:
        raise Misconfigured(str(error)) from None
    return text


def _seconds(env: Mapping[str, str], name: str, default: float) -> float:
    try:
        seconds = float(env.get(name, default))
    except ValueError:
        seconds = math.nan
    if not 0 < seconds < math.inf:
        raise Misconfigured(f"{name} must be a number of seconds above 0.")
    return seconds


def _schedule(text: str) -> tuple[float, ...]:
    try:
        waits = tuple(float(part) for part in text.split(",")) if text.strip() else SCHEDULE
    except ValueError:
        waits = ()
    if not waits or not all(0 <= wait < math.inf for wait in waits):
        raise Misconfigured(
            "WEBHOOK_SCHEDULE must be seconds between the tries of a delivery, like 0,5,300,1800,7200."
        )
    return waits


def _window(window: int) -> int:
    if not 1 <= window <= 128:
        raise Misconfigured(
            "SEND_WINDOW must be between 1 and 128: that many may be uncertain after a crash."
        )
    return window
