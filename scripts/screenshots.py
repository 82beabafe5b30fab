"""Pictures of Crier at work: `python -m scripts.screenshots` writes those of the README.

It starts everything in a temporary folder and clicks through the demo. `--all FOLDER` instead takes every page that a
link leads to, at 1280 and 390 pixels, light and dark, of the demo and of a tenant that has nothing yet.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from embedded.ports import free_port
from scripts import chromium

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
SIZES = ((1280, 860), (390, 844))
_NOT_OURS = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "ENCRYPTION_KEYS", "HOST", "BASE_URL", "EGRESS_ALLOW")
# People take their time here, so that a picture finds somebody in every state.
_SLOW = {"delivered_seconds": 12, "read_seconds": 34, "jitter": 0.9, "failed": 0.012, "seed": 7}
_IDS = re.compile(
    r"[0-9a-f]{8}-[0-9a-f-]{27}|(?<=\?|&)(older|newer|before|after|next|contact)=[^&]+|code=\d+"
)

_TRIES = 6


@dataclass(frozen=True)
class House:
    """The demo, running; `link` signs in once."""

    link: str
    simulator: str
    environment: dict[str, str]

    @property
    def url(self) -> str:
        return self.link.split("/link/")[0]

    def flask(self, *arguments: str) -> str:
        command = [sys.executable, "-m", "flask", "--app", "wsgi", *arguments]
        return subprocess.run(
            command, cwd=ROOT, env=self.environment, check=True, capture_output=True, text=True
        ).stdout.strip()

    def ask_simulator(self, address: str, **body: object) -> None:
        data = json.dumps(body).encode()
        request = urllib.request.Request(
            f"{self.simulator}/_sim/{address}", data, {"Content-Type": "application/json"}
        )
        urllib.request.urlopen(request, timeout=5).close()


@contextmanager
def house() -> Iterator[House]:
    """Everything from nothing, and nothing left behind."""
    with tempfile.TemporaryDirectory(prefix="crier-pictures-") as folder:
        ports = {"PORT": str(free_port()), "SIMULATOR_PORT": str(free_port())}
        kept = {name: value for name, value in os.environ.items() if name not in _NOT_OURS}
        environment = kept | ports | {"DATA_DIR": folder}
        process = subprocess.Popen(
            [sys.executable, "-m", "embedded", "up"],
            cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        try:
            yield House(_link(process), f"http://127.0.0.1:{ports['SIMULATOR_PORT']}", environment)
        finally:
            process.terminate()
            process.communicate(timeout=60)


def _link(process: subprocess.Popen[str]) -> str:
    said = []
    for line in process.stdout or ():
        said.append(line)
        if line.startswith("Open "):
            return line.split()[1]
    raise SystemExit(f"Crier does not start:\n{''.join(said)}")


def signed_in(browser: Browser, link: str, width: int, height: int, **options: object) -> Page:
    """A page of somebody who came by this link."""
    context = browser.new_context(viewport={"width": width, "height": height}, locale="en-GB", **options)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(link)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/")
    return page


def slow_down(page: Page, url: str, per_second: int) -> None:
    """Let the demo's number take its time."""
    page.goto(f"{url}/numbers")
    page.get_by_role("link", name="Bakery line").click()
    page.get_by_role("link", name="Edit").click()
    page.get_by_label("Messages per second").fill(str(per_second))
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The number is connected")).to_be_visible(timeout=20_000)


def write_campaign(page: Page, url: str, name: str, groups: list[str], template: str) -> None:
    """The wizard up to its schedule, which is left open."""
    page.goto(f"{url}/campaigns/new")
    page.get_by_label("Name of the campaign").fill(name)
    go_on(page)
    for group in groups:
        page.get_by_role("checkbox", name=group).check()
    go_on(page)
    page.get_by_label("Template", exact=True).select_option(label=template)
    go_on(page)


def go_on(page: Page) -> None:
    page.get_by_role("button", name="Save and go on").click()


def start_campaign(page: Page) -> None:
    """From the schedule to the live page."""
    go_on(page)
    page.get_by_role("button", name="Start …").click()
    for asked in page.locator("dialog[open] [data-typed]").all():
        asked.fill(asked.get_attribute("data-typed") or "")
    page.get_by_role("button", name="Start now").click()
    expect(page.locator("[data-campaign-status=running]")).to_be_visible(timeout=20_000)


def wait_for_share(page: Page, share: float) -> None:
    """Until so much of the bar has left."""
    page.wait_for_function(
        "share => parseFloat(document.querySelector('#campaign-bar-waiting-part').getAttribute('width')) < 100 - share",
        arg=100 * share,
        timeout=120_000,
    )


def for_the_readme(browser: Browser, running: House) -> None:
    """docs/images/wizard.png and live.png, twice as fine as they are wide."""
    IMAGES.mkdir(exist_ok=True)
    running.ask_simulator("faults", **_SLOW)
    page = signed_in(browser, running.link, *SIZES[0], device_scale_factor=2)
    slow_down(page, running.url, 15)
    write_campaign(page, running.url, "Weekend special", ["Newsletter", "Regulars"], "Weekend special")
    page.get_by_role("link", name="Audience").click()
    expect(page.locator("#reach-figures strong")).to_be_visible()
    page.set_viewport_size({"width": 1280, "height": 1020})
    page.screenshot(path=IMAGES / "wizard.png", animations="disabled")
    page.set_viewport_size({"width": 1280, "height": 900})
    page.get_by_role("link", name="Schedule").click()
    start_campaign(page)
    wait_for_share(page, 0.62)
    _without_toasts(page)
    page.screenshot(path=IMAGES / "live.png", animations="disabled")


def _without_toasts(page: Page) -> None:
    for close in page.locator("[data-dismiss]").all():
        close.click()
    expect(page.locator("[data-toast]")).to_have_count(0)


def every_page(browser: Browser, running: House, folder: Path) -> None:
    """All that links lead to, of the busy demo and of an empty tenant."""
    page = signed_in(browser, running.link, *SIZES[0])
    _fill_demo(page, running)
    made = json.loads(
        running.flask("tenants", "create", "Rosa's Flowers", "--owner-email", "rosa@example.org", "--json")
    )
    fresh = signed_in(browser, made["setupUrl"], *SIZES[0])
    for name, one in (("demo", page), ("fresh", fresh)):
        state = one.context.storage_state()
        addresses = found_from(one, running.url)
        for (width, height), scheme in product(SIZES, ("light", "dark")):
            context = browser.new_context(
                viewport={"width": width, "height": height}, storage_state=state, locale="en-GB", color_scheme=scheme
            )  # fmt: skip
            _shoot(context.new_page(), addresses, folder / name, f"{width}-{scheme}")
            context.close()


def _fill_demo(page: Page, running: House) -> None:
    """Every kind of thing: a campaign that is over, one that runs, one that waits, drafts, an import, an answer."""
    write_campaign(page, running.url, "Every outcome at once", ["Every outcome"], "Thank you")
    start_campaign(page)
    expect(page.locator("[data-campaign-status=completed]")).to_be_visible(timeout=60_000)
    write_campaign(page, running.url, "Holiday hours", ["Regulars"], "Holiday opening hours")
    page.get_by_label("At a time").check()
    page.get_by_label("Date and time").fill("2031-12-20T09:30")
    go_on(page)
    page.get_by_role("button", name="Schedule …").click()
    page.get_by_role("button", name="Schedule", exact=True).click()
    _import(page, running.url)
    write_campaign(page, running.url, "Thank you, guests", ["Catering customers"], "Thank you")
    slow_down(page, running.url, 10)
    write_campaign(page, running.url, "Weekend special", ["Newsletter"], "Weekend special")
    start_campaign(page)


def _import(page: Page, url: str) -> None:
    rows = [f"Guest {n},+1 212 555 01{n:02d},Boston" for n in range(60)]
    rows += ["No number,,Boston", "Too short,+1212,Boston", "Words,call me,Boston"]
    page.goto(f"{url}/contacts/imports/new")
    content = "\n".join(["Name,Phone,City", *rows]).encode()
    page.get_by_label("CSV file").set_input_files(
        {"name": "guests.csv", "mimeType": "text/csv", "buffer": content}
    )
    page.get_by_role("button", name="Upload").click()
    page.get_by_label("Or into a new group called").fill("Guests of the fair")
    page.get_by_role("button", name="Start the import").click()
    expect(page.get_by_text("Go to contacts")).to_be_visible(timeout=30_000)


def found_from(page: Page, url: str) -> list[str]:
    """An address of every kind of page that links lead to: another status is another kind."""
    waiting, tries, kinds, found = [f"{url}/", f"{url}/no-such-page"], Counter[str](), set(), []
    while waiting:
        address = waiting.pop(0)
        place = _IDS.sub("*", address)
        if tries[place] == _TRIES or not address.startswith(f"{url}/") or address.endswith(".csv"):
            continue
        tries[place] += 1
        page.goto(address)
        kind = (_IDS.sub("*", page.url), *page.locator(".page-title-row .state").all_inner_texts())
        if kind not in kinds:
            kinds.add(kind)
            found.append(page.url)
            waiting += page.eval_on_selector_all("a[href]", "all => all.map(a => a.href.split('#')[0])")
    return found


def _shoot(page: Page, addresses: list[str], folder: Path, suffix: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for number, address in enumerate(addresses):
        page.goto(address)
        page.wait_for_timeout(400)
        name = re.sub(r"[^a-z0-9]+", "-", _IDS.sub("x", address).split("/", 3)[3].lower()).strip("-")
        page.screenshot(
            path=folder / f"{number:02}-{name or 'dashboard'}-{suffix}.png", full_page=True, animations="disabled"
        )  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--all", type=Path, metavar="FOLDER", help="every page into it, for looking at")
    chosen = parser.parse_args()
    with house() as running, sync_playwright() as playwright:
        browser = chromium.launch(playwright)
        if chosen.all:
            every_page(browser, running, chosen.all)
        else:
            for_the_readme(browser, running)
        browser.close()
    print(f"The pictures are in {chosen.all or IMAGES.relative_to(ROOT)}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
