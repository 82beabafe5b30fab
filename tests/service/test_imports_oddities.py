import time
from collections import Counter

from tests.imports import bring, counts, people
from tests.oddities import DEFAULT_COUNTRY, HEADER, ODDITIES, Oddity, e164, odd_file
from tests.people import Person
from webapp.db import db
from webapp.models.imports import ImportRow
from webapp.services.imports import refused, sentences
from webapp.services.imports.preview import Reading

ROWS = 10_000
GERMANY = Reading(encoding="utf-8", default_country=DEFAULT_COUNTRY)


def test_each_oddity_alone_costs_its_neighbours_nothing(owner: Person) -> None:
    wrong = {}
    for n, oddity in enumerate(ODDITIES):
        got = _alone(owner, oddity, 20_000_000 + 100 * n)
        due = (Counter(oddity.fate) + Counter(added=2), oddity.called, bool(oddity.reason))
        if got != due:
            wrong[oddity.name] = (got, due)
    assert not wrong


def test_ten_thousand_rows_with_every_oddity_are_all_accounted_for(owner: Person) -> None:
    data, expected = odd_file(ROWS)
    assert expected.odd >= 300
    began = time.perf_counter()
    run = bring(owner.tenant_id, data, reading=GERMANY)
    print(
        f"\n{ROWS:,} rows with {expected.odd} oddities, {len(data) / 1e6:.1f} MB: {time.perf_counter() - began:.1f} s"
    )
    assert run.status == "completed"
    assert run.read_rows == ROWS
    assert counts(run) == expected.fate
    found = people(owner.tenant_id)
    wrong = {number: name for number, name in expected.called.items() if found[number].name != name}
    assert not wrong
    assert _reasons(run.id) == expected.reasons


def test_the_odd_file_again_changes_nothing(owner: Person) -> None:
    data, expected = odd_file(2_000)
    bring(owner.tenant_id, data, reading=GERMANY)
    before = {
        number: (one.name, one.attributes, one.updated_at) for number, one in people(owner.tenant_id).items()
    }
    again = counts(bring(owner.tenant_id, data, reading=GERMANY))
    assert again == {"unchanged": expected.fate["added"]} | {
        k: expected.fate[k] for k in ("repeated", "refused")
    }
    after = {
        number: (one.name, one.attributes, one.updated_at) for number, one in people(owner.tenant_id).items()
    }
    assert after == before


def test_the_refused_rows_come_back_with_their_cells_and_mended_they_come_in(owner: Person) -> None:
    data = HEADER + b"12,Ann,Bonn\n" + f"{e164(5)},Bob,Bonn\n".encode() + b'nope,"=cmd|\' /C calc",+49\n'
    run = bring(owner.tenant_id, data)
    text = "".join(refused.as_csv(run, ("Row in the file", "Reason"), str))
    lines = text.removeprefix("\ufeff").splitlines()
    assert lines[0] == "phone,name,city,Row in the file,Reason"
    assert lines[1].startswith("12,Ann,Bonn,1,")
    assert lines[2].startswith("nope,'=cmd|' /C calc,'+49,3,")
    mended = text.replace("12,", f"{e164(6)},").replace("nope,", f"{e164(7)},")
    assert counts(bring(owner.tenant_id, mended)) == {"added": 2}
    found = people(owner.tenant_id)[e164(7)]
    assert (found.name, found.attributes) == ("=cmd|' /C calc", {"city": "+49"})


def _alone(owner: Person, oddity: Oddity, n: int) -> tuple[Counter[str], str | None, bool]:
    """What becomes of its rows, of its person's name, and whether its sentence is the only reason given."""
    lines = oddity.lines(n)
    odd = lines.encode() if isinstance(lines, str) else lines
    before, after = f"{e164(n + 50)},Ordinary,Köln\n", f"\n{e164(n + 51)},Last,Köln\n"
    run = bring(owner.tenant_id, HEADER + before.encode() + odd + after.encode(), reading=GERMANY)
    found = people(owner.tenant_id)
    assert (found[e164(n + 50)].name, found[e164(n + 51)].name) == ("Ordinary", "Last")
    reasons = [oddity.reason in str(one.refusal) for one in refused.reasons(run)]
    called = found[e164(n)].name if oddity.called is not None else None
    return Counter(counts(run)), called, reasons == [True]


def _reasons(run_id: object) -> Counter[str]:
    rows = db.session.scalars(db.select(ImportRow.reason).where(ImportRow.import_run_id == run_id)).all()
    told = [str(sentences.told(reason)) for reason in rows if reason]
    known = {oddity.reason for oddity in ODDITIES if oddity.reason}
    return Counter(next(part for part in known if part in sentence) for sentence in told)
