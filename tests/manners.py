"""House manners that every page a test opens must keep."""

import re
from collections import Counter
from html.parser import HTMLParser

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.jumps: set[str] = set()
        self.stack: list[str] = []
        self.faults: list[str] = []
        self.title = self.h1 = ""
        self.h1_count = 0
        self.forms: list[dict[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if identity := given.get("id"):
            self.ids.append(identity)
        if (target := given.get("href") or "").startswith("#") and tag == "a":
            self.jumps.add(target[1:])
        self.faults += [
            f"<{tag} {name}>" for name in given if name == "style" or re.match(r"on[a-z]+$|hx-on", name)
        ]
        if tag == "script" and "src" not in given:
            self.faults.append("an inline script")
        if tag == "style":
            self.faults.append("an inline style")
        if tag == "h1":
            self.h1_count += 1
        if tag == "form":
            self.forms.append({"post": (given.get("method") or "").lower() == "post", "guarded": False})
        if tag == "input" and given.get("name") == "csrf_token" and self.forms:
            self.forms[-1]["guarded"] = True
        if tag not in VOID:
            self.stack.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not self.stack or self.stack[-1] != tag:
            self.faults.append(f"</{tag}> closes {self.stack[-1] if self.stack else 'nothing'}")
        if tag in self.stack:
            while self.stack.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if self.stack[-1:] == ["title"] and "svg" not in self.stack:
            self.title += data
        if "h1" in self.stack:
            self.h1 += data


def check_manners(html: str) -> None:
    """Title equals h1, no doubled ids, jumps end somewhere, every posting form guarded, tags closed, nothing inline."""
    reader = _Reader()
    reader.feed(html)
    assert not reader.faults, reader.faults
    doubled = [identity for identity, count in Counter(reader.ids).items() if count > 1]
    assert not doubled, f"doubled ids: {doubled}"
    assert all(form["guarded"] for form in reader.forms if form["post"]), "a form without its CSRF token"
    if "<html" in html:
        assert reader.jumps <= set(reader.ids), f"nothing to jump to: {reader.jumps - set(reader.ids)}"
        assert reader.h1_count == 1, "one h1"
        assert reader.title.rsplit(" · ", 1)[0].strip() == reader.h1.strip(), (reader.title, reader.h1)
