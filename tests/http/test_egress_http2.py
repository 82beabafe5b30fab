"""HTTP/2, where a server offers it: several posts share a connection, and each still arrives at most once."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from h2.errors import ErrorCodes

from tests.http.http2_server import Http2Server, Peer, http2_server
from tests.http.test_egress_tls import certificate
from webapp.egress.answer import Answer, Fate
from webapp.egress.client import STREAMS, Flight
from webapp.egress.rules import parse_allow

DEADLINE = 5.0


def fly(flight: Flight, server: Http2Server, bodies: list[bytes], deadline: float = DEADLINE) -> list[Answer]:
    for body in bodies:
        flight.post(f"https://localhost:{server.port}/messages", ("X: y",), body, body, deadline)
    answers: list[Answer] = []
    while len(answers) < len(bodies):
        answers += flight.poll(DEADLINE)
    return answers


def some(count: int) -> list[bytes]:
    return [f"body {number}".encode() for number in range(count)]


@pytest.fixture
def serve(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable:
    tls, chain = certificate(tmp_path, "localhost")
    monkeypatch.setenv("SSL_CERT_FILE", str(chain))
    return lambda script: http2_server(script, tls)


def flight_to(server: Http2Server) -> Flight:
    return Flight(parse_allow(f"127.0.0.1/32:{server.port},[::1]:{server.port}"))


def test_posts_share_connections_and_each_arrives_once(serve):
    with serve(Peer.answer) as server, flight_to(server) as flight:
        answers = fly(flight, server, some(200))
        assert {answer.fate for answer in answers} == {Fate.ANSWERED}
        assert sorted(server.bodies) == sorted(some(200))
        assert len(server.peers) < 200 / STREAMS


def test_a_connection_carries_a_few_posts_at_once(serve):
    """So that one which breaks leaves few in doubt."""
    waiting: list[tuple[Peer, int]] = []

    def answer_when_all_are_there(peer: Peer, stream: int) -> None:
        waiting.append((peer, stream))
        if len(waiting) == 4 * STREAMS:
            for one, number in waiting:
                one.answer(number)

    with serve(answer_when_all_are_there) as server, flight_to(server) as flight:
        answers = fly(flight, server, some(4 * STREAMS))
        assert {answer.fate for answer in answers} == {Fate.ANSWERED}
        assert max(peer.most_at_once for peer in server.peers) <= STREAMS
        assert len(server.peers) >= 4


def test_a_connection_that_breaks_leaves_what_it_took_unknown_and_nothing_is_posted_again(serve):
    def answer_the_first(peer: Peer, stream: int) -> None:
        if len(server.bodies) == 1:
            peer.answer(stream)
        elif len(server.bodies) == 1 + STREAMS:
            peer.leave()

    with serve(answer_the_first) as server, flight_to(server) as flight:
        fly(flight, server, [b"first"])
        answers = fly(flight, server, some(STREAMS), deadline=2)
        assert {answer.fate for answer in answers} == {Fate.UNKNOWN}
        assert sorted(server.bodies) == sorted([b"first", *some(STREAMS)])


@pytest.mark.parametrize("error", [ErrorCodes.REFUSED_STREAM, ErrorCodes.INTERNAL_ERROR])
def test_a_stream_that_is_reset_after_its_body_was_taken_is_not_posted_again(serve, error):
    """libcurl would post a refused stream again by itself."""

    def refuse_the_second(peer: Peer, stream: int) -> None:
        if len(server.bodies) == 2:
            peer.h2.reset_stream(stream, error)
            peer.flush()
        else:
            peer.answer(stream)

    with serve(refuse_the_second) as server, flight_to(server) as flight:
        fates = [fly(flight, server, [body])[0].fate for body in some(3)]
        assert fates == [Fate.ANSWERED, Fate.UNKNOWN, Fate.ANSWERED]
        assert server.bodies == some(3)


def test_a_server_that_says_good_bye_after_taking_a_body_gets_it_once(serve):
    def good_bye(peer: Peer, stream: int) -> None:
        if len(server.bodies) == 2:
            peer.h2.close_connection(last_stream_id=0)
            peer.flush()
            peer.leave()
        else:
            peer.answer(stream)

    with serve(good_bye) as server, flight_to(server) as flight:
        fates = [fly(flight, server, [body])[0].fate for body in some(3)]
        assert fates == [Fate.ANSWERED, Fate.UNKNOWN, Fate.ANSWERED]
        assert server.bodies == some(3)


def test_what_a_connection_says_of_itself_is_no_good_bye(serve):
    def answer_and_ping(peer: Peer, stream: int) -> None:
        peer.answer(stream)
        time.sleep(0.05)
        peer.h2.ping(b"are you?")
        peer.flush()

    with serve(answer_and_ping) as server, flight_to(server) as flight:
        for body in some(3):
            assert fly(flight, server, [body])[0].fate is Fate.ANSWERED
            time.sleep(0.1)
        assert len(server.peers) == 1


def test_a_connection_that_was_closed_meanwhile_is_replaced_without_a_loss(serve):
    def answer_and_leave(peer: Peer, stream: int) -> None:
        peer.answer(stream)
        is_heard.wait(5)
        peer.leave()
        is_gone.set()

    is_heard, is_gone = threading.Event(), threading.Event()
    with serve(answer_and_leave) as server, flight_to(server) as flight:
        for body in some(3):
            assert fly(flight, server, [body])[0].fate is Fate.ANSWERED
            is_heard.set()
            assert is_gone.wait(5)
            is_heard.clear()
            is_gone.clear()
        assert server.bodies == some(3)
        assert len(server.peers) == 3


def test_a_post_that_takes_too_long_costs_the_others_of_its_connection_nothing(serve):
    def keep_the_slow_waiting(peer: Peer, stream: int) -> None:
        if b"slow" not in server.bodies[-1]:
            peer.answer(stream)

    with serve(keep_the_slow_waiting) as server, flight_to(server) as flight:
        fly(flight, server, [b"warm"])
        answers = fly(flight, server, [b"slow", *some(4)], deadline=0.5)
        fates = {answer.context: answer.fate for answer in answers}
        assert fates == {b"slow": Fate.UNKNOWN, **dict.fromkeys(some(4), Fate.ANSWERED)}
        assert fly(flight, server, [b"after"])[0].fate is Fate.ANSWERED
        assert len(server.peers) == 1
