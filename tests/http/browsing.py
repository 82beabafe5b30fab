"""A browser without scripts, over real HTTP: it opens a page, fills in a form that is on it, and sends that form."""

import re
import time
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx

ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
UNSENT = {"submit", "button", "reset", "image", "file"}
Attributes = dict[str, str | None]


@dataclass
class Form:
    """A form as it stands on its page: what it would send untouched, and what it asks for at all."""

    action: str
    values: dict[str, list[str]] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)

    def put(self, name: str | None, value: str | None, *, is_on: bool = True) -> None:
        if name:
            self.names.add(name)
            self.values.setdefault(name, []).extend([value or ""] if is_on else [])

    def filled(self, typed: dict[str, Any]) -> dict[str, list[str]]:
        """What it sends once somebody has typed this into it."""
        assert set(typed) <= self.names, f"{self.action} does not ask for {set(typed) - self.names}"
        return self.values | {
            name: value if isinstance(value, list) else [value] for name, value in typed.items()
        }


class _Page(HTMLParser):
    """The posting forms of a page, in their order."""

    def __init__(self, path: str, html: str) -> None:
        super().__init__()
        self._path = path
        self._form: Form | None = None
        self._select, self._offered, self._chosen = "", list[str](), list[str]()
        self._area: str | None = None
        self._written = ""
        self.forms: list[Form] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self._form = Form(urlsplit(urljoin(self._path, given.get("action") or "")).path)
            self.forms += [self._form] if (given.get("method") or "").lower() == "post" else []
        elif tag == "input" and self._form:
            self._input(self._form, given)
        elif tag == "select":
            self._select, self._offered, self._chosen = given.get("name") or "", [], []
        elif tag == "option":
            self._offered.append(given.get("value") or "")
            self._chosen += self._offered[-1:] if "selected" in given else []
        elif tag == "textarea":
            self._area, self._written = given.get("name"), ""

    def handle_data(self, data: str) -> None:
        self._written += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "textarea" and self._form:
            self._form.put(self._area, self._written.removeprefix("\n").removeprefix("\r\n"))
        elif tag == "select" and self._form:
            chosen = self._chosen or self._offered[:1]
            self._form.put(self._select, chosen[0] if chosen else None, is_on=bool(chosen))

    def _input(self, form: Form, given: Attributes) -> None:
        kind = given.get("type") or "text"
        if kind in ("checkbox", "radio"):
            form.put(given.get("name"), given.get("value", "on"), is_on="checked" in given)
        elif kind not in UNSENT:
            form.put(given.get("name"), given.get("value"))


@dataclass(frozen=True)
class Answer:
    """What a form was answered with. `path` is where it led to, `asked_at` is the clock's time before it was sent."""

    path: str
    text: str
    asked_at: float
    answered_at: float


class Browser:
    """Somebody's browser at the pages of `url`, signed in by a one-time link."""

    def __init__(self, url: str, link_token: str) -> None:
        self._client = httpx.Client(base_url=url, timeout=20)
        self.send(f"/link/{link_token}")

    def close(self) -> None:
        self._client.close()

    @property
    def cookie(self) -> str:
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self._client.cookies.jar)

    def page(self, path: str) -> str:
        """The page at this address, as it is read."""
        return self._client.get(path).raise_for_status().text

    def send(self, path: str, to: str = "", /, **typed: Any) -> Answer:
        """Open this page and send the form on it that goes `to` an address, else back to the page's own."""
        page = self._client.get(path)
        assert page.status_code == 200, (path, page.status_code)
        form = next((one for one in _Page(path, page.text).forms if one.action == (to or path)), None)
        assert form, f"there is no form on {path} that goes to {to or path}"
        manners = {"Origin": str(self._client.base_url).rstrip("/"), "Sec-Fetch-Site": "same-origin"}
        asked_at = time.time()
        answer = self._client.post(form.action, data=form.filled(typed), headers=manners)
        answered_at = time.time()
        assert answer.status_code in (200, 303), (form.action, answer.status_code, answer.text)
        return Answer(answer.headers.get("Location", ""), answer.text, asked_at, answered_at)
