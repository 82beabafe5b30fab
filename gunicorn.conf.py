"""The web process: `gunicorn wsgi:app -c gunicorn.conf.py`. One gevent worker holds thousands of open sockets."""

import os

bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
worker_class = "gevent"
workers = int(os.environ.get("WEB_CONCURRENCY", "1"))
worker_connections = 4000
# A worker that is told to stop finishes its requests; open sockets reconnect to the next one.
graceful_timeout = 5
timeout = 60
# Gunicorn 27 would put a socket into the home folder.
control_socket_disable = True
# Addresses carry one-time links and searches: no line per request.
accesslog = None
errorlog = "-"
loglevel = os.environ.get("LOG_LEVEL", "info").lower()
# Whose X-Forwarded-* counts is decided in one place, by TRUSTED_PROXIES.
forwarded_allow_ips = ""
