"""Faults on demand: what goes wrong, how often, and every dice roll of the program."""

import json
import random
from dataclasses import asdict, dataclass, field, fields
from itertools import accumulate
from pathlib import Path
from typing import Any

BEFORE = ("rate_limited", "server_error", "invalid", "reset")
AFTER = ("drop", "stall", "bad_gateway", "garbage")
OF_CALLBACKS = ("lost", "duplicate", "reorder", "failed", "forged", "unknown")
_SWITCHES = ("window", "pair_limit")
_MAY_BE_NULL = ("messages_per_second", "account_limit")


@dataclass(slots=True)
class Settings:
    """Probabilities from 0 to 1, times in seconds, null for no limit where a limit may be missing."""

    rate_limited: float = 0.0
    server_error: float = 0.0
    invalid: float = 0.0
    reset: float = 0.0
    drop: float = 0.0
    stall: float = 0.0
    bad_gateway: float = 0.0
    garbage: float = 0.0
    lost: float = 0.0
    duplicate: float = 0.0
    reorder: float = 0.0
    failed: float = 0.0
    forged: float = 0.0
    unknown: float = 0.0
    messages_per_second: float | None = 1000.0
    window: bool = False
    pair_limit: bool = False
    account_limit: int | None = None
    seed: int = 1
    stall_seconds: float = 4.0
    sent_seconds: float = 0.05
    delivered_seconds: float = 0.3
    read_seconds: float = 1.0
    held_seconds: float = 2.0
    approval_seconds: float = 2.0
    jitter: float = 0.3


@dataclass(slots=True)
class Faults:
    """The settings in force and the dice, which start anew with every seed."""

    settings: Settings = field(default_factory=Settings)
    dice: random.Random = field(default_factory=lambda: random.Random(1))
    _edges: dict[tuple[str, ...], list[tuple[float, str]]] = field(default_factory=dict)

    def merge(self, change: object) -> None:
        """Take over the given settings, keep the others; ValueError in plain words, and nothing changed."""
        checked = {name: _checked(name, value) for name, value in _as_object(change).items()}
        settings = Settings(**{**asdict(self.settings), **checked})
        for stage in (BEFORE, AFTER):
            if sum(getattr(settings, name) for name in stage) > 1 + 1e-9:
                raise ValueError(f"The probabilities of {', '.join(stage)} are more than 1 together.")
        self._use(settings)
        if "seed" in checked:
            self.dice.seed(settings.seed)

    def reset(self) -> None:
        self._use(Settings())
        self.dice.seed(self.settings.seed)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self.settings)

    def before(self) -> str | None:
        """Which fault of BEFORE hits this post, if any."""
        return self._one_of(BEFORE) if BEFORE in self._edges else None

    def after(self) -> str | None:
        """Which fault of AFTER hits this accepted message, if any."""
        return self._one_of(AFTER) if AFTER in self._edges else None

    def hits(self, name: str) -> bool:
        """Whether one callback fault strikes now."""
        chance: float = getattr(self.settings, name)
        return chance > 0 and self.dice.random() < chance

    def _one_of(self, stage: tuple[str, ...]) -> str | None:
        roll = self.dice.random()
        return next((name for edge, name in self._edges[stage] if roll < edge), None)

    def _use(self, settings: Settings) -> None:
        self.settings = settings
        chances = {stage: [getattr(settings, name) for name in stage] for stage in (BEFORE, AFTER)}
        self._edges = {
            stage: list(zip(accumulate(each), stage, strict=True))
            for stage, each in chances.items()
            if any(each)
        }


def read_faults(path: Path | None) -> Faults:
    """The faults of a file; OSError or ValueError where it can not be read or says what is not known."""
    faults = Faults()
    if path is not None:
        faults.merge(json.loads(path.read_text(encoding="utf-8")))
    return faults


def _as_object(change: object) -> dict[str, Any]:
    if not isinstance(change, dict):
        raise ValueError("Faults are a JSON object.")
    known = {each.name for each in fields(Settings)}
    if strange := sorted(set(change) - known):
        raise ValueError(f"Unknown fault {', '.join(strange)}. Known are: {', '.join(sorted(known))}.")
    return change


def _checked(name: str, value: Any) -> Any:
    if name in _SWITCHES:
        return _must(isinstance(value, bool), value, f"{name} must be true or false.")
    if value is None:
        return _must(name in _MAY_BE_NULL, value, f"{name} must be a number.")
    number = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e12
    if name in (*BEFORE, *AFTER, *OF_CALLBACKS, "jitter"):
        return _must(number and 0 <= value <= 1, value, f"{name} must be a number from 0 to 1.")
    if name in _MAY_BE_NULL:
        return _must(number and value > 0, value, f"{name} must be more than 0, or null for no limit.")
    return _must(number and value >= 0, value, f"{name} must be a number that is not negative.")


def _must(holds: bool, value: Any, sentence: str) -> Any:
    if not holds:
        raise ValueError(sentence)
    return value
