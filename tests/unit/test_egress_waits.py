from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from tests.http.raw_server import http, only, raw_server
from webapp.egress.client import Flight
from webapp.egress.waits import is_wait, read_wait


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("0", 0), ("7", 7), (" 86400 ", 86_400), ("-5", 0), ("soon", 0), ("", 0), ("1e3", 0), ("9" * 40, 10**9)],
)
def test_a_number_is_seconds_and_nonsense_is_no_wait(value: str, seconds: int) -> None:
    assert read_wait(f"Retry-After: {value}\r\n".encode()) == seconds


def test_a_date_is_a_wait_until_then() -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(hours=8), usegmt=True)
    assert 8 * 3600 - 5 < read_wait(f"retry-after: {later}\r\n".encode()) <= 8 * 3600
    assert read_wait(b"retry-after: Wed, 21 Oct 2015 07:28:00 GMT\r\n") == 0


@pytest.mark.parametrize("date", ["Fri, 31 Dec 9999 23:59:59 -0100", "Mon, 01 Jan 0001 00:00:00 +0100"])
def test_a_date_at_the_end_of_time_is_no_wait(date: str) -> None:
    assert read_wait(f"Retry-After: {date}\r\n".encode()) == 0


def test_other_headers_are_none() -> None:
    assert is_wait(b"RETRY-AFTER: 1\r\n")
    assert not is_wait(b"X-Retry-After: 1\r\n")


def test_one_wait_is_not_that_of_the_next_answer() -> None:
    answers = [http("503 Busy", b"", "Retry-After: 86400"), http("503 Busy")]
    script = lambda number, connection: connection.sendall(answers[number - 1])  # noqa: E731
    with raw_server(script) as server, Flight(only(server), hears_waits=True) as flight:
        heard = []
        for _ in answers:
            flight.post(f"http://127.0.0.1:{server.port}/", (), b"{}", None, 5)
            heard.append(flight.poll(5)[0].retry_after)
    assert heard == [86_400, 0]
