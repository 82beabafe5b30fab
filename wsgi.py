"""The web process: `gunicorn wsgi:app -c gunicorn.conf.py`; also what `flask --app wsgi` loads."""

import sys

from webapp.app import create_app
from webapp.config import Misconfigured

# What gunicorn takes as "do not try again"; with any other code it would start workers without end.
CAN_NOT_START = 3

try:
    app = create_app()
except Misconfigured as error:
    print(error, file=sys.stderr)  # noqa: T201
    sys.exit(CAN_NOT_START)
