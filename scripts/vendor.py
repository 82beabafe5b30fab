"""Fetch the files under static/vendor/ and the icon sprite from npm, and check them against CHECKSUMS.

`python scripts/vendor.py` makes them again; `--check` only compares what is there, without a network.
A changed version or icon list needs `--update`, which writes the new checksums for review.
"""

import argparse
import hashlib
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "static" / "vendor"
CHECKSUMS = VENDOR / "CHECKSUMS"
SPRITE = ROOT / "static" / "icons.svg"
ICON_NAMES = Path(__file__).with_name("icons.txt")

# npm package and version: {path inside the package: path under static/vendor/}
PACKAGES: dict[str, dict[str, str]] = {
    "htmx.org@2.0.11": {"dist/htmx.min.js": "htmx/htmx.min.js", "LICENSE": "htmx/LICENSE"},
    "htmx-ext-ws@2.0.4": {"dist/ws.min.js": "htmx-ext-ws/ws.min.js", "LICENSE": "htmx-ext-ws/LICENSE"},
    "idiomorph@0.8.0": {
        "dist/idiomorph-ext.min.js": "idiomorph/idiomorph-ext.min.js",
        "LICENSE": "idiomorph/LICENSE",
    },
    "@tabler/core@1.6.1": {"dist/css/tabler.min.css": "tabler/tabler.min.css"},
    "@fontsource-variable/inter@5.3.0": {
        "files/inter-latin-wght-normal.woff2": "inter/inter-latin.woff2",
        "files/inter-latin-ext-wght-normal.woff2": "inter/inter-latin-ext.woff2",
        "LICENSE": "inter/LICENSE",
    },
}
ICONS = "@tabler/icons@3.51.0"
SYMBOL = (
    '<symbol id="{name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75"'
    ' stroke-linecap="round" stroke-linejoin="round">{paths}</symbol>'
)


def fetch(package: str, into: Path) -> Path:
    """Unpack one npm package (npm itself checks its integrity) and return its folder."""
    target = into / re.sub(r"\W", "_", package)
    target.mkdir()
    command = ["npm", "pack", "--silent", "--pack-destination", str(target), package]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    with tarfile.open(next(target.glob("*.tgz"))) as archive:
        archive.extractall(target, filter="data")
    return target / "package"


def symbol(icon: Path) -> str:
    """One icon as a symbol of the sprite, without the empty box every Tabler icon begins with."""
    paths = re.findall(r"<(?:path|circle|line|rect)[^>]*/>", icon.read_text())
    return SYMBOL.format(name=icon.stem, paths="".join(p for p in paths if 'stroke="none"' not in p))


def write_sprite(package: Path) -> None:
    names = ICON_NAMES.read_text().split()
    symbols = [symbol(package / "icons" / "outline" / f"{name}.svg") for name in names]
    SPRITE.write_text('<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n")
    copy(package / "LICENSE", "tabler-icons/LICENSE")


def copy(source: Path, name: str) -> None:
    target = VENDOR / name
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(source.read_bytes())


def remake() -> None:
    with tempfile.TemporaryDirectory() as folder:
        for package, files in PACKAGES.items():
            unpacked = fetch(package, Path(folder))
            for source, name in files.items():
                copy(unpacked / source, name)
        write_sprite(fetch(ICONS, Path(folder)))


def checksums() -> str:
    """The lines `sha256sum` would print for every vendored file, from the folder of CHECKSUMS."""
    files = [f for f in sorted(VENDOR.rglob("*")) if f.is_file() and f != CHECKSUMS]
    lines = [f"{hashlib.sha256(f.read_bytes()).hexdigest()}  {f.relative_to(VENDOR)}" for f in files]
    return "\n".join([*lines, f"{hashlib.sha256(SPRITE.read_bytes()).hexdigest()}  ../icons.svg"]) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare only, fetch nothing")
    parser.add_argument("--update", action="store_true", help="accept the fetched files as the new truth")
    chosen = parser.parse_args()
    if not chosen.check:
        remake()
    if chosen.update:
        CHECKSUMS.write_text(checksums())
    if checksums() != CHECKSUMS.read_text():
        print("The vendored files differ from static/vendor/CHECKSUMS.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
