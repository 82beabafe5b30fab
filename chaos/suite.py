"""The suite: every fault by its name, found in chaos/faults."""

import importlib
import pkgutil

from chaos import faults
from chaos.fault import Fault


def every_fault() -> dict[str, Fault]:
    """All faults by name, in the order of docs/faults.md."""
    modules = [
        importlib.import_module(f"chaos.faults.{found.name}")
        for found in pkgutil.iter_modules(faults.__path__)
    ]
    known: list[Fault] = [module.FAULT for module in modules]
    return {fault.name: fault for fault in sorted(known, key=lambda fault: int(fault.name[1:]))}


def is_awaited(fault: Fault) -> bool:
    """Whether the part of the product that survives this fault is not there."""
    if fault.needs is None:
        return False
    try:
        importlib.import_module(fault.needs)
    except ModuleNotFoundError:
        return True
    return False
