"""Passwords: argon2id, at least 10 characters, no guessable ones."""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from webapp.domain.errors import N_, Invalid

# 19 MiB, two passes, one lane: OWASP's minimum, which one small machine can serve.
_hasher = PasswordHasher(memory_cost=19 * 1024, time_cost=2, parallelism=1)

SHORTEST, LONGEST = 10, 128
_FORBIDDEN = ["crier", "whatsapp", "campaign", "dashboard"]


def hashed(password: str, *, about: tuple[str, ...] = ()) -> str:
    """The hash to store.

    Raises:
        Invalid: too short, too long, or guessable (zxcvbn below 3 of 4, knowing `about` the person).
    """
    if len(password) < SHORTEST:
        raise Invalid("password", N_("Use at least %(count)d characters."), count=SHORTEST)
    if len(password) > LONGEST:
        raise Invalid("password", N_("Use at most %(count)d characters."), count=LONGEST)
    if _score(password, about) < 3:
        raise Invalid("password", N_("This is easy to guess. Try a few unrelated words."))
    return _hasher.hash(password)


def matches(password_hash: str | None, password: str) -> bool:
    """Whether the password is right. Takes as long for somebody without one."""
    try:
        return _hasher.verify(password_hash or _nobody(), password) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(password_hash: str) -> bool:
    return _hasher.check_needs_rehash(password_hash)


def rehashed(password: str) -> str:
    return _hasher.hash(password)


def _score(password: str, about: tuple[str, ...]) -> int:
    # Its lists of words take 12 MB, which only a process that is told a new password has to have.
    from zxcvbn import zxcvbn

    return int(zxcvbn(password, user_inputs=[*_FORBIDDEN, *about], max_length=LONGEST)["score"])


@cache
def _nobody() -> str:
    return _hasher.hash("the password of nobody")
