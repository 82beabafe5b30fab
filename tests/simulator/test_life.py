"""How the program starts, stops, starts again, and what it does with bytes that make no sense."""

import http.client
import json
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.simulator.load import post_many
from tests.simulator.rig import PROJECT, QUICK, TOKEN, Simulator, new_id, script, text, wire
from tests.simulator.sink import Sink


def test_it_runs_alone(tmp_path: Path) -> None:
    shutil.copytree(PROJECT / "simulator", tmp_path / "simulator")
    with Simulator(tmp_path, cwd=tmp_path) as simulator:
        assert simulator.first_line.startswith(
            f"simulator: listening on http://127.0.0.1:{simulator.port}, ledger "
        )
        assert simulator.post("720", text()).status == 200
    assert simulator.stop() == (0, "")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_what_is_pending_leaves_before_a_clean_stop(tmp_path: Path, number: signal.Signals) -> None:
    with Sink() as sink, Simulator(tmp_path, {"sent_seconds": 60, "read_seconds": 120}) as simulator:
        simulator.tell("720", url=sink.url())
        sent = simulator.post("720", text()).message_id
        assert simulator.stop(number) == (0, "")
        assert sorted(sink.statuses(sent)) == ["delivered", "read", "sent"]


def test_a_body_holds_at_most_a_thousand_statuses(tmp_path: Path) -> None:
    with Sink() as sink, Simulator(tmp_path, {"sent_seconds": 60, "messages_per_second": None}) as simulator:
        simulator.tell("720", url=sink.url())
        assert post_many(simulator.port, "720", 2300, script("0005")) == 2300
        assert simulator.stop() == (0, "")
        sizes = [len(list(callback.values("statuses"))) for callback in sink.callbacks]
    assert sorted(sizes) == [300, 1000, 1000]


def test_a_dead_address_holds_up_the_stop_for_two_seconds_at_most(tmp_path: Path) -> None:
    with Simulator(tmp_path, QUICK) as simulator:
        simulator.tell("720", url="http://127.0.0.1:9/")
        simulator.post("720", text())
        before = time.monotonic()
        assert simulator.stop() == (0, "")
        assert time.monotonic() - before < 4


def test_after_a_kill_it_still_knows_where_to_call(tmp_path: Path) -> None:
    with Sink() as sink:
        with Simulator(tmp_path, QUICK) as simulator:
            simulator.ask("GET", "/v23.0/720?fields=id")
            simulator.subscribe("910", sink.url("/one"))
            simulator.tell("721", url=sink.url("/two"), appSecret="told")
            simulator.stop(signal.SIGKILL)
        with Simulator(tmp_path, QUICK) as simulator:
            one, two, three = (simulator.post(number, text()).message_id for number in ("720", "721", "722"))
            sink.waits_for(lambda: sink.statuses(one, path="/one")[-1:] == ["read"])
            sink.waits_for(lambda: sink.statuses(two, path="/two")[-1:] == ["read"])
            sink.waits_for(lambda: sink.statuses(three, path="/one")[-1:] == ["read"])
            assert sink.at("/two")[0].is_signed_with("told")
            assert sink.at("/one")[0].body["entry"][0]["id"] == "910"
            assert len(simulator.ledger()) == 3
    state = tmp_path / "ledger.jsonl.state.json"
    assert state.stat().st_mode & 0o777 == 0o600
    assert TOKEN not in state.read_text()


def test_a_line_that_a_crash_cut_off_is_dropped(tmp_path: Path) -> None:
    whole = b'{"messageId": "wamid.1"}\n'
    (tmp_path / "ledger.jsonl").write_bytes(whole + b'{"messageId": "wam')
    (tmp_path / "ledger.jsonl.state.json").write_text("{torn")
    with Simulator(tmp_path) as simulator:
        sent = simulator.post("720", text()).message_id
        first, second = (tmp_path / "ledger.jsonl").read_bytes().splitlines(keepends=True)
        assert (first, json.loads(second)["messageId"]) == (whole, sent)
    code, errors = simulator.stop()
    assert code == 0
    assert "state.json can not be read" in errors


def start(*options: str) -> tuple[int, str]:
    command = [sys.executable, "-m", "simulator", *options]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=20, check=False)
    return done.returncode, done.stderr


def test_what_can_not_start_says_why(simulator: Simulator, tmp_path: Path) -> None:
    taken = start("--port", str(simulator.port), "--ledger", str(tmp_path / "ledger"))
    folder = start("--port", "0", "--ledger", str(tmp_path))
    (tmp_path / "faults.json").write_text('{"lots": 1}')
    faults = start(
        "--port", "0", "--ledger", str(tmp_path / "ledger"), "--faults", str(tmp_path / "faults.json")
    )
    assert [code for code, _ in (taken, folder, faults)] == [1, 1, 2]
    for _, errors in (taken, folder, faults):
        assert errors.startswith("simulator: ")
        assert errors.count("\n") == 1
    assert "Unknown fault lots" in faults[1]


def test_when_the_ledger_can_not_be_written_nothing_is_answered(tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("needs /dev/full")
    (tmp_path / "ledger.jsonl").symlink_to("/dev/full")
    with Simulator(tmp_path) as simulator:
        with pytest.raises(http.client.RemoteDisconnected):
            simulator.post("720", text())
        code, errors = simulator.stop()
    assert code == 1
    assert "the ledger can not be written" in errors


HOSTILE = [
    b"\x00" * 100,
    b"GET\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
    b"POST /v23.0/1/messages HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
    b"POST /v23.0/1/messages HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"GET /" + b"a" * 100_000,
    b"GET / HTTP/1.1\r\nA: " + b"a" * 300_000,
]


@pytest.mark.parametrize("bytes_", HOSTILE, ids=range(len(HOSTILE)))
def test_what_is_not_http_is_answered_with_an_error_or_not_at_all(
    simulator: Simulator, bytes_: bytes
) -> None:
    got = simulator.raw(bytes_, b"\r\n\r\n", until_closed=True)
    assert got == b"" or got.startswith(b"HTTP/1.1 4")
    assert simulator.stats()["posts"] >= 0


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00",
        b"\xff\xfe",
        b"{",
        b"null",
        b'{"a": NaN}',
        b"[" * 200_000,
        b'{"a":' * 100_000,
        b'{"messaging_product":"whatsapp","to":"\\ud800","type":"text","text":{"body":"x"}}',
        b'{"messaging_product":"whatsapp","to":"+12025550143","type":"text","text":{"body":"\\ud800"}}',
        b'{"messaging_product":"whatsapp","to":' + b"9" * 5000 + b',"type":"text","text":{"body":"x"}}',
    ],
    ids=range(11),
)
@pytest.mark.parametrize(
    "path", ["/v23.0/1/messages", "/v23.0/1/message_templates", "/_sim/faults", "/_sim/inbound"]
)
def test_what_is_no_message_is_refused_and_never_kept(
    simulator: Simulator, path: str, content: bytes
) -> None:
    lines = len(simulator.ledger())
    answer = simulator.ask("POST", path, content)
    assert answer.status == 400, answer.raw
    assert len(simulator.ledger()) == lines


def test_a_nul_in_a_text_is_a_letter_like_others(simulator: Simulator) -> None:
    number = new_id()
    simulator.post(number, text(body="a\x00b"))
    assert simulator.ledger(number)[0]["body"] == "a\x00b"


def test_a_body_beyond_4_mb_is_refused_and_others_go_on(simulator: Simulator) -> None:
    head = b"POST /v23.0/1/messages HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n"
    assert simulator.raw(head, b"x" * (4 * 1024 * 1024 + 1), until_closed=True).startswith(b"HTTP/1.1 413")
    assert simulator.post(new_id(), text()).status == 200


def test_requests_may_come_in_any_portions(simulator: Simulator) -> None:
    number = new_id()
    content = json.dumps(text(body="é" * 100)).encode()
    whole = wire(f"/v23.0/{number}/messages?unused=1", content)
    parts = [whole[at : at + 7] for at in range(0, len(whole), 7)]
    assert simulator.raw(*parts).startswith(b"HTTP/1.1 200")
    chunked = whole.replace(b"Content-Length: %d" % len(content), b"Transfer-Encoding: chunked")
    chunked = chunked.replace(content, b"%x\r\n%b\r\n0\r\n\r\n" % (len(content), content))
    assert simulator.raw(chunked).startswith(b"HTTP/1.1 200")
    assert len(simulator.ledger(number)) == 2


def test_a_client_that_waits_for_100_is_told_to_go_on(simulator: Simulator) -> None:
    content = json.dumps(text()).encode()
    whole = wire(f"/v23.0/{new_id()}/messages", content, "Expect: 100-continue")
    got = simulator.raw(whole, answers=2)
    assert got.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK")


def test_connection_close_is_respected(simulator: Simulator) -> None:
    content = json.dumps(text()).encode()
    whole = wire(f"/v23.0/{new_id()}/messages", content, "Connection: close")
    assert simulator.raw(whole, until_closed=True).startswith(b"HTTP/1.1 200 OK")


def test_a_storm_of_broken_bytes_does_not_stop_it(simulator: Simulator) -> None:
    dice, number = random.Random(3), new_id()
    good = wire(f"/v23.0/{number}/messages", json.dumps(text()).encode())
    for _ in range(150):
        broken = bytearray(good)
        for _ in range(dice.randint(1, 6)):
            broken[dice.randrange(len(broken))] = dice.randrange(256)
        with socket.create_connection(("127.0.0.1", simulator.port)) as connection:
            connection.sendall(broken[: dice.randint(1, len(broken))])
    assert simulator.post(number, text()).status == 200
