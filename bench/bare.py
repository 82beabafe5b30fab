"""The bare loop: what libcurl alone does on this machine in this minute. Every ratio is a ratio to it.

`python -m bench.bare URL --posts N` posts N messages over 64 warm connections, each JSON built and parsed, and
prints how many a second and what processor each took. The bodies have the shape and the size of the engine's own.
"""

import argparse
import json
import time
from typing import Any, Final

import pycurl

from bench.texts import message_to, phone_of

CONNECTIONS: Final = 64
WARM_UP: Final = 2_000
_HEADERS: Final = ["Authorization: Bearer token-" + "0" * 32, "Content-Type: application/json", "Expect:"]
_encode = json.JSONEncoder(separators=(",", ":")).encode


def body(number: int) -> bytes:
    """One message as the engine would post it."""
    return _encode(
        {
            "messaging_product": "whatsapp",
            "recipient_type": "individual",
            "to": phone_of(number),
            "type": "text",
            "text": {"preview_url": False, "body": message_to(number)},
            "biz_opaque_callback_data": f"1.{number:x}.AAAAAAAAAAAA",
        }
    ).encode()


class Loop:
    """64 handles, each posting again as soon as it has its answer."""

    def __init__(self, url: str, cafile: str | None) -> None:
        self._multi = pycurl.CurlMulti()
        self._multi.setopt(pycurl.M_MAXCONNECTS, CONNECTIONS)
        self._idle = [_handle(url, cafile) for _ in range(CONNECTIONS)]

    def post(self, first: int, posts: int) -> float:
        """Post so many; the seconds it took."""
        began = time.perf_counter()
        next_number, end = first, first + posts
        flying = 0
        while flying or next_number < end:
            while self._idle and next_number < end:
                self._launch(self._idle.pop(), body(next_number))
                next_number, flying = next_number + 1, flying + 1
            self._multi.perform()
            landed = self._land()
            flying -= landed
            if not landed:
                self._multi.select(0.05)
        return time.perf_counter() - began

    def _launch(self, curl: Any, content: bytes) -> None:
        curl.chunks.clear()
        curl.setopt(pycurl.POSTFIELDS, content)
        self._multi.add_handle(curl)

    def _land(self) -> int:
        landed = 0
        while True:
            waiting, fine, failed = self._multi.info_read()
            if failed:
                raise SystemExit(f"A post of the bare loop failed: {failed[0][2]}")
            for curl in fine:
                self._multi.remove_handle(curl)
                if not json.loads(b"".join(curl.chunks))["messages"][0]["id"]:
                    raise SystemExit("An answer of the stub has no message id.")
                self._idle.append(curl)
            landed += len(fine)
            if not waiting:
                return landed


def _handle(url: str, cafile: str | None) -> Any:
    curl = pycurl.Curl()
    curl.setopt(pycurl.URL, url)
    curl.setopt(pycurl.NOSIGNAL, 1)
    curl.setopt(pycurl.PROXY, "")
    curl.setopt(pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_1_1)
    curl.setopt(pycurl.HTTPHEADER, _HEADERS)
    if cafile:
        curl.setopt(pycurl.CAINFO, cafile)
    curl.chunks = []
    curl.setopt(pycurl.WRITEFUNCTION, curl.chunks.append)
    return curl


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.bare")
    parser.add_argument("url")
    parser.add_argument("--posts", type=int, default=60_000)
    parser.add_argument("--cafile")
    given = parser.parse_args()
    loop = Loop(given.url, given.cafile)
    loop.post(0, WARM_UP)
    cpu = time.process_time()
    speed = given.posts / loop.post(WARM_UP, given.posts)
    cost = (time.process_time() - cpu) / given.posts * 1e6
    print(json.dumps({"perSecond": round(speed), "cpuMicroseconds": round(cost, 1)}))


if __name__ == "__main__":
    main()
