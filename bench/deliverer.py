"""One delivering process: `python -m bench.deliverer` says "ready", waits for a line, posts webhooks until nothing is
left, and says when it began (seconds since 1970), its processor seconds and its memory."""

import json
import resource
import sys
import time

from webapp.app import create_app
from webapp.delivering import deliverers


def main() -> None:
    app = create_app(statement_timeout_ms=60_000)
    with app.app_context():
        deliverer = deliverers.here()
        print("ready", flush=True)
        sys.stdin.readline()
        began, cpu = time.time(), time.process_time()
        while deliverer.serve(lambda: False, deliverers.SLICE_SECONDS):
            pass
        told = {
            "began": began,
            "cpuSeconds": round(time.process_time() - cpu, 3),
            "mostMemoryMb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
        }
        deliverer.close()
    print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main()
