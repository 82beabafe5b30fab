"""Registered numbers and addresses on disk beside the ledger, so that a restart still calls back."""

import json
import os
import sys
from pathlib import Path
from typing import Any

from simulator.numbers import Number, Numbers, Token


def path_beside(ledger: Path) -> Path:
    return ledger.with_name(ledger.name + ".state.json")


def load(path: Path) -> Numbers:
    """What was saved; nothing known, with a word on stderr, where the file can not be understood."""
    try:
        return _numbers(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return Numbers()
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        print(f"simulator: {path} can not be read ({error}); starting with no known numbers", file=sys.stderr)
        return Numbers()


def save(path: Path, numbers: Numbers) -> None:
    """Replace the file in one step, if anything changed; a word on stderr where that fails."""
    if not numbers.is_dirty:
        return
    numbers.is_dirty = False
    fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        with open(
            os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8"
        ) as file:
            json.dump(_plain(numbers), file, indent=1)
        fresh.replace(path)
    except OSError as error:
        print(f"simulator: {path} can not be written ({error})", file=sys.stderr)


def _plain(numbers: Numbers) -> dict[str, Any]:
    return {
        "numbers": [
            {
                "id": number.id,
                "appSecret": number.app_secret,
                "url": number.url,
                "businessAccountId": number.account_id,
                "token": number.token,
                "display": number.display,
            }
            for number in numbers.known.values()
        ],
        "addresses": numbers.addresses,
        "accountsOfTokens": {
            key: token.account_id for key, token in numbers.tokens.items() if token.account_id
        },
    }


def _numbers(plain: dict[str, Any]) -> Numbers:
    known = [
        Number(
            each["id"],
            each["appSecret"],
            each["url"],
            each["businessAccountId"],
            each["token"],
            each["display"],
        )
        for each in plain["numbers"]
    ]
    return Numbers(
        {number.id: number for number in known},
        dict(plain["addresses"]),
        {key: Token(account_id) for key, account_id in plain["accountsOfTokens"].items()},
    )
