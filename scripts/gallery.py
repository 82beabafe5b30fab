"""Every component with sample data, for a designer's eye: `python scripts/gallery.py` prints the addresses.

`--shots FOLDER` takes screenshots at 1280 and 390 pixels, light and dark, asks axe, and names what leaves the
content security policy or the width of the page; then it ends with 1 if there was anything to say.
"""

import argparse
import logging
import sys
import threading
from itertools import product
from pathlib import Path
from types import SimpleNamespace

from axe_playwright_python.sync_playwright import Axe
from flask import Flask, Response, flash, render_template
from flask_babel import Babel, format_decimal
from flask_wtf import CSRFProtect, FlaskForm
from jinja2 import FileSystemLoader
from playwright.sync_api import Page, sync_playwright
from werkzeug.serving import make_server
from wtforms import (
    BooleanField,
    EmailField,
    FileField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts import chromium  # noqa: E402
from webapp.domain.statuses import CAMPAIGN_STATUSES, RECIPIENT_STATUSES  # noqa: E402
from webapp.views.headers import CSP  # noqa: E402

ROOMS = "dashboard campaigns contacts groups message_templates messages whatsapp_instances webhooks settings"
# Each page of the gallery and the room it would stand in.
PAGES = {
    "people": "contacts.",
    "live": "campaigns.",
    "wizard": "campaigns.",
    "rest": "settings.",
    "sign_in": "",
    "error": "",
}
SIZES = ((1280, 900), (390, 844))
COUNTS = {"read": 2310, "delivered": 1805, "sent": 1152, "uncertain": 9, "failed": 54, "waiting": 7078}


class SampleForm(FlaskForm):
    name = StringField("Name", [InputRequired(), Length(max=80)], description="Only you see this.")
    content = TextAreaField("Text", [InputRequired(), Length(max=1024)])
    audience = RadioField("Who gets it", choices=[("all", "All contacts"), ("groups", "Groups")])
    groups = SelectMultipleField("Groups", choices=[("1", "Newsletter readers"), ("2", "Regulars")])
    number = SelectField("Number", choices=[("1", "Rosa's Bakery, +49 151 234 567")])
    speed = IntegerField("Speed", description="Meta allows 80 for a new number.")
    file = FileField("File", description="CSV or Excel, up to 50 MB.")
    agree = BooleanField("Send as soon as this is saved", description="It can be paused at any time.")
    email = EmailField("E-mail address", [InputRequired()])
    password = PasswordField("Password", [InputRequired()])


def segment(text: str, *styles: str, href: str | None = None) -> SimpleNamespace:
    return SimpleNamespace(text=text, styles=set(styles), href=href)


SAMPLES = {
    "visitor": SimpleNamespace(
        user=SimpleNamespace(email="rosa@bakery.example"),
        tenant=SimpleNamespace(name="Rosa's Bakery", locale="en"),
        role="owner",
        can=lambda endpoint: True,
    ),
    "people": [
        (1, "Ana Souza", "+55 11 91234-5678", "Newsletter readers", "active", "12 May"),
        (2, "Bernd Ahrens", "+49 151 2345678", "Regulars, Newsletter readers", "active", "12 May"),
        (3, "ليلى حداد", "+962 7 9012 3456", "Regulars", "opted_out", "3 April"),
        (
            4,
            "Maximiliane von Hohenstein-Wittgenbach",
            "+43 660 1234567",
            "Newsletter readers",
            "active",
            "Never",
        ),
        (5, "", "+44 7700 900123", "None", "inactive", "Never"),
    ],
    "counts": COUNTS,
    "urls": {name: f"?status={name}" for name in COUNTS},
    "rates": [0, 12, 40, 62, 78, 80, 79, 77, 80, 74, 31, 12, 48, 70, 80, 79, 80, 78, 79, 80, 76, 78],
    "days": [
        {"label": str(day), "parts": {"read": 40 * (day % 5), "delivered": 22 * (day % 3), "failed": day % 4}}
        for day in range(1, 15)
    ],
    "segments": [
        segment("Good morning "),
        segment("Ana", "bold"),
        segment("! 🥐\n\nOur "),
        segment("summer breakfast", "italic"),
        segment(" is back. Until Sunday "),
        segment("9.90", "strike"),
        segment(" 7.90 with the code "),
        segment("SUN", "mono"),
        segment(".\n\n"),
        segment("https://bakery.example/summer", href="https://bakery.example/summer"),
    ],
    "statuses": {
        "campaign": CAMPAIGN_STATUSES,
        "recipient": RECIPIENT_STATUSES,
        "number": ("unchecked", "checking", "connected", "refused", "paused"),
        "quality": ("GREEN", "YELLOW", "RED", "UNKNOWN"),
    },
    "icon_names": Path(__file__).with_name("icons.txt").read_text().split(),
    "sentence": "There is nothing here.",
    "status": 404,
    "error_id": "7f3a90c1b2de",
}


def gallery() -> Flask:
    app = Flask("gallery", root_path=str(ROOT))
    app.jinja_loader = FileSystemLoader([ROOT / "templates", ROOT / "scripts" / "gallery"])
    app.config.update(SECRET_KEY="shown to nobody", WTF_CSRF_CHECK_DEFAULT=False)
    Babel(app)
    CSRFProtect(app)
    app.add_template_filter(lambda number: format_decimal(number or 0), "numberformat")
    app.after_request(_seal)
    for room in ROOMS.split():
        app.add_url_rule(f"/{room}", f"{room}.index", lambda: "")
    app.add_url_rule("/sign-out", "sign_in.sign_out", lambda: "", methods=["POST"])
    for page, room in PAGES.items():
        app.add_url_rule(f"/gallery/{page}", f"{room}{page}", lambda page=page: _show(page))
    return app


def _seal(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = CSP
    return response


def _show(page: str) -> str:
    form = SampleForm(data={"content": "Hello {{name}}!", "audience": "groups", "groups": ["2"], "speed": 80})
    if page == "wizard":
        form.validate()
    if page == "rest":
        undo = {"url": "/contacts", "fields": [["ids", "1"]]}
        flash({"message": "3 contacts are in the trash.", "undo": undo}, "good")
        flash("The access token was refused. Nothing was sent.", "bad")
    template = "errors/error.html" if page == "error" else f"{page}.html"
    return render_template(template, form=form, **SAMPLES)


def shoot(address: str, folder: Path) -> list[str]:
    """Screenshots of all pages into `folder`; returns a sentence for everything that is wrong."""
    folder.mkdir(parents=True, exist_ok=True)
    wrong: list[str] = []
    with sync_playwright() as playwright:
        browser = chromium.launch(playwright)
        for (width, height), scheme in product(SIZES, ("light", "dark")):
            page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
            page.on(
                "console", lambda said, sink=wrong: sink.append(said.text) if said.type == "error" else None
            )
            for name in PAGES:
                page.goto(f"{address}/gallery/{name}")
                page.screenshot(path=folder / f"{name}-{width}-{scheme}.png", full_page=True)
                wrong += [f"{name} {width} {scheme}: {fault}" for fault in _faults(page, width)]
            page.close()
        browser.close()
    return wrong


def _faults(page: Page, width: int) -> list[str]:
    wide = page.evaluate("document.documentElement.scrollWidth")
    faults = [f"{wide} pixels wide"] if wide > width else []
    for found in Axe().run(page).response["violations"]:
        faults += [f"axe {found['id']}: {node['html'][:160]}" for node in found["nodes"]]
    return faults


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shots", type=Path, metavar="FOLDER", help="take screenshots into it and end")
    chosen = parser.parse_args()
    server = make_server("127.0.0.1", 0, gallery(), threaded=True)
    address = f"http://127.0.0.1:{server.server_port}"
    if not chosen.shots:
        print("\n".join(f"{address}/gallery/{page}" for page in PAGES))
        server.serve_forever()
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    wrong = shoot(address, chosen.shots)
    print("\n".join(wrong) or "Nothing to say.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
