"""What is vendored is what was reviewed, and what templates ask for is there."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))


def test_vendored_files_and_icons_match_their_checksums() -> None:
    checked = subprocess.run(
        [sys.executable, ROOT / "scripts/vendor.py", "--check"], capture_output=True, text=True
    )
    assert checked.returncode == 0, checked.stderr


def test_every_icon_that_a_template_names_is_in_the_sprite() -> None:
    sprite = set(re.findall(r'<symbol id="([^"]+)"', (ROOT / "static/icons.svg").read_text()))
    asked = r'(?:\bicon\(|\bicon=|\bmedia=|empty_state\()"([a-z0-9-]+)"'
    missing = {
        (t.name, name) for t in TEMPLATES for name in re.findall(asked, t.read_text()) if name not in sprite
    }
    assert not missing


def test_every_static_file_that_a_template_names_is_there() -> None:
    named = {name for t in TEMPLATES for name in re.findall(r"'static', filename='([^']+)'", t.read_text())}
    assert named
    assert not {name for name in named if not (ROOT / "static" / name).is_file()}
