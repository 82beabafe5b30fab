"""Small programs in the place of the real ones: `python stand_ins.py NAME`. They start as fast as can be."""

import json
import os
import signal
import sys
import time
from pathlib import Path

WARM_STOP_SECONDS = 0.4


def web() -> None:
    """Answers, and takes a moment to go even when it is told to be quick."""
    from http.server import BaseHTTPRequestHandler, HTTPServer

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/healthz" else 404)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """The answers are of no interest."""

    signal.signal(signal.SIGQUIT, lambda *_: (time.sleep(WARM_STOP_SECONDS), os._exit(0)))
    HTTPServer((os.environ["HOST"], int(os.environ["PORT"])), Page).serve_forever()


def work() -> None:
    """Ends warmly: a while after it was asked to."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    signal.sigwait({signal.SIGTERM})
    time.sleep(WARM_STOP_SECONDS)
    print("the work is done")


def thorough() -> None:
    """Has a lot to finish after it was asked to end."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    time.sleep(600)


def simulator() -> None:
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    signal.sigwait({signal.SIGTERM})
    print("the simulator ends")


def stubborn() -> None:
    """Does not listen to anything, and neither does its child."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT):
        signal.signal(number, signal.SIG_IGN)
    os.fork()
    time.sleep(600)


def parent() -> None:
    """Has a child in a process group of its own, as a worker has that forks for each job."""
    if os.fork() == 0:
        os.setpgrp()
    time.sleep(600)


def telling() -> None:
    """Says what it knows."""
    print(json.dumps(dict(os.environ)))
    time.sleep(600)


def talking() -> None:
    """Is never silent for long."""
    while True:
        print("and another thing", flush=True)
        time.sleep(0.05)


def dying() -> None:
    with Path(os.environ["DATA_DIR"], "diary").open("a") as diary:
        diary.write(f"{time.monotonic()}\n")
    print("a last word", end="")
    sys.exit(3)


def migrate() -> None:
    print("migrating", file=sys.stderr)
    sys.exit(int(os.environ.get("MIGRATE_CODE", "0")))


def seed() -> None:
    time.sleep(float(os.environ.get("SEED_SECONDS", "0")))


def link() -> None:
    if "NO_OWNER" in os.environ:
        sys.exit("nobody to make a link for")
    print("making a link", file=sys.stderr)
    print(f"{os.environ['BASE_URL']}/sign-in/once")


if __name__ == "__main__":
    globals()[sys.argv[1]]()
