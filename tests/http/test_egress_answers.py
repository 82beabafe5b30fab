"""What an answer may cost, and what is said when there is none."""

import datetime
import gzip
import socket
import threading
import time

import pytest

from tests.http.raw_server import RawServer, answer, hang_up, http, only, raw_server
from webapp.egress.answer import MAX_ANSWER, Answer, Fate, Problem
from webapp.egress.client import Flight, request
from webapp.egress.rules import Rules


def post(server: RawServer, deadline: float = 5, scheme: str = "http") -> Answer:
    url = f"{scheme}://127.0.0.1:{server.port}/hook"
    return request("POST", url, rules=only(server), body=b"{}", deadline=deadline)


def test_nobody_there_is_not_sent():
    with raw_server() as server:
        pass
    gone = post(server)
    assert (gone.fate, gone.problem) == (Fate.NOT_SENT, Problem.CONNECT)


def test_a_name_nobody_knows_is_not_sent():
    gone = request("POST", "https://no-such-name.invalid/", rules=Rules(), body=b"{}", deadline=5)
    assert (gone.fate, gone.problem) == (Fate.NOT_SENT, Problem.NAME)


def test_a_dripping_answer_ends_at_the_deadline_as_unknown():
    def drip(_: int, connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        while True:
            connection.sendall(b"x")
            time.sleep(0.02)

    with raw_server(drip) as server:
        start = time.monotonic()
        late = post(server, deadline=0.3)
    assert time.monotonic() - start < 1
    assert (late.fate, late.problem, late.status) == (Fate.UNKNOWN, Problem.TIMEOUT, 200)


def test_silence_ends_at_the_deadline_as_unknown():
    with raw_server(lambda *_: None) as server:
        silent = post(server, deadline=0.2)
    assert (silent.fate, silent.problem, silent.status) == (Fate.UNKNOWN, Problem.TIMEOUT, None)


def test_waiting_for_a_free_connection_counts_and_is_not_sent():
    with raw_server(lambda *_: None) as server, Flight(only(server), connections=1) as flight:
        url = f"http://127.0.0.1:{server.port}/"
        flight.post(url, (), b"first", 1, 0.4)
        flight.poll(0.05)
        flight.post(url, (), b"second", 2, 0.1)
        (second,) = flight.poll(2)
        (first,) = flight.poll(2)
        assert (second.context, second.fate, second.problem) == (2, Fate.NOT_SENT, Problem.TIMEOUT)
        assert (first.context, first.fate) == (1, Fate.UNKNOWN)
        assert server.bodies == [b"first"]


@pytest.mark.parametrize(("size", "fate"), [(MAX_ANSWER, Fate.ANSWERED), (MAX_ANSWER + 1, Fate.UNKNOWN)])
def test_an_answer_is_read_up_to_its_cap(size, fate):
    with raw_server(answer(http("200 OK", b"x" * size))) as server:
        got = post(server)
    assert got.fate is fate
    assert len(got.body) <= MAX_ANSWER
    assert got.problem is (Problem.TOO_BIG if fate is Fate.UNKNOWN else None)


def test_an_endless_answer_is_cut_off():
    def flood(_: int, connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            connection.sendall(b"x" * 65536)

    with raw_server(flood) as server:
        assert post(server).problem is Problem.TOO_BIG


def test_a_compressed_answer_stays_compressed():
    packed = gzip.compress(b"x" * 1_000_000)
    with raw_server(answer(http("200 OK", packed, "Content-Encoding: gzip"))) as server:
        assert post(server).body == packed


def test_an_answer_cut_short_is_unknown_and_keeps_what_was_read():
    def cut(_: int, connection: socket.socket) -> None:
        connection.sendall(b'HTTP/1.1 400 Bad\r\nContent-Length: 50\r\n\r\n{"error"')
        hang_up(connection)

    with raw_server(cut) as server:
        got = post(server)
    assert (got.fate, got.status, got.body) == (Fate.UNKNOWN, 400, b'{"error"')


def test_what_is_no_http_is_unknown():
    with raw_server(answer(b"220 mail.example ESMTP\r\n")) as server:
        assert post(server).fate is Fate.UNKNOWN


def test_an_interim_answer_is_not_the_answer():
    with raw_server(answer(b"HTTP/1.1 103 Early Hints\r\n\r\n" + http("201 Created", b"made"))) as server:
        got = post(server)
    assert (got.fate, got.status, got.body) == (Fate.ANSWERED, 201, b"made")


def test_how_long_to_wait_is_read_in_seconds_and_as_a_date():
    later = (datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=90)).strftime(
        "%a, %d %b %Y %H:%M:%S GMT"
    )
    for value, low, high in [
        ("3", 3, 3),
        (later, 80, 91),
        ("999999999", 0, 86_400),
        ("soon", 0, 0),
        ("-5", 0, 0),
    ]:
        with raw_server(answer(http("429 Too Many", b"{}", f"Retry-After: {value}"))) as server:
            assert low <= post(server).retry_after <= high


def test_a_handshake_that_never_ends_is_not_sent():
    with raw_server(lambda *_: None) as server:
        got = post(server, deadline=0.3, scheme="https")
    assert (got.fate, got.problem) == (Fate.NOT_SENT, Problem.TIMEOUT)


def test_closing_drops_what_is_in_the_air():
    arrived = threading.Event()
    with raw_server(lambda *_: arrived.set()) as server:
        flight = Flight(only(server))
        flight.post(f"http://127.0.0.1:{server.port}/", (), b"{}", None, 30)
        while not arrived.is_set():
            flight.poll(0.01)
        flight.close()
        assert len(flight) == 0


def test_what_was_sent_and_answered_does_not_slip_into_a_log():
    with raw_server(answer(http("200 OK", b"+12025550143"))) as server:
        url = f"http://127.0.0.1:{server.port}/"
        said = request("POST", url, rules=only(server), headers=["Authorization: EAA"], body=b"+12025550199")
    shown = repr(said)
    assert said.body == b"+12025550143"
    assert "1202555" not in shown
    assert "EAA" not in shown
