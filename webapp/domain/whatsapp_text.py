"""How WhatsApp shows a text: bold, italic, struck, code, lists, quotes and links, in pieces."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from webapp.domain import links

_STYLES: Final = {"*": "bold", "_": "italic", "~": "strike"}

# A marker hugs its words and stands at a word's border: 2*3*4 and snake_case_name stay as they are.
_OPENS: Final = re.compile(r"(?<![^\W_])(?:\*(?![\s*])|_(?![\s_])|~(?![\s~]))")
_CLOSES: Final = {mark: re.compile(rf"(?<![\s{mark}])\{mark}(?![^\W_])") for mark in _STYLES}
_CODE: Final = re.compile(
    r"```(?=\s*[^\s`])(?P<mono>.+?)```|`(?=[^\S\n]*[^\s`])(?P<code>[^`\n]+)`", re.DOTALL
)
_BLOCK: Final = re.compile(r"(?P<quote>> )|(?P<bullet>[-*] )(?=\S)|(?P<number>\d{1,9}\.) (?=\S)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of text with one look: any of bold, italic, strike, mono, code, quote; links have a href."""

    text: str
    styles: frozenset[str] = frozenset()
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One line. Its kind is text, quote, bullet or number; the marker is what stands before the last two."""

    kind: str
    segments: tuple[Segment, ...]
    marker: str = ""


class _Atom(NamedTuple):
    """A stretch in which no marker counts: code or a link."""

    start: int
    end: int
    segment: Segment


def segments(text: str) -> list[Segment]:
    """The text as it appears on a phone, in order; line breaks are segments of their own."""
    shown: list[Segment] = []
    for line in lines(text):
        shown.append(Segment("\n"))
        if line.marker:
            shown.append(Segment(f"{line.marker} "))
        quoted = {"quote"} if line.kind == "quote" else set()
        shown.extend(replace(segment, styles=segment.styles | quoted) for segment in line.segments)
    return shown[1:]


def lines(text: str) -> list[Line]:
    """The text line by line, for a page that draws quotes and lists as blocks. Code may span lines."""
    return list(_Reading(text.replace("\r\n", "\n")).lines())


class _Reading:
    """One text with its atoms found. `shape` has letters in their place, to hide the markers inside."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.atoms = list(_atoms(text))
        self.starts = [atom.start for atom in self.atoms]
        shape = list(text)
        for atom in self.atoms:
            shape[atom.start : atom.end] = "a" * (atom.end - atom.start)
        self.shape = "".join(shape)

    def lines(self) -> Iterator[Line]:
        start = 0
        for line in self.shape.split("\n"):
            end = start + len(line)
            block = _BLOCK.match(self.shape, start, end)
            kind = (block and block.lastgroup) or "text"
            marker = {"bullet": "•", "number": block["number"] if block else ""}.get(kind, "")
            first = block.end() if block else start
            yield Line(kind, tuple(self.styled(first, end, frozenset())), marker)
            start = end + 1

    def styled(self, start: int, end: int, styles: frozenset[str]) -> Iterator[Segment]:
        done, unclosed = start, set(styles)
        position = start
        while opens := _OPENS.search(self.shape, position, end):
            mark, position = opens[0], opens.end()
            closes = None
            if _STYLES[mark] not in unclosed:
                closes = _CLOSES[mark].search(self.shape, position + 1, end)
            if closes is None:
                unclosed.add(_STYLES[mark])
                continue
            yield from self.plain(done, opens.start(), styles)
            yield from self.styled(position, closes.start(), styles | {_STYLES[mark]})
            done = position = closes.end()
        yield from self.plain(done, end, styles)

    def plain(self, start: int, end: int, styles: frozenset[str]) -> Iterator[Segment]:
        for atom in self.atoms[bisect_left(self.starts, start) : bisect_left(self.starts, end)]:
            if start < atom.start:
                yield Segment(self.text[start : atom.start], styles)
            yield replace(atom.segment, styles=atom.segment.styles | styles)
            start = atom.end
        if start < end:
            yield Segment(self.text[start:end], styles)


def _atoms(text: str) -> Iterator[_Atom]:
    done = 0
    for code in _CODE.finditer(text):
        yield from _links(text, done, code.start())
        style = code.lastgroup or ""
        yield _Atom(code.start(), code.end(), Segment(code[style], frozenset({style})))
        done = code.end()
    yield from _links(text, done, len(text))


def _links(text: str, start: int, end: int) -> Iterator[_Atom]:
    for link in links.find(text[start:end]):
        shown = text[start + link.start : start + link.end]
        yield _Atom(start + link.start, start + link.end, Segment(shown, href=link.href))
