"""Sees to it that there is a Chromium for the browser tests, and prints where.

One that is here is used: in PATH, in the usual place of macOS, or Playwright's own. Else one is installed.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator

from playwright.sync_api import Browser, Playwright, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ON_MACOS = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
# The fonts are for pictures of pages on which people wrote emoji.
PACKAGES = ("chromium", "fonts-noto-color-emoji")
PATIENCE_SECONDS = 900
# A browser that works for us talks to this machine alone.
QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-sync",
    "--no-pings",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)


def find() -> str | None:
    """The first Chromium of this machine that starts."""
    return next(filter(_starts, _candidates()), None)


def flags() -> list[str]:
    """What to start it with. Chromium's sandbox refuses root, whom a container often is."""
    return [*QUIET, *(["--no-sandbox"] if os.geteuid() == 0 else [])]


def launch(playwright: Playwright) -> Browser:
    """The browser of this machine, without a window; Playwright's own when there is none."""
    return playwright.chromium.launch(executable_path=of_machine(), args=flags())


def of_machine() -> str | None:
    """The first that starts and is not Playwright's own, which Playwright finds by itself."""
    return next(filter(_starts, _usual_places()), None)


def install() -> str | None:
    """Playwright's own Chromium, else the system's, which brings the libraries that the other one may miss."""
    ways: tuple[Callable[[], bool], ...] = (_by_playwright, _by_apt)
    return next((found for way in ways if way() and (found := find())), None)


def _usual_places() -> Iterator[str]:
    yield from (path for name in NAMES if (path := shutil.which(name)))
    yield ON_MACOS


def _candidates() -> Iterator[str]:
    yield from _usual_places()
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    yield own


def _starts(path: str) -> bool:
    return os.path.exists(path) and _succeeds([path, "--version"], quietly=True)


def _by_playwright() -> bool:
    return _succeeds([sys.executable, "-m", "playwright", "install", "chromium"])


def _by_apt() -> bool:
    if not shutil.which("apt-get"):
        return False
    as_root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    apt = [*as_root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-y"]
    _succeeds([*apt, "update"])
    return _succeeds([*apt, "install", "--no-install-recommends", *PACKAGES])


def _succeeds(command: list[str], *, quietly: bool = False) -> bool:
    """Whether the command ran and ended well. What it says goes to standard error."""
    output = subprocess.DEVNULL if quietly else sys.stderr
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            timeout=PATIENCE_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def main() -> int:
    if found := find() or install():
        print(f"Browser tests use {found}")
        return 0
    print(
        "The browser tests need Chromium: none was found, and neither Playwright nor apt-get could install one. "
        "Install Chromium or Google Chrome and run this again.",
        file=sys.stderr,
    )
    return 1


if __name__ == "__main__":
    sys.exit(main())
