"""Which files are taken: every encoding, separator and header, and a clear sentence for what is no list."""

import codecs
import io
import tracemalloc

import pytest

from tests.imports import bring, counts, people, upload_list
from tests.people import Person
from webapp.db import db
from webapp.domain.errors import Invalid
from webapp.models.imports import ImportChunk, ImportRow
from webapp.services.imports import limits, reading, runs
from webapp.services.imports.preview import Reading, preview
from webapp.services.imports.upload import upload

ANN, BOB = "+4915110000001", "+4915110000002"

ENCODINGS = {
    "UTF-8": ("utf-8", b""),
    "UTF-8 with mark": ("utf-8", codecs.BOM_UTF8),
    "Latin-1": ("latin-1", b""),
    "Windows-1252": ("cp1252", b""),
    "UTF-16 LE": ("utf-16-le", codecs.BOM_UTF16_LE),
    "UTF-16 BE": ("utf-16-be", codecs.BOM_UTF16_BE),
    "UTF-16 LE without mark": ("utf-16-le", b""),
}
LINE_ENDS = {"Unix": "\n", "Windows": "\r\n", "old Mac": "\r"}


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"], ids=["comma", "semicolon", "tab", "bar"])
def test_every_separator_in_every_encoding_with_every_line_end(owner: Person, delimiter: str) -> None:
    for number, (encoding, mark) in enumerate(ENCODINGS.values()):
        for line_end in LINE_ENDS.values():
            rows = (
                ["Name", "Größe", "Handy"],
                ["Jörg", f'"Zeile{line_end}zwei{delimiter}drei"', ANN],
                ["Zoë", "ÄÖÜ", BOB],
            )
            text = line_end.join(delimiter.join(row) for row in rows)
            run = bring(owner.tenant_id, mark + text.encode(encoding))
            assert counts(run) == ({"added": 2} if not number and line_end == "\n" else {"unchanged": 2})
    found = people(owner.tenant_id)
    assert (found[ANN].name, found[ANN].attributes) == ("Jörg", {"Größe": f"Zeile\nzwei{delimiter}drei"})
    assert (found[BOB].name, found[BOB].attributes) == ("Zoë", {"Größe": "ÄÖÜ"})


@pytest.mark.parametrize(
    ("encoding", "name"),
    [("cp1250", "Łukasz Żółć"), ("cp1251", "Дмитрий"), ("cp1253", "Γιώργος"), ("cp1254", "Işıl Ğ"),
     ("cp1256", "محمد"), ("gb18030", "王小明"), ("cp932", "山田太郎ソ"), ("euc_kr", "김철수"), ("big5", "陳大文功")],
)  # fmt: skip
def test_other_encodings_are_a_choice(owner: Person, encoding: str, name: str) -> None:
    data = f'name,phone\n"{name}",{ANN}\n'.encode(encoding)
    bring(owner.tenant_id, data, reading=Reading(encoding=encoding))
    assert people(owner.tenant_id)[ANN].name == name


def test_a_file_that_names_its_separator_as_excel_does(owner: Person) -> None:
    assert counts(bring(owner.tenant_id, f"sep=;\r\nname;phone\r\nA, B, C;{ANN}\r\n")) == {"added": 1}
    assert people(owner.tenant_id)[ANN].name == "A, B, C"


def test_headers_that_are_unknown_doubled_missing_or_too_few(owner: Person) -> None:
    data = f"Phone,Shoe size,Tag,tag,,Phone\n{ANN},44,a,b,nameless,{BOB},surplus\n{BOB},45,c,d,,,\n"
    run = upload_list(owner.tenant_id, data)
    seen = preview(run, Reading())
    assert [column.header for column in seen.columns][:5] == ["Phone", "Shoe size", "Tag", "tag", ""]
    targets = [column.target for column in seen.columns]
    assert targets == [
        "phone_number",
        "attribute:Shoe size",
        "attribute:Tag",
        "attribute:tag 2",
        "",
        "attribute:Phone 2",
    ]
    assert counts(bring(owner.tenant_id, data)) == {"added": 1, "refused": 1}
    assert people(owner.tenant_id)[BOB].attributes == {"Shoe size": "45", "Tag": "c", "tag 2": "d"}


def test_columns_that_the_header_forgot_are_columns_without_a_name(owner: Person) -> None:
    run = upload_list(owner.tenant_id, f"phone,name\n{ANN},Ann,Bonn\n{BOB},Bob,Köln\n")
    assert [column.header for column in preview(run, Reading()).columns] == ["phone", "name", ""]


def test_a_file_without_header_is_seen_to_have_none_and_either_can_be_chosen(owner: Person) -> None:
    data = f"Ann Smith,{ANN}\nBob Jones,{BOB}\n"
    seen = preview(upload_list(owner.tenant_id, data), Reading())
    assert seen.reading.has_header is False
    assert [column.target for column in seen.columns] == ["name", "phone_number"]
    assert counts(bring(owner.tenant_id, data)) == {"added": 2}
    forced = Reading(has_header=True)
    assert counts(bring(owner.tenant_id, data, reading=forced, targets=["name", "phone_number"])) == {
        "unchanged": 1
    }


def test_a_column_of_numbers_alone_is_a_list(owner: Person) -> None:
    assert counts(bring(owner.tenant_id, f"{ANN}\n{BOB}")) == {"added": 2}


def test_empty_lines_before_the_header_and_at_the_end_are_no_rows(owner: Person) -> None:
    run = bring(owner.tenant_id, f"\n\n;;\nname;phone\n\nAnn;{ANN}\n;;;\n\n\n")
    assert (run.read_rows, counts(run)) == (1, {"added": 1})


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "This file is empty."),
        (b"\n\n  \n,,,\n", "no rows"),
        (b"PK\x03\x04\x14\x00\x06\x00" + b"\0" * 100, "Excel workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100, "Excel workbook"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "picture, a document or an archive"),
        (b"%PDF-1.7\n", "picture, a document or an archive"),
        (b"  <!DOCTYPE html><html><table>", "web page or XML"),
        (b'<?xml version="1.0"?><Workbook>', "web page or XML"),
        (bytes(range(256)) * 20, "not a text file"),
        (b"phone,name\n", "nobody in this file"),
        (b",".join(b"c%d" % n for n in range(101)) + b"\n" + ANN.encode() + b"\n", "101 columns. At most 100"),
        (b"," * 10_000_000, "no rows"),
        (b"x," * 5_000_000, "columns. At most 100"),
        (b"x" * 2_000_000, "too long to be one row"),
        (b'"x,"y\n' * 3, "quotation mark"),
    ],
)  # fmt: skip
def test_what_is_no_list_is_refused_with_a_sentence_and_leaves_nothing(
    owner: Person, data: bytes, sentence: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        upload_list(owner.tenant_id, data)
    assert refusal.value.field == "file"
    assert sentence in str(refusal.value)
    assert db.session.scalar(db.select(db.func.count()).select_from(ImportChunk)) == 0
    assert runs.listed(owner.tenant_id).items == []


class _Endless(io.RawIOBase):
    """A file of so many bytes that is never in memory: what a browser sends of a huge one."""

    def __init__(self, beginning: bytes, filling: bytes, size: int) -> None:
        self._beginning, self._filling, self._left = beginning, filling, size

    def read(self, size: int = -1) -> bytes:
        piece = (self._beginning + self._filling * (size // len(self._filling) + 1))[: min(size, self._left)]
        self._beginning = b""
        self._left -= len(piece)
        return piece


def test_a_file_that_is_too_large_is_refused_without_being_held(owner: Person) -> None:
    beginning = f"phone,name\n{BOB},Bob\n{ANN},".encode()
    exact = upload(
        owner.tenant_id, None, file_name="a.csv", stream=_Endless(beginning, b"x", limits.MAX_BYTES)
    )
    assert exact.size == limits.MAX_BYTES
    tracemalloc.start()
    with pytest.raises(Invalid, match="larger than 50 MB"):
        upload(owner.tenant_id, None, file_name="b.csv", stream=_Endless(beginning, b"x", 2**30))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 30_000_000


def test_a_line_of_50_mb_is_one_refused_row_and_the_next_one_lives(owner: Person) -> None:
    line = b"phone,name\n+4915110000002,Bob\n" + b"x" * 40_000_000 + b"\n" + ANN.encode() + b",Ann\n"
    tracemalloc.start()
    run = bring(owner.tenant_id, line)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert counts(run) == {"added": 2, "refused": 1}
    assert peak - 2 * len(line) < 30_000_000


def test_more_rows_than_the_limit_fail_the_import_and_bring_nobody_in(
    owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "MAX_ROWS", 5_000)
    run = bring(owner.tenant_id, "phone\n" + "".join(f"+49151{10_000_000 + n}\n" for n in range(5_001)))
    assert run.status == "failed"
    assert "more than 1,000,000 rows" in str(runs.failure(run))
    assert people(owner.tenant_id) == {}
    assert db.session.scalar(db.select(db.func.count()).select_from(ImportRow)) == 0
