"""The web process: `gunicorn wsgi:app -c gunicorn.conf.py`; also what `flask --app wsgi` loads."""

from webapp.app import create_app

app = create_app()
