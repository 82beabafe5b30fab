"""Frames are written whole or not at all, however slow the reader is."""

import socket
import threading
from collections.abc import Iterator

import pytest

from webapp.services.live import whole_socket
from webapp.services.live.whole_socket import WholeSocket, make_whole


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    for end in (ours, theirs):
        end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    with ours, theirs:
        yield ours, theirs


def read(end: socket.socket, count: int) -> bytes:
    got = b""
    while len(got) < count:
        got += end.recv(1000)
    return got


def test_a_frame_larger_than_the_buffers_arrives_whole(ends: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = ends
    frame = bytes(range(256)) * 4000
    sender = threading.Thread(target=WholeSocket(ours).send, args=(frame,))
    sender.start()
    assert read(theirs, len(frame)) == frame
    sender.join()


def test_two_who_send_at_once_do_not_mix_their_frames(ends: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = ends
    whole = WholeSocket(ours)
    frames = (b"a" * 100_000, b"b" * 100_000)
    senders = [threading.Thread(target=whole.send, args=(frame,)) for frame in frames]
    for sender in senders:
        sender.start()
    assert read(theirs, 200_000) in (frames[0] + frames[1], frames[1] + frames[0])
    for sender in senders:
        sender.join()


def test_a_reader_that_takes_nothing_is_cut_off(
    ends: tuple[socket.socket, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(whole_socket, "SECONDS", 0.1)
    ours, _ = ends
    whole = WholeSocket(ours)
    with pytest.raises(TimeoutError):
        whole.send(b"x" * 10_000_000)
    with pytest.raises(BrokenPipeError):
        whole.send(b"what would be read as the rest of the first")
    assert whole.recv(1) == b"", "whoever waits for the reader is told"


def test_only_the_servers_socket_is_replaced(ends: tuple[socket.socket, socket.socket]) -> None:
    environ = {"gunicorn.socket": ends[0], "REQUEST_METHOD": "GET"}
    make_whole(environ)
    assert isinstance(environ["gunicorn.socket"], WholeSocket)
    assert environ["REQUEST_METHOD"] == "GET"
    assert environ["gunicorn.socket"].fileno() == ends[0].fileno()
