"""The web process: `gunicorn wsgi:app -c gunicorn.conf.py`. One gevent worker holds thousands of open sockets."""

import os
import resource

_host = os.environ.get("HOST", "127.0.0.1")
bind = f"{f'[{_host}]' if ':' in _host else _host}:{os.environ.get('PORT', '8000')}"
worker_class = "gevent"
workers = int(os.environ.get("WEB_CONCURRENCY", "1"))
worker_connections = 4000
# A worker that is told to stop finishes its requests; open sockets are sent to the next one at once.
graceful_timeout = 5
timeout = 60
# The heartbeat is a file: on a busy disk it could stall the worker.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
# Gunicorn 27 would put a socket into the home folder.
control_socket_disable = True
# Addresses carry one-time links and searches: no line per request.
accesslog = None
errorlog = "-"
loglevel = os.environ.get("LOG_LEVEL", "info").lower()
# Whose X-Forwarded-* counts is decided in one place, by TRUSTED_PROXIES.
forwarded_allow_ips = ""

# Each socket is a file. The usual soft limit of 1024 would end at a quarter of the connections.
_soft, _hard = resource.getrlimit(resource.RLIMIT_NOFILE)
_wanted = 2 * worker_connections
if 0 <= _soft < _wanted:
    resource.setrlimit(resource.RLIMIT_NOFILE, (_wanted if _hard < 0 else min(_wanted, _hard), _hard))


def post_worker_init(worker):
    """Open sockets would hold a stopping worker for all of graceful_timeout."""
    import gevent

    def until_it_stops():
        while worker.alive:
            gevent.sleep(0.2)
        worker.wsgi.extensions["crier_live"].stop()

    gevent.spawn(until_it_stops)
