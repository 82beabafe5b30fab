"""How a mutant changes the product: its SQL, word by word. A mutant whose words are not there any more fits no more
and says so, instead of passing for a sane engine."""

import importlib
from typing import Any

from sqlalchemy import TextClause, text


class DoesNotFit(Exception):
    """The product is not written any more as this mutant expects it."""


def swap(module_name: str, old: str, new: str) -> None:
    """Replace these words in every SQL constant of a module."""
    module = importlib.import_module(module_name)
    changed = [name for name, value in vars(module).items() if _swapped(module, name, value, old, new)]
    if not changed:
        raise DoesNotFit(f"{module_name} has no SQL with {old!r}")


def _swapped(module: Any, name: str, value: object, old: str, new: str) -> bool:
    said = str(value) if isinstance(value, str | TextClause) else ""
    if name.startswith("__") or old not in said:
        return False
    made = said.replace(old, new)
    setattr(module, name, made if isinstance(value, str) else text(made))
    return True
