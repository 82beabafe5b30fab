"""Where calls do not go, and what they do not carry."""

import time

import pytest

from tests.http.raw_server import answer, http, only, raw_server
from webapp.egress.answer import Fate, Problem
from webapp.egress.client import Flight, request
from webapp.egress.rules import NOT_HTTPS, PRIVATE, Rules, parse_allow

ANY_PORT = parse_allow("127.0.0.1/32:1-65535")
FULL_WIDTH = "１２７.０.０.１"
LOOPBACKS = ["127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", FULL_WIDTH, "127.0.0.1."]


@pytest.mark.parametrize("host", [*LOOPBACKS, "localhost", "localhost.", "[::ffff:127.0.0.1]"])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_machine_that_is_not_allowed_never_sees_a_connection_however_it_is_spelled(host, scheme):
    with raw_server() as server:
        url = f"{scheme}://{host}:{server.port}/"
        refused = request("POST", url, rules=parse_allow("127.0.0.2/32:1-65535"), body=b"{}", deadline=5)
        time.sleep(0.02)
        assert server.connections == 0
    assert (refused.fate, refused.problem) == (Fate.NOT_SENT, Problem.ADDRESS)
    assert refused.sentence == PRIVATE


def test_the_wall_stands_at_the_connection_also_for_a_name_that_was_fine_when_it_was_saved():
    """`localhost` stands for any name whose owner points it elsewhere later."""
    with raw_server() as server, Flight(parse_allow("10.0.0.0/8:1-65535")) as flight:
        flight.post(f"http://localhost:{server.port}/", (), b"{}", None, 5)
        (refused,) = flight.poll(5)
        assert (refused.fate, refused.sentence, server.connections) == (Fate.NOT_SENT, PRIVATE, 0)


def test_an_address_of_the_list_is_called_under_any_of_its_spellings():
    for host in LOOPBACKS:
        with raw_server() as server:
            url = f"http://{host}:{server.port}/"
            assert request("GET", url, rules=only(server), deadline=5).body == b"ok"


def test_ipv6_is_called_when_it_is_allowed():
    with raw_server(host="::1") as server:
        rules = parse_allow(f"[::1]:{server.port}")
        assert request("GET", f"http://[::1]:{server.port}/", rules=rules, deadline=5).fate is Fate.ANSWERED


@pytest.mark.parametrize(
    "url", ["ftp://127.0.0.1/", "file:///etc/passwd", "http://u:p@127.0.0.1/", "", "telnet://x"]
)
def test_nothing_but_plain_web_addresses_is_called(url):
    refused = request("GET", url, rules=ANY_PORT, deadline=5)
    assert (refused.fate, refused.problem, refused.status) == (Fate.NOT_SENT, Problem.ADDRESS, None)
    assert refused.sentence


def test_http_is_for_the_operators_list_only():
    assert request("GET", "http://8.8.8.8/", rules=Rules(), deadline=5).sentence == NOT_HTTPS


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "307 Temporary", "308 Permanent"])
def test_a_redirect_is_an_answer_and_is_not_followed(status):
    with raw_server() as sink:
        moved = http(status, b"", f"Location: http://127.0.0.1:{sink.port}/")
        with raw_server(answer(moved)) as server:
            got = request("GET", f"http://127.0.0.1:{server.port}/", rules=ANY_PORT)
        assert (got.fate, got.status, sink.connections) == (Fate.ANSWERED, int(status[:3]), 0)


def test_proxies_of_the_environment_are_ignored(monkeypatch):
    with raw_server() as proxy, raw_server() as server:
        for name in ("http_proxy", "https_proxy", "all_proxy", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        monkeypatch.setenv("no_proxy", "")
        got = request("GET", f"http://127.0.0.1:{server.port}/", rules=ANY_PORT)
        assert got.fate is Fate.ANSWERED
        assert (proxy.connections, server.connections) == (0, 1)


def test_a_call_carries_what_it_was_given_and_nothing_of_the_machine(monkeypatch, tmp_path):
    netrc = tmp_path / ".netrc"
    netrc.write_text("default login somebody password secret\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    with raw_server() as server:
        headers = ("Authorization: Bearer token", "Content-Type: application/json")
        url = f"http://127.0.0.1:{server.port}/v23.0/1/messages?x=1"
        request("POST", url, rules=only(server), headers=headers, body=b'{"a": 1}', deadline=5)
        first, *lines = server.heads[0].decode().split("\r\n")
    assert first == "POST /v23.0/1/messages?x=1 HTTP/1.1"
    names = {line.partition(":")[0].lower() for line in lines}
    assert names <= {"host", "accept", "user-agent", "authorization", "content-type", "content-length"}
    assert "Authorization: Bearer token" in lines
    assert server.bodies == [b'{"a": 1}']


def test_cookies_are_not_kept():
    with (
        raw_server(answer(http("200 OK", b"ok", "Set-Cookie: a=b"))) as server,
        Flight(only(server)) as flight,
    ):
        for _ in range(2):
            flight.get(f"http://127.0.0.1:{server.port}/", (), None, 5)
            flight.poll(5)
        assert b"ookie" not in b"".join(server.heads)


@pytest.mark.parametrize("header", ["A: b\r\nX: y", "A: b\n", "A: \0"])
def test_a_header_can_not_smuggle_a_second_one(header):
    with raw_server() as server:
        refused = request("GET", f"http://127.0.0.1:{server.port}/", rules=only(server), headers=[header])
        assert (refused.fate, server.connections) == (Fate.NOT_SENT, 0)
        assert refused.sentence


def test_what_libcurl_can_not_take_is_not_sent_and_the_next_one_goes():
    with raw_server() as server, Flight(only(server)) as flight:
        url = f"http://127.0.0.1:{server.port}/"
        flight.post(url, ("Authorization: Bearer token\u200b",), b"{}", "odd", 5)
        (odd,) = flight.poll(5)
        assert (odd.context, odd.fate, server.connections) == ("odd", Fate.NOT_SENT, 0)
        flight.post(url, ("Authorization: Bearer token",), b"{}", "even", 5)
        assert [answer.context for answer in flight.poll(5)] == ["even"]
        assert server.connections == 1


def test_a_handle_that_refused_one_request_carries_the_next_one_untouched():
    with raw_server() as server, Flight(only(server)) as flight:
        url = f"http://127.0.0.1:{server.port}/"
        flight.post("https://10.0.0.1/", ("A: b",), b"{}", 1, 5)
        flight.post(url, ("A: b\n",), b"{}", 2, 5)
        flight.post(url, ("A: c",), b"{}", 3, 5)
        fates = {}
        while len(flight):
            fates |= {answer.context: answer.fate for answer in flight.poll(5)}
        assert fates == {1: Fate.NOT_SENT, 2: Fate.NOT_SENT, 3: Fate.ANSWERED}
        assert b"A: c" in server.heads[0]


def test_get_and_post_share_a_handle():
    with raw_server() as server, Flight(only(server)) as flight:
        url = f"http://127.0.0.1:{server.port}/"
        for body in (b"one", b"", b"three", b""):
            if body:
                flight.post(url, (), body, None, 5)
            else:
                flight.get(url, (), None, 5)
            assert flight.poll(5)[0].fate is Fate.ANSWERED
        assert [head.split()[0] for head in server.heads] == [b"POST", b"GET", b"POST", b"GET"]
        assert server.bodies == [b"one", b"", b"three", b""]


def test_a_large_body_arrives_whole():
    body = bytes(range(256)) * 1200
    with raw_server() as server:
        url = f"http://127.0.0.1:{server.port}/"
        assert request("POST", url, rules=only(server), body=body, deadline=5).fate is Fate.ANSWERED
        assert server.bodies == [body]
