"""`{{name}}` in a message: found once, filled once, and nothing in a value is ever read as a placeholder."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from webapp.domain.characters import without_format_marks
from webapp.domain.errors import N_, Invalid

# "4096 characters" is all that is known (whatsapp-wire.md A.2). Its request schema says maxLength, which JSON
# Schema counts in code points, as len() does.
MAX_TEXT: Final = 4096
MAX_TEMPLATE_BODY: Final = 1024

_PLACEHOLDER: Final = re.compile(r"(?<!\{)\{\{([^{}\r\n]{1,80})\}\}(?!\})")
# What only an attempt at a placeholder looks like: double braces, in whatever company.
_BROKEN: Final = re.compile(r"\{{2,}[^{}\r\n]*\}*|\{[^{}\r\n]*\}{2,}|(?<![^{}\s])[^{}\s]*\}{2,}")
_LONGEST_PIECE: Final = 40
_BLANKS: Final = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")
_SPACES: Final = re.compile(r"[^\x00-\x1f\x7f-\x9f\u2028\u2029]{1,4}")


@dataclass(frozen=True, slots=True)
class Message:
    """A text with its placeholders found, ready to be filled a million times.

    `names` are as written, `keys` as the values must be keyed, both without repeats.
    """

    text: str
    names: tuple[str, ...]
    keys: tuple[str, ...]
    limit: int
    before: str
    slots: tuple[tuple[str, str, str], ...]  # key, placeholder as written, text up to the next one

    def render(self, values: Mapping[str, str], defaults: Mapping[str, str]) -> str:
        """The text for one recipient, by `key(name)`. An empty value takes the default; unknown names stay.

        Raises Invalid when the result has more characters than WhatsApp takes.
        """
        parts = [self.before]
        for key, written, after in self.slots:
            parts.append(values.get(key) or defaults.get(key) or ("" if key in values else written))
            parts.append(after)
        return _within(self.limit, "".join(parts))

    def missing(self, values: Mapping[str, str], defaults: Mapping[str, str]) -> list[str]:
        """The names, as written, that have neither a value nor a default."""
        return [
            name
            for name, key in zip(self.names, self.keys, strict=True)
            if not (values.get(key) or defaults.get(key))
        ]


def compile(text: str, limit: int = MAX_TEXT) -> Message:
    """Find the placeholders of a text. Malformed ones are text. Raises Invalid when it is too long."""
    found = _found(_within(limit, text))
    borders = [*(at.start() for at, _ in found), len(text)]
    slots = tuple(
        (key(name), at[0], text[at.end() : border])
        for (at, name), border in zip(found, borders[1:], strict=True)
    )
    spelled: dict[str, str] = {}
    for _, name in found:
        spelled.setdefault(key(name), name)
    return Message(text, tuple(spelled.values()), tuple(spelled), limit, text[: borders[0]], slots)


def names(text: str) -> list[str]:
    """The names of the placeholders in the order in which they first appear, as written there."""
    return list(compile(text, limit=len(text)).names)


def broken(text: str) -> list[str]:
    """What looks like a placeholder and is none, piece by piece: it would be sent word for word.

    Single braces are text. A long piece is cut short.
    """
    ends = [0, *(at.end() for at, _ in _found(text))]
    starts = [*(at.start() for at, _ in _found(text)), len(text)]
    between = (text[end:start] for end, start in zip(ends, starts, strict=True))
    pieces = (at[0].strip() for rest in between for at in _BROKEN.finditer(rest))
    return list(dict.fromkeys(map(_shortened, pieces)))


def require_whole(field: str, text: str) -> None:
    """Raise Invalid on `field`, quoting the first piece that looks like a placeholder and is none."""
    for piece in broken(text)[:1]:
        raise Invalid(
            field,
            N_("“%(piece)s” is no placeholder and would be sent word for word. Write it like %(example)s."),
            piece=piece,
            example="{{name}}",
        )


def key(name: str) -> str:
    """What two spellings of one name have in common: {{ First  Name }} and {{first name}}."""
    folded = without_format_marks(unicodedata.normalize("NFKC", name)).casefold()
    return " ".join(folded.split())


def by_key(values: Mapping[str, str]) -> dict[str, str]:
    """The values under the keys that `Message.render` looks for."""
    return {key(name): value for name, value in values.items()}


def template_parameter(value: str) -> str:
    """A value as an approved template takes it: one line, at most four spaces in a row.

    The rule is in whatsapp-wire.md A.3. Raises Invalid when nothing is left.
    """
    cleaned = _BLANKS.sub(lambda run: run[0] if _SPACES.fullmatch(run[0]) else " ", value).strip()
    if not cleaned:
        raise Invalid("message", N_("WhatsApp takes no empty value in an approved template."))
    return cleaned


def _found(text: str) -> list[tuple[re.Match[str], str]]:
    return [(at, name) for at in _PLACEHOLDER.finditer(text) if (name := _name(at[1]))]


def _shortened(piece: str) -> str:
    return piece if len(piece) <= _LONGEST_PIECE else piece[: _LONGEST_PIECE - 1] + "…"


def _name(written: str) -> str | None:
    """Letters, digits and underscores of any script, with single spaces between words."""
    name = " ".join(written.split())
    visible = without_format_marks(name)
    words = all(ch in "_ " or unicodedata.category(ch)[0] in "LMN" for ch in visible)
    return name if words and visible and unicodedata.category(visible[0])[0] != "M" else None


def _within(limit: int, text: str) -> str:
    if len(text) > limit:
        raise Invalid(
            "message",
            N_("The message has %(length)s characters. WhatsApp takes at most %(limit)s."),
            length=len(text),
            limit=limit,
        )
    return text
