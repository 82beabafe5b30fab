"""What stands in lists of people besides people: each oddity by name, with what must become of it."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

HEADER = b"phone,name,city\n"
DEFAULT_COUNTRY = "DE"

Lines = Callable[[int], str | bytes]


@dataclass(frozen=True)
class Oddity:
    """One oddity: its line (or lines) for the person with this number, and the fate of its rows.

    `reason` is a part of the sentence for refused rows; `called` is what the person is called afterwards.
    """

    name: str
    lines: Lines
    fate: dict[str, int]
    reason: str = ""
    called: str | None = None
    times: int = 12


def _added(name: str, lines: Lines, called: str | None = None, **more: int) -> Oddity:
    return Oddity(name, lines, {"added": 1} | more, called=called)


def _refused(name: str, lines: Lines, reason: str, times: int = 12) -> Oddity:
    return Oddity(name, lines, {"refused": 1}, reason=reason, times=times)


def mobile(n: int) -> str:
    """A German mobile number, without the +49."""
    return f"151{n:08d}"


def e164(n: int) -> str:
    return f"+49{mobile(n)}"


def _spaced(n: int) -> str:
    return f"+49 (151) {mobile(n)[3:7]}-{mobile(n)[7:]}"


def _arabic(n: int) -> str:
    return "".join(chr(0x660 + int(digit)) for digit in f"0049{mobile(n)}")


NO_ROW: dict[str, int] = {}

ODDITIES = (
    # Numbers
    _added("a number with spaces and brackets", lambda n: f"{_spaced(n)},Ann,Bonn", "Ann"),
    _added("a number that begins with 00", lambda n: f"0049{mobile(n)},Ann,Bonn", "Ann"),
    _added("a national number", lambda n: f"0{mobile(n)},Ann,Bonn", "Ann"),
    _added("a number after an apostrophe", lambda n: f"'{e164(n)},Ann,Bonn", "Ann"),
    _added("a number as a link", lambda n: f"tel:{e164(n)},Ann,Bonn", "Ann"),
    _added("a number that was saved as a decimal", lambda n: f"49{mobile(n)}.0,Ann,Bonn", "Ann"),
    _added("a number in Arabic digits", lambda n: f"{_arabic(n)},Ann,Bonn", "Ann"),
    _added("a number among direction marks", lambda n: f"\u202a{e164(n)}\u202c,Ann,Bonn", "Ann"),
    _added("a number with a full-width plus", lambda n: f"＋49{mobile(n)},Ann,Bonn", "Ann"),
    _added("a number after no-break spaces", lambda n: f"\u00a0\u00a0{e164(n)},Ann,Bonn", "Ann"),
    _added("a byte order mark inside the file", lambda n: f"\ufeff{e164(n)},Ann,Bonn", "Ann"),
    _added("a number in quotation marks", lambda n: f'"{e164(n)}","Ann","Bonn"', "Ann"),
    _refused("a number that a spreadsheet has rounded", lambda n: "4.91512E+12,Ann,Bonn", "rounded"),
    _refused("letters for a number", lambda n: "n/a,Ann,Bonn", "letters"),
    _refused("no number", lambda n: ",Ann,Bonn", "There is no phone number."),
    _refused("a number that is too short", lambda n: "+4915,Ann,Bonn", "too short"),
    _refused("a number that is too long", lambda n: f"{e164(n)}99999,Ann,Bonn", "at most 15 digits"),
    _refused("two numbers in a cell", lambda n: f"{e164(n)} / {e164(n + 1)},Ann,Bonn", "several numbers"),
    _refused("a number with an extension", lambda n: f"{e164(n)} ext. 12,Ann,Bonn", "extension"),
    _refused("a number of nowhere", lambda n: "+0151 1234567,Ann,Bonn", "cannot start with 0"),
    # Names and other text
    _added("a comma inside quotation marks", lambda n: f'{e164(n)},"Smith, Ann",Bonn', "Smith, Ann"),
    _added("doubled quotation marks", lambda n: f'{e164(n)},"Ann ""Annie"" Smith",Bonn', 'Ann "Annie" Smith'),
    _added("a line break inside quotation marks", lambda n: f'{e164(n)},"Ann\r\nSmith",Bonn', "Ann Smith"),
    _added("a quotation mark in the middle", lambda n: f'{e164(n)},Ann 5" Smith,Bonn', 'Ann 5" Smith'),
    _added("a decomposed umlaut", lambda n: f"{e164(n)},Jo\u0308rg,Bonn", "J\u00f6rg"),
    _added("emoji", lambda n: f"{e164(n)},Ann 👩‍👧 🎉,Bonn", "Ann 👩‍👧 🎉"),
    _added("a name from right to left", lambda n: f"{e164(n)},محمد علي,القاهرة", "محمد علي"),
    _added("a NUL", lambda n: f"{e164(n)},An\0n,Bo\0nn", "Ann"),
    _added("control characters", lambda n: f"{e164(n)},A\x01n\x1bn\x7f,Bonn", "Ann"),
    _added("odd spaces", lambda n: f"{e164(n)},  Ann\u2003\u00a0 Smith\t,Bonn", "Ann Smith"),
    _added("a formula", lambda n: f"{e164(n)},=1+1,@SUM(1)", "=1+1"),
    _added("a formula that was guarded", lambda n: f"{e164(n)},'=1+1,'@SUM(1)", "=1+1"),
    _added(
        "SQL",
        lambda n: f"{e164(n)},Robert'); drop table contacts;--,Bonn",
        "Robert'); drop table contacts;--",
    ),
    _added("HTML", lambda n: f"{e164(n)},<script>alert(1)</script>,Bonn", "<script>alert(1)</script>"),
    _added("a placeholder", lambda n: f"{e164(n)},{{{{name}}}},Bonn", "{{name}}"),
    _added("backslashes", lambda n: rf"{e164(n)},\N \. \t,Bonn", r"\N \. \t"),
    _added("the word NULL", lambda n: f"{e164(n)},NULL,null", "NULL"),
    _added("percent signs", lambda n: f"{e164(n)},%s %(name)s :name,Bonn", "%s %(name)s :name"),
    _added("a name of 200 characters", lambda n: f"{e164(n)},{'ß' * 200},Bonn", "ß" * 200),
    _refused("a name of 201 characters", lambda n: f"{e164(n)},{'x' * 201},Bonn", "name is longer"),
    _refused("a NUL in a refused row", lambda n: "n/\0a,A\0nn,Bonn", "letters"),
    _refused("a NUL behind a lost quotation mark", lambda n: f'{e164(n)},"A\0nn"x,Bonn', "A quotation mark"),
    _refused("a cell of more than 4 KB", lambda n: f"{e164(n)},Ann,{'x' * 4097}", "longer than 4,096"),
    _refused(
        "bytes of another encoding", lambda n: f"{e164(n)},".encode() + b"J\xf6rg,Bonn", "can not be read"
    ),
    # Shapes of rows
    _added("no cells after the number", lambda n: e164(n), ""),
    _added("empty cells at the end", lambda n: f"{e164(n)},Ann,Bonn,,,,,", "Ann"),
    _added("spaces after the separators", lambda n: f'{e164(n)}, "Smith, Ann", Bonn', "Smith, Ann"),
    _added("a line end of Windows", lambda n: f"{e164(n)},Ann,Bonn\r", "Ann"),
    _refused("more cells than columns", lambda n: f"{e164(n)},Smith, Ann,Bonn", "more cells"),
    _refused("200 cells", lambda n: f"{e164(n)}" + ",x" * 200, "more cells"),
    _refused("text after a quotation", lambda n: f'{e164(n)},"Ann" Smith,Bonn', "A quotation mark"),
    _refused("a line of 600 KB", lambda n: f"{e164(n)}," + "x" * 600_000, "too long", times=2),
    _refused("a line of 300,000 cells", lambda n: "," * 600_000 + "x", "too long", times=2),
    Oddity(
        "a quotation mark without partner",
        lambda n: f'{e164(n)},"Ann,Bonn\n{e164(n + 1)},Bob,Köln',
        {"refused": 1, "added": 1},
        reason="A quotation mark",
    ),
    Oddity("an empty line", lambda n: "", NO_ROW),
    Oddity("a line of spaces", lambda n: "   ", NO_ROW),
    Oddity("a line of separators", lambda n: ",,", NO_ROW),
    Oddity("a line of empty quotations", lambda n: '"","",""', NO_ROW),
    # People who are there more than once
    Oddity(
        "the same number twice",
        lambda n: f"{e164(n)},Ann,Bonn\n{e164(n)},Ann Smith,Köln",
        {"repeated": 1, "added": 1},
        called="Ann Smith",
    ),
    Oddity(
        "the same number in three spellings",
        lambda n: f"0{mobile(n)},A,Bonn\n0049{mobile(n)},B,Bonn\n{_spaced(n)},C,Bonn",
        {"repeated": 2, "added": 1},
        called="C",
    ),
    Oddity(
        "one number of Brazil with and without its 9",
        lambda n: f"+5511{9_6000_0000 + n:d},A,Rio\n+5511{6000_0000 + n:d},B,Rio",
        {"repeated": 1, "added": 1},
    ),
    Oddity(
        "a good row, then the same number in a refused one",
        lambda n: f"{e164(n)},Ann,Bonn\n{e164(n)},{'x' * 201},Bonn",
        {"added": 1, "refused": 1},
        reason="name is longer",
        called="Ann",
    ),
)


@dataclass
class Expected:
    """What must come of the whole file."""

    fate: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    called: dict[str, str] = field(default_factory=dict)
    odd: int = 0


def odd_file(rows: int) -> tuple[bytes, Expected]:
    """A list of that many rows, with all oddities spread over it."""
    expected = Expected()
    pieces = [HEADER]
    for n, oddity in _spread(rows):
        if oddity is None:
            pieces.append(f"{e164(n)},Person {n},City {n % 50}".encode())
            expected.fate["added"] += 1
            expected.called[e164(n)] = f"Person {n}"
            continue
        lines = oddity.lines(n)
        pieces.append(lines.encode() if isinstance(lines, str) else lines)
        _expect(expected, oddity, n)
    return pieces[0] + b"\n".join(pieces[1:]) + b"\n", expected


def _expect(expected: Expected, oddity: Oddity, n: int) -> None:
    expected.odd += 1
    expected.fate.update(oddity.fate)
    if oddity.reason:
        expected.reasons[oddity.reason] += oddity.fate["refused"]
    if oddity.called is not None:
        expected.called[e164(n)] = oddity.called


def _spread(rows: int) -> Iterator[tuple[int, Oddity | None]]:
    """Numbers for people, and every few ordinary ones an oddity, until there are so many rows."""
    odd = [oddity for turn in range(12) for oddity in ODDITIES if oddity.times > turn]
    left = rows - sum(sum(oddity.fate.values()) for oddity in odd)
    between = left // len(odd)
    n = 10_000_000
    for oddity in odd:
        for _ in range(between):
            yield (n := n + 10), None
        yield (n := n + 10), oddity
    for _ in range(left - between * len(odd)):
        yield (n := n + 10), None
