"""A CSV file as bytes: whether it is one, how its characters are written, and its text as UTF-8."""

import codecs
import re
from collections.abc import Iterable, Iterator
from typing import Final

from webapp.domain.errors import N_, Invalid

# Every encoding here writes line ends as ASCII does, so that lines can be cut before they are decoded.
ENCODINGS: Final = {
    "utf-8": N_("Unicode (UTF-8 or UTF-16)"),
    "cp1252": N_("Western European (Windows-1252, Latin-1)"),
    "cp1250": N_("Central European (Windows-1250)"),
    "cp1251": N_("Cyrillic (Windows-1251)"),
    "cp1253": N_("Greek (Windows-1253)"),
    "cp1254": N_("Turkish (Windows-1254)"),
    "cp1255": N_("Hebrew (Windows-1255)"),
    "cp1256": N_("Arabic (Windows-1256)"),
    "cp1257": N_("Baltic (Windows-1257)"),
    "gb18030": N_("Chinese, simplified (GB 18030)"),
    "big5": N_("Chinese, traditional (Big5)"),
    "cp932": N_("Japanese (Shift JIS)"),
    "euc_kr": N_("Korean (EUC-KR)"),
}

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

_WORKBOOK: Final = N_(
    "This is an Excel workbook, not a CSV file. Save it in Excel as “CSV UTF-8” and upload that file."
)
_NO_LIST: Final = N_("This is a picture, a document or an archive, not a CSV file.")
_WEB_PAGE: Final = N_("This is a web page or XML, not a CSV file, whatever its name says.")
_NO_TEXT: Final = N_("This is not a text file, so it can not be a CSV file.")
_SIGNATURES: Final = (
    (b"PK\x03\x04", _WORKBOOK),
    (b"\xd0\xcf\x11\xe0", _WORKBOOK),
    (b"\x89PNG", _NO_LIST),
    (b"\xff\xd8\xff", _NO_LIST),
    (b"GIF8", _NO_LIST),
    (b"%PDF", _NO_LIST),
    (b"{\\rtf", _NO_LIST),
    (b"\x1f\x8b", _NO_LIST),
    (b"7z\xbc\xaf", _NO_LIST),
    (b"Rar!", _NO_LIST),
)
_MARKUP: Final = re.compile(rb"\s*<(!doctype|html|\?xml)", re.IGNORECASE)
_CONTROLS: Final = bytes(set(range(32)) - set(b"\t\n\v\f\r\x1a\x1b"))


def refuse_other_files(head: bytes) -> None:
    """Raise Invalid when a file that begins like this is no CSV, with what it seems to be."""
    for signature, sentence in _SIGNATURES:
        if head.startswith(signature):
            raise Invalid("file", sentence)
    if _MARKUP.match(head):
        raise Invalid("file", _WEB_PAGE)
    mark, codec = marked(head)
    text = head[mark:].decode(codec, "ignore").encode() if codec else head
    if len(text.translate(None, _CONTROLS)) < 0.95 * len(text):
        raise Invalid("file", _NO_TEXT)


def marked(head: bytes) -> tuple[int, str | None]:
    """The length of the byte order mark and the encoding it tells; UTF-16 is known without one too."""
    for mark, codec in _MARKS:
        if head.startswith(mark):
            return len(mark), codec
    even, odd = head[0:1000:2], head[1:1000:2]
    if odd.count(0) > len(odd) / 2 and not even.count(0):
        return 0, "utf-16-le"
    return 0, "utf-16-be" if even.count(0) > len(even) / 2 and not odd.count(0) else None


def as_stored(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """The file without its byte order mark, and UTF-16 as UTF-8; other encodings stay as they are."""
    waiting = iter(blocks)
    head = next(waiting, b"")
    mark, codec = marked(head)
    rest = _chained(head[mark:], waiting)
    return _as_utf8(rest, codec) if codec and codec != "utf-8" else rest


def in_pieces(blocks: Iterable[bytes], size: int) -> Iterator[bytes]:
    """The same bytes in pieces of exactly this size, the last one shorter."""
    held = b""
    for block in blocks:
        held += block
        while len(held) >= size:
            yield held[:size]
            held = held[size:]
    if held:
        yield held


class Witness:
    """Sees a file go by and tells whether it is UTF-8, which a file of another encoding hardly ever is."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._fitting = self._broken = 0

    def see(self, block: bytes) -> None:
        text = self._decoder.decode(block)
        self._broken += text.count("\ufffd")
        self._fitting += len(block) - len(text)

    def encoding(self) -> str:
        """UTF-8 also when a row here and there is not; then it is those rows that are refused."""
        return "utf-8" if self._broken <= self._fitting / 10 else "cp1252"


def _as_utf8(blocks: Iterable[bytes], codec: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(codec)("replace")
    for block in blocks:
        yield decoder.decode(block).encode("utf-8", "replace")
    yield decoder.decode(b"", final=True).encode("utf-8", "replace")


def _chained(first: bytes, others: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from others
