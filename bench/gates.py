"""Busy gates: `python -m bench.gates TENANT CAMPAIGN N` holds N batches and gates row after row, posting nothing.

Says "ready", begins with the first line it hears, ends with the second, and says how many windows it recorded.
"""

import json
import sys
import threading
import time
import uuid

from webapp.config import Settings
from webapp.sending.gate import gate
from webapp.sending.lease import Batch, claim
from webapp.sending.store import Store

_LEASE_SECONDS = 600
# While the campaign is paused a gate is refused: how long it rests then.
_REST_SECONDS = 0.02


def main(tenant_id: uuid.UUID, campaign_id: uuid.UUID, count: int) -> None:
    url = Settings.from_env().database_url
    held = [(store, claim(store, tenant_id, campaign_id, _LEASE_SECONDS)) for store in _stores(url, count)]
    stop = threading.Event()
    passed = [0] * count
    threads = [
        threading.Thread(target=_gate_on, args=(store, batch, stop, passed, place))
        for place, (store, batch) in enumerate(held)
        if batch is not None
    ]
    print("ready", flush=True)
    sys.stdin.readline()
    for thread in threads:
        thread.start()
    sys.stdin.readline()
    stop.set()
    for thread in threads:
        thread.join()
    print(json.dumps({"windows": sum(passed)}), flush=True)


def _stores(url: str, count: int) -> list[Store]:
    return [Store(url) for _ in range(count)]


def _gate_on(store: Store, batch: Batch, stop: threading.Event, passed: list[int], place: int) -> None:
    while batch.rows and not stop.is_set():
        if gate(store, batch, 1, lease_seconds=_LEASE_SECONDS, post_seconds=30) is None:
            time.sleep(_REST_SECONDS)
        else:
            passed[place] += 1
    store.close()


if __name__ == "__main__":
    main(uuid.UUID(sys.argv[1]), uuid.UUID(sys.argv[2]), int(sys.argv[3]))
