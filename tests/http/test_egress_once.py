"""One POST arrives at most once, and what is said of it is proven."""

import os
import socket
import threading
import time

import pytest

from tests.http.raw_server import OK, RawServer, Script, hang_up, only, raw_server, reset
from webapp.egress.answer import Answer, Fate, Problem
from webapp.egress.client import Flight
from webapp.egress.rules import Rules

DEADLINE = 5.0


def post(flight: Flight, server: RawServer, body: bytes, deadline: float = DEADLINE) -> Answer:
    flight.post(f"http://127.0.0.1:{server.port}/messages", ("X: y",), body, body, deadline)
    while not (answers := flight.poll(DEADLINE)):
        pass
    return answers[0]


def on_second(act: Script) -> Script:
    return lambda number, connection: act(number, connection) if number == 2 else connection.sendall(OK)


@pytest.mark.parametrize("leave", [hang_up, reset])
def test_a_warm_connection_that_dies_after_taking_the_body_does_not_make_libcurl_post_it_again(leave):
    with (
        raw_server(on_second(lambda _, connection: leave(connection))) as server,
        Flight(only(server)) as flight,
    ):
        assert post(flight, server, b"first").fate is Fate.ANSWERED
        second = post(flight, server, b"second")
        third = post(flight, server, b"third")
    assert server.bodies == [b"first", b"second", b"third"]
    assert (second.fate, second.problem, second.context) == (Fate.UNKNOWN, Problem.BROKEN, b"second")
    assert third.fate is Fate.ANSWERED


def test_a_body_that_arrived_is_unknown_also_when_nobody_listens_any_more():
    def die(_: int, connection: socket.socket) -> None:
        server.stop_listening()
        hang_up(connection)

    with raw_server(on_second(die)) as server, Flight(only(server)) as flight:
        post(flight, server, b"first")
        second = post(flight, server, b"second")
        third = post(flight, server, b"third")
    assert server.bodies == [b"first", b"second"]
    assert second.fate is Fate.UNKNOWN
    assert (third.fate, third.problem) == (Fate.NOT_SENT, Problem.CONNECT)


def test_a_fresh_connection_that_dies_after_taking_the_body_is_unknown():
    with raw_server(lambda _, connection: hang_up(connection)) as server, Flight(only(server)) as flight:
        assert post(flight, server, b"first").fate is Fate.UNKNOWN
    assert server.bodies == [b"first"]


def test_a_warm_connection_that_was_closed_meanwhile_is_replaced_without_a_loss():
    def answer_and_leave(_: int, connection: socket.socket) -> None:
        connection.sendall(OK)
        hang_up(connection)
        is_gone.set()

    is_gone = threading.Event()
    with raw_server(answer_and_leave) as server, Flight(only(server)) as flight:
        for body in (b"first", b"second", b"third"):
            assert post(flight, server, body).fate is Fate.ANSWERED
            assert is_gone.wait(5)
            is_gone.clear()
    assert server.bodies == [b"first", b"second", b"third"]
    assert server.connections == 3


def our_end(port: int) -> socket.socket:
    """Our own side of the one connection to this port."""
    for entry in os.listdir("/proc/self/fd"):
        try:
            end = socket.socket(fileno=os.dup(int(entry)))
        except OSError:
            continue
        if _peer_port(end) == port:
            return end
        end.close()
    raise AssertionError("no connection")


def _peer_port(end: socket.socket) -> int:
    if end.family != socket.AF_INET:
        return 0
    try:
        return end.getpeername()[1]
    except OSError:
        return 0


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="looks at its own descriptors")
def test_a_body_that_the_machine_refused_to_write_is_provably_not_sent():
    with raw_server() as server, Flight(only(server)) as flight:
        post(flight, server, b"first")
        end = our_end(server.port)
        # The far side sees an end of stream and does not close; only our next write fails.
        end.shutdown(socket.SHUT_WR)
        second = post(flight, server, b"second")
        end.close()
    assert server.bodies == [b"first"]
    assert second.fate is Fate.NOT_SENT


def test_connections_are_kept_warm_from_one_slice_of_work_to_the_next():
    with raw_server() as server, Flight(only(server)) as flight:
        for _ in range(5):
            assert post(flight, server, b"body").fate is Fate.ANSWERED
    assert server.connections == 1


def test_no_more_connections_are_opened_than_asked_for():
    def slow(_: int, connection: socket.socket) -> None:
        time.sleep(0.02)
        connection.sendall(OK)

    with raw_server(slow) as server, Flight(only(server), connections=3) as flight:
        for number in range(12):
            flight.post(f"http://127.0.0.1:{server.port}/", (), b"body", number, DEADLINE)
        assert len(flight) == 12
        answers: list[Answer] = []
        while len(answers) < 12:
            answers += flight.poll(DEADLINE)
    assert server.connections == 3
    assert sorted(answer.context for answer in answers) == list(range(12))
    assert len(flight) == 0


def test_a_post_needs_a_body():
    with Flight(Rules()) as flight, pytest.raises(ValueError, match="twice"):
        flight.post("https://example.com/", (), b"", None, DEADLINE)
