import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.egress.rules import METADATA, NOT_HTTPS, PORT, PRIVATE, Rules, parse_allow
from webapp.egress.urls import AddressRefused, check_url, read_url

LOOPBACK_SPELLINGS = [
    "127.0.0.1",
    "127.1",
    "127.0.1",
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "0177.0.0.1",
    "017700000001",
    "127.0.0.1.",
    "１２７.０.０.１",
    "127。0。0。1",
    "①②⑦.⓪.⓪.①",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[0:0:0:0:0:0:0:1]",
    "[::127.0.0.1]",
]


def refusal(url: str, rules: Rules | None = None) -> str:
    with pytest.raises(AddressRefused) as caught:
        read_url(url, rules or Rules())
    return caught.value.message


@pytest.mark.parametrize("host", LOOPBACK_SPELLINGS)
def test_every_spelling_of_this_machine_is_seen_through(host):
    assert refusal(f"https://{host}/x") == PRIVATE


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST.", "ｌｏｃａｌｈｏｓｔ"])
def test_a_name_that_stands_for_this_machine_is_refused_when_it_is_looked_up(host):
    with pytest.raises(AddressRefused) as caught:
        check_url(f"https://{host}/", Rules())
    assert caught.value.message == PRIVATE


def test_one_private_machine_among_those_of_a_name_refuses_the_name(monkeypatch):
    both = [(socket.AF_INET, 1, 6, "", ("8.8.8.8", 443)), (socket.AF_INET6, 1, 6, "", ("fd00::1", 443, 0, 0))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: both)
    with pytest.raises(AddressRefused, match="private network"):
        check_url("https://mixed.example/", Rules())


def test_a_name_that_nobody_knows_is_refused_with_a_sentence():
    with pytest.raises(AddressRefused, match="No machine of that name"):
        check_url("https://no-such-name.invalid/", Rules())


def test_what_the_operator_allows_passes_the_look_up():
    assert (
        check_url("http://127.0.0.1:8090/v23.0", parse_allow("127.0.0.1/32:8090"))
        == "http://127.0.0.1:8090/v23.0"
    )


@pytest.mark.parametrize(
    ("typed", "real"),
    [
        ("https://EXAMPLE.com", "https://example.com/"),
        ("HTTPS://example.com:443/a?b=c#d", "https://example.com/a?b=c"),
        ("https://example.com:8443/hook", "https://example.com:8443/hook"),
        ("https://exámple.com/ä b".replace(" ", "%20"), "https://xn--exmple-qta.com/%C3%A4%20b"),
        ("https://ｅｘａｍｐｌｅ．com/", "https://example.com/"),
        ("  https://example.com./hook  ", "https://example.com/hook"),
        ("https://[2606:4700:0:0::1111]/", "https://[2606:4700::1111]/"),
        ("https://a_b.example.com/", "https://a_b.example.com/"),
    ],
)
def test_an_address_gets_its_one_true_spelling(typed, real):
    assert read_url(typed, Rules()).url == real


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.com",
        "//example.com",
        "ftp://example.com",
        "file:///etc/passwd",
        "gopher://example.com",
        "javascript:alert(1)",
        "https://",
        "https:///x",
        "https://user@example.com",
        "https://user:secret@example.com",
        "https://example.com@evil.example",
        "https://exa mple.com",
        "https://example.com\\@evil.example",
        "https://example.com/a\nb",
        "https://example.com:99999",
        "https://example.com:x",
        "https://exa%6dple.com",
        "https://[::1",
        "https://[fe80::1%25eth0]/",
        "https://[v1.x]/",
        "https://1.2.3.4.5",
        "https://1.2.3.256",
        "https://-",
        "https://.",
        "https://a..b",
        "https://" + "a" * 64 + ".com",
        "https://example.com/" + "a" * 2048,
    ],
)
def test_what_is_no_address_of_the_web_is_refused(url):
    assert refusal(url).endswith(".")


def test_schemes_and_ports_are_judged_without_a_name_server_when_the_host_is_an_address():
    assert refusal("http://8.8.8.8/") == NOT_HTTPS
    assert refusal("https://8.8.8.8:6379/") == PORT
    assert refusal("http://169.254.169.254/latest/", parse_allow("0.0.0.0/0:1-65535")) == METADATA


@given(st.text(max_size=60), st.sampled_from(["", "https://", "http://", "https://["]))
def test_nothing_that_can_be_typed_breaks_it(text, before):
    try:
        target = read_url(before + text, Rules())
    except AddressRefused:
        return
    assert target.url.isascii()
    assert read_url(target.url, Rules()) == target
