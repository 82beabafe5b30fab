"""Open pages: `python -m bench.watchers URL CAMPAIGN` hears a JSON list of cookies and opens a socket with each, says
"ready" when all have their first frame, and after another line tells [how many were sent, when] of each frame.

`when` is in monotonic seconds, and only the first frame with a new figure counts.
"""

import json
import re
import sys
import threading
import time

from simple_websocket import Client, ConnectionClosed

# A campaign without callbacks: whoever was sent to is neither delivered nor read.
_SENT = re.compile(r'data-segment="sent".*?bar-count">([\d,]+)<', re.S)


def main(url: str, campaign_id: str) -> None:
    cookies: list[str] = json.loads(sys.stdin.readline())
    address = f"{url.replace('http', 'ws', 1)}/campaigns/{campaign_id}/live"
    sockets = [Client.connect(address, headers={"Origin": url, "Cookie": cookie}) for cookie in cookies]
    for socket in sockets:
        socket.receive(timeout=20)
    seen: list[tuple[int, float]] = []
    threads = [threading.Thread(target=_watch, args=(socket, seen)) for socket in sockets]
    for thread in threads:
        thread.start()
    print("ready", flush=True)
    sys.stdin.readline()
    for socket in sockets:
        socket.close()
    for thread in threads:
        thread.join()
    print(json.dumps(seen), flush=True)


def _watch(socket: Client, seen: list[tuple[int, float]]) -> None:
    last = -1
    try:
        while True:
            frame = socket.receive()
            at = time.monotonic()
            found = _SENT.search(frame or "")
            figure = int(found[1].replace(",", "")) if found else last
            if figure != last:
                seen.append((figure, at))
                last = figure
    except ConnectionClosed:
        return


if __name__ == "__main__":
    main(*sys.argv[1:])
