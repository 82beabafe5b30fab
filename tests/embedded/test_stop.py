"""However it ends, the order holds and no process stays."""

import signal
import time
from pathlib import Path

from embedded.supervisor import SAME_WISH_SECONDS
from tests.embedded.house import House


def test_whoever_is_needed_by_others_ends_after_them(folder: Path) -> None:
    with House(folder, ALSO="parent") as house:
        house.opens()
        assert house.asked_to_end(signal.SIGINT) == 0
    words = [
        "the work is done",
        "the simulator ends",
        "Valkey is now ready to exit",
        "database system is shut down",
    ]
    heard = [word for line in house.lines for word in words if word in line]
    assert heard == words
    assert not house.left_behind()


def test_a_program_that_does_not_listen_is_ended_when_its_time_is_over(folder: Path) -> None:
    with House(folder, ALSO="stubborn", GRACE="0.3") as house:
        house.opens()
        assert house.asked_to_end() == 0
    assert "database system is shut down" in house.text
    assert not house.left_behind()


def test_a_second_wish_hurries(folder: Path) -> None:
    with House(folder, ALSO="thorough", GRACE="30") as house:
        house.opens()
        house.process.send_signal(signal.SIGINT)
        house.says("the work is done")
        time.sleep(SAME_WISH_SECONDS)
        assert house.asked_to_end(signal.SIGINT) == 0
    assert not house.left_behind()


def test_the_same_wish_by_two_ways_is_one(folder: Path) -> None:
    with House(folder) as house:
        house.opens()
        house.process.send_signal(signal.SIGINT)
        assert house.asked_to_end(signal.SIGTERM) == 0
    assert "the work is done" in house.text


def test_an_end_in_the_middle_of_the_start_leaves_nothing(folder: Path) -> None:
    with House(folder, SEED_SECONDS="600") as house:
        house.says("ready to accept connections")
        house.says("migrating")
        assert house.asked_to_end(signal.SIGINT) == 0
    assert not house.left_behind()


def test_when_the_supervisor_is_killed_nobody_stays(folder: Path) -> None:
    with House(folder) as house:
        house.opens()
        house.killed()
        assert not house.left_behind()


def test_after_the_supervisor_was_killed_the_next_one_waits_for_the_ports(folder: Path) -> None:
    with House(folder) as house:
        house.opens()
        house.process.kill()
        with House(folder, PORT=house.env["PORT"]) as again:
            assert again.opens()


def test_a_closed_terminal_does_not_break_the_order(folder: Path) -> None:
    with House(folder, ALSO="talking") as house:
        house.opens()
        house.is_heard_no_more()
        assert house.asked_to_end(signal.SIGHUP) == 0
    assert not house.left_behind()
    assert not (folder / "postgres" / "postmaster.pid").exists()
