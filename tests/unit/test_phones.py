import json
from contextlib import suppress
from pathlib import Path

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.domain import phone_plans, phones
from webapp.domain.errors import Invalid

FIXTURE = Path(__file__).parents[1] / "fixtures" / "phone_normalization.json"
CASES = json.loads(FIXTURE.read_text(encoding="utf-8"))["cases"]
TAKEN = [case for case in CASES if "e164" in case]
REFUSED = [case for case in CASES if "error" in case]

e164s = st.from_regex(r"\+[1-9][0-9]{6,14}", fullmatch=True)
two_spellings = st.from_regex(r"\+(55[1-9]{2}9?[0-9]{8}|521?[0-9]{10}|549?[0-9]{10})", fullmatch=True)


def refusal(text: str, country: str | None = None) -> str:
    with pytest.raises(Invalid) as refused:
        phones.parse(text, country)
    assert refused.value.field == "phone_number"
    return str(refused.value)


def key(text: str) -> str:
    return phones.parse(text, None).key


@pytest.mark.parametrize("case", TAKEN, ids=[case["input"] for case in TAKEN])
def test_takes_what_the_fixture_takes(case):
    phone = phones.parse(case["input"], case.get("default_country"))
    assert (phone.e164, phone.doubtful) == (case["e164"], case.get("doubtful", False))
    assert phones.match_ids(phone.e164) == case.get("match_ids", [phone.e164[1:]])


@pytest.mark.parametrize("case", REFUSED, ids=[case["error"] for case in REFUSED])
def test_refuses_what_the_fixture_refuses(case):
    refusal(case["input"], case.get("default_country"))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "There is no phone number"),
        (" \u200f ", "There is no phone number"),
        ("-", "There is no phone number"),
        ("+1 800 FLOWERS", "letters"),
        ("n/a", "letters"),
        ("2025550143", "country code is missing"),
        ("+0049 151 23456789", "cannot start with 0"),
        ("000 151 23456789", "cannot start with 0"),
        ("+49 110", "at least 7 digits"),
        ("+1234567890123456", "at most 15 digits"),
        ("0151 23456789 0151 23456780", "at most 15 digits"),
        ("1.2025550143E10", "spreadsheet has rounded"),
        ("1,20256E+10", "spreadsheet has rounded"),
        ("12E10", "spreadsheet has rounded"),
        ("+1 202 555 0143 ext. 5", "no extension"),
        ("+1 202 555 0143x5", "no extension"),
        ("+1 202 555 0143 #5", "no extension"),
        ("tel:+1-202-555-0143;ext=5", "no extension"),
        ("+1 202 555 0143, +1 202 555 0144", "several numbers"),
        ("+1 202 555 0143 +1 202 555 0144", "several numbers"),
        ("+1 202 555 0143 or +1 202 555 0144", "several numbers"),
        ("0151 23456789 / 0151 23456780", "several numbers"),
        ("+12025550143\n+12025550144", "several numbers"),
        ("+1 202 555 0143/44", "several numbers"),
        ("49 151+23456789", "may stand only before"),
        ("+49 151 234*6789", "The character *"),
        ("=HYPERLINK(1)", "letters"),
        ("+12025550143" * 20, "too long to be one"),
    ],
)
def test_says_why_a_number_is_refused(text, reason):
    assert reason in refusal(text)


@pytest.mark.parametrize(
    "text",
    [
        "+4915123456789",
        "+49 151 23456789",
        "+49 (0)151 / 234-567 89",
        "0049 151 23456789",
        "(+49) 151 23456789",
        "+49\u00a0151\u202f23456789",
        "\u202a+49 151 23456789\u202c",
        "+49‑151–23456789",
        "＋４９ １５１ ２３４５６７８９",
        "+४९१५१२३४५६७८९",
        "'+4915123456789",
        '="+4915123456789"',
        "tel:+49-151-23456789",
        "Tel.: +49 151 23456789",
        "whatsapp:+4915123456789",
    ],
)
def test_reads_the_many_ways_to_write_one_number(text):
    assert phones.parse(text, None) == phones.Phone("+4915123456789", "4915123456789", doubtful=False)


@pytest.mark.parametrize(
    ("text", "country", "e164"),
    [
        ("0151 23456789", "DE", "+4915123456789"),
        ("0151/23456789", "de", "+4915123456789"),
        ("03512/3456", "DE", "+4935123456"),
        ("4915123456789", "DE", "+4915123456789"),
        ("4915123456789.0", "DE", "+4915123456789"),
        ("491 5123456", "DE", "+494915123456"),
        ("+1 202 555 0143", "DE", "+12025550143"),
        ("1 202 555 0143", "US", "+12025550143"),
        ("011 49 151 23456789", "US", "+4915123456789"),
        ("06 1234 5678", "IT", "+390612345678"),
        ("31 9000-0123", "BR", "+553190000123"),
        ("5531990000123", "BR", "+5531990000123"),
        ("1 55 0000 0125", "MX", "+525500000125"),
        ("11 15 5000-0126", "AR", "+5491150000126"),
    ],
)
def test_reads_a_national_number_with_its_country(text, country, e164):
    phone = phones.parse(text, country)
    assert (phone.e164, phone.doubtful) == (e164, False)


@pytest.mark.parametrize("text", ["110", "555 0143", "0999 1", "4915123456789"])
def test_refuses_a_national_number_that_its_country_does_not_have(text):
    assert "default country (US)" in refusal(text, "US")


def test_refuses_to_choose_between_two_landlines():
    assert "two numbers" in refusal("468123456", "SE")


@pytest.mark.parametrize("country", [None, "", "XX", "Germany"])
def test_an_unknown_default_country_is_none(country):
    assert "country code is missing" in refusal("0151 23456789", country)


@pytest.mark.parametrize("text", ["+1234567890", "+999 1234567", "+49 101 2345", "+1 202 555 01434"])
def test_takes_what_has_a_country_code_and_flags_it_doubtful(text):
    digits = "".join(ch for ch in text if ch.isdigit())
    assert phones.parse(text, None) == phones.Phone(f"+{digits}", digits, doubtful=True)


def test_one_person_in_two_spellings_has_one_key():
    assert key("+5531990000123") == key("+553190000123")
    assert key("+5511990000124") == key("+551190000124")
    assert key("+525500000125") == key("+5215500000125")
    assert key("+541150000126") == key("+5491150000126")


def test_a_brazilian_landline_gets_no_nine():
    assert key("+551133330000") == "551133330000"
    assert key("+5511933330000") != key("+551133330000")


@given(e164s | two_spellings)
def test_reading_what_was_read_changes_nothing(text):
    phone = phones.parse(text, None)
    assert phones.parse(phone.e164, None) == phone


@given(two_spellings | e164s)
def test_every_id_of_a_person_leads_to_the_same_key(text):
    phone = phones.parse(text, None)
    ids = phones.match_ids(phone.e164)
    assert ids[0] == phone.e164[1:]
    assert {phones.from_wa_id(wa_id).key for wa_id in ids} == {phone.key}


@given(st.text() | st.text("+0123456789 ().-/E,x'", max_size=30), st.sampled_from([None, "US", "BR", "DE"]))
def test_any_text_is_either_taken_or_refused(text, country):
    with suppress(Invalid):
        phone = phones.parse(text, country)
        assert phones.parse(phone.e164, country) == phone


def example_numbers():
    for region in phonenumbers.SUPPORTED_REGIONS:
        for kind in phonenumbers.PhoneNumberType.values():
            if number := phonenumbers.example_number_for_type(region, kind):
                yield phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


@given(st.sampled_from(sorted(set(example_numbers()))), st.integers(2, 14), st.sampled_from("0123456789"))
def test_the_compiled_plans_agree_with_phonenumbers(example, place, digit):
    for text in (
        example,
        f"{example[:place]}{digit}{example[place + 1 :]}",
        f"{example}{digit}",
        example[:-1],
    ):
        with suppress(phonenumbers.NumberParseException):
            theirs = phonenumbers.parse(text, None)
            if phonenumbers.format_number(theirs, phonenumbers.PhoneNumberFormat.E164) == text:
                assert phone_plans.is_valid(text[1:]) == phonenumbers.is_valid_number(theirs)


@pytest.mark.parametrize("wa_id", ["", "abc", "0123456789", "123", "12025550143@c.us", "1202555014312025"])
def test_a_wa_id_that_is_no_number_is_refused(wa_id):
    with pytest.raises(Invalid):
        phones.from_wa_id(wa_id)


@pytest.mark.parametrize(
    ("e164", "written"),
    [
        ("+4915123456789", "+49 1512 3456789"),
        ("+12025550143", "+1 202-555-0143"),
        ("+390612345678", "+39 06 1234 5678"),
        ("+9991234567", "+9991234567"),
    ],
)
def test_a_number_is_pretty_on_pages(e164, written):
    assert phones.pretty(e164) == written


@given(e164s | two_spellings)
def test_pretty_never_shows_other_digits(text):
    e164 = phones.parse(text, None).e164
    assert "".join(ch for ch in phones.pretty(e164) if ch.isdigit()) == e164[1:]


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("+4915123456123", "+49…123"),
        ("4915123456123", "…123"),
        ("+1 (202) 555-0143", "+1…143"),
        ("sent to +4915123456123, then +12025550143.", "sent to +49…123, then +1…143."),
        ("GET /contacts?q=%2B4915123456123", "GET /contacts?q=+49…123"),
        ("true_12025550143@c.us", "true_…143@c.us"),
        ('{"to":"12025550143"}', '{"to":"…143"}'),
        ("took 0.123456 s on 2026-11-22", "took 0.123456 s on 2026-11-22"),
        ("01936d3e-7c1a-7000-8000-123456789012", "01936d3e-7c1a-7000-8000-123456789012"),
        ("12345678-7c1a-7000-8000-12345678901a", "12345678-7c1a-7000-8000-12345678901a"),
        ("", ""),
    ],
)
def test_logs_show_only_the_ends_of_a_number(text, masked):
    assert phones.mask(text) == masked


@given(e164s, st.text(max_size=10), st.text(max_size=10))
def test_no_whole_number_survives_the_mask(number, before, after):
    assert number not in phones.mask(f"{before} {number} {after}")


def test_somebody_without_a_number_has_a_key_of_their_own():
    assert phones.bsuid_key("US.13491208655302741918") == "bsuid:US.13491208655302741918"
    with pytest.raises(Invalid):
        phones.bsuid_key("12025550143")
