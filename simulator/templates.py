"""Message templates of each business account, which starts with those of demo_templates.json."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from simulator.errors import GraphError

_DEMO = json.loads(Path(__file__).with_name("demo_templates.json").read_text(encoding="utf-8"))
_VARIABLE = re.compile(r"{{\s*([^{}\s]+)\s*}}")


@dataclass(slots=True)
class Template:
    id: str
    name: str
    language: str
    status: str
    category: str
    parameter_format: str
    components: list[dict[str, Any]]
    rejected_reason: str = "NONE"

    def component(self, kind: str) -> dict[str, Any]:
        """Its HEADER, BODY, FOOTER or BUTTONS; empty where it has none."""
        return next((each for each in self.components if str(each.get("type")).upper() == kind), {})

    def variables(self, kind: str) -> list[str]:
        """The placeholders in the text of a component, each once, in their order."""
        return list(dict.fromkeys(_VARIABLE.findall(self.component(kind).get("text") or "")))

    def filled(self, kind: str, values: list[str]) -> str:
        """The text with these values in the place of its placeholders."""
        by_name = dict(zip(self.variables(kind), values, strict=True))
        return _VARIABLE.sub(lambda found: by_name[found[1]], self.component(kind).get("text") or "")

    def buttons(self) -> list[dict[str, Any]]:
        return self.component("BUTTONS").get("buttons") or []

    def quick_replies(self) -> list[tuple[int, str]]:
        """Position and label of each quick reply."""
        return [
            (at, str(each["text"])) for at, each in enumerate(self.buttons()) if each["type"] == "QUICK_REPLY"
        ]

    def as_dict(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "name": self.name,
            "language": self.language,
            "status": self.status,
            "category": self.category,
            "parameter_format": self.parameter_format,
            "components": self.components,
            "quality_score": {"score": "UNKNOWN"},
            "rejected_reason": self.rejected_reason,
        }


@dataclass(slots=True)
class Templates:
    """Identity is account, name and language; the id differs per language."""

    _accounts: dict[str, dict[tuple[str, str], Template]] = field(default_factory=dict)
    _ids: Iterator[int] = field(default_factory=lambda: count(610000000000001))

    def of(self, account_id: str) -> list[Template]:
        return list(self._book(account_id).values())

    def add(self, account_id: str, name: str, language: str, **rest: Any) -> Template:
        """A new template; ValueError when it exists."""
        book = self._book(account_id)
        if (name, language) in book:
            raise ValueError(f"Template {name} exists already in {language}.")
        template = book[name, language] = Template(str(next(self._ids)), name, language, **rest)
        return template

    def remove(self, account_id: str, name: str, template_id: str | None = None) -> list[Template]:
        """The removed ones: all languages of the name, or the one with this id."""
        book = self._book(account_id)
        gone = [each for each in book.values() if each.name == name and template_id in (None, each.id)]
        for template in gone:
            del book[template.name, template.language]
        return gone

    def named(self, name: str, language: str | None, account_id: str | None) -> list[tuple[str, Template]]:
        """Account and template for each that fits; without an account those of every account known so far."""
        accounts = [account_id] if account_id else list(self._accounts)
        return [
            (account, template)
            for account in accounts
            for template in self.of(account)
            if template.name == name and language in (None, template.language)
        ]

    def to_send(self, account_id: str, name: str, language: str) -> Template:
        """The approved template, or GraphError 132001, 132015 or 132016."""
        template = self._book(account_id).get((name, language))
        if template is None:
            raise GraphError(132001, f"template name ({name}) does not exist in {language}")
        if template.status in ("PAUSED", "DISABLED"):
            raise GraphError(132015 if template.status == "PAUSED" else 132016)
        if template.status != "APPROVED":
            raise GraphError(
                132001, f"template name ({name}) is {template.status} in {language}, not approved"
            )
        return template

    def _book(self, account_id: str) -> dict[tuple[str, str], Template]:
        book = self._accounts.get(account_id)
        if book is None:
            made = [Template(id=str(next(self._ids)), **json.loads(json.dumps(each))) for each in _DEMO]
            book = self._accounts[account_id] = {(each.name, each.language): each for each in made}
        return book
