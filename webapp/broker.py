"""Redis rings bells: jobs for workers and frames for open pages. Every message may be lost; PostgreSQL is the truth.

Jobs are JSON, and only functions in the registry run: whoever can write to Redis can still only ring.
"""

import json
import logging
from collections.abc import Callable, Iterable
from typing import Any, Final

from flask import Flask, current_app
from redis import Redis, RedisError
from rq import Queue, SimpleWorker
from rq.exceptions import NoSuchJobError
from rq.job import Job
from rq.serializers import JSONSerializer
from rq.timeouts import BaseDeathPenalty

log = logging.getLogger(__name__)

# What each kind of worker listens to, first things first.
QUEUES: Final = {"send": ("send",), "work": ("callbacks", "work"), "webhooks": ("webhooks",)}

# Every job there is, and its queue. The functions themselves stand in jobs/, of which a worker loads its own.
JOBS: Final = {
    "send_slice": "send",
    "apply_callbacks": "callbacks",
    "plan_campaign": "work",
    "send_again": "work",
    "run_import": "work",
    "check_instance": "work",
    "act_on_contacts": "work",
    "deliver_webhooks": "webhooks",
}

# Workers that are at such a job already hear that somebody rings for more of it.
HEARD_AT_WORK: Final = {"send_slice"}

_functions: dict[str, Callable[..., None]] = {}


# What callers catch when Redis does not answer.
Unreachable = RedisError


class UnknownJob(Exception):
    """A job asks for something that is not in the registry: it is refused, and the worker goes on."""


def register(room: object) -> None:
    """Take the functions of the jobs that this module of jobs/ has."""
    _functions.update({name: getattr(room, name) for name in JOBS if hasattr(room, name)})


class Bell(Job):  # type: ignore[misc]
    """A job that can only be a registered function: no import by name, no callbacks, no webhooks, no instance."""

    @property
    def func(self) -> Callable[..., None]:
        function = _functions.get(self.func_name or "")
        if function is None or self.instance is not None:
            raise UnknownJob("This job is not in the registry.")
        return function

    def restore(self, raw_data: Any) -> None:
        """What can not be read as one of our jobs is no job: at any other error the worker would end."""
        try:
            super().restore(raw_data)
            is_ours = isinstance(self.func_name, str) and all(isinstance(one, str) for one in self.args)
        except Exception:  # whatever a stranger may write into any field
            is_ours = False
        if not is_ours:
            log.warning("unreadable_job", extra={"job": self.id})
            raise NoSuchJobError("This is not one of our jobs.")
        self.webhooks = []
        self._success_callback_name = self._failure_callback_name = self._stopped_callback_name = None


def init_app(app: Flask, redis_url: str) -> None:
    app.extensions["crier_redis"] = Redis.from_url(
        redis_url, socket_timeout=5, socket_connect_timeout=2, health_check_interval=30
    )


def redis() -> Redis:
    client: Redis = current_app.extensions["crier_redis"]
    return client


def impatient_redis() -> Redis:
    """Redis as a sender asks it between two messages: a slow answer is none."""
    return Redis.from_url(
        current_app.config["CRIER"].redis_url, socket_timeout=0.3, socket_connect_timeout=0.3
    )


def queue(name: str) -> Queue:
    return Queue(name, connection=redis(), job_class=Bell, serializer=JSONSerializer, default_timeout=-1)


def ring(name: str, *ids: object) -> None:
    """Ask a worker to run the registered job. One bell of a kind hangs at a time: a second ring while the
    first still waits adds nothing, because a job does all the work it finds."""
    if name in HEARD_AT_WORK:
        redis().incr(f"rung:{name}")
    if redis().set(_key(name, ids), 1, nx=True, ex=10):
        queue(JOBS[name]).enqueue_call(name, args=tuple(map(str, ids)), result_ttl=0, failure_ttl=86_400)


def answered(name: str, *ids: object) -> None:
    """The job has started: the next ring counts again."""
    redis().delete(_key(name, ids))


def rung(client: Redis, name: str) -> bytes | None:
    """What differs after each ring for one of HEARD_AT_WORK."""
    found = client.get(f"rung:{name}")
    return found if isinstance(found, bytes) else None


def _key(name: str, ids: Iterable[object]) -> str:
    return "bell:" + ":".join([name, *map(str, ids)])


def publish_on(client: Redis, channel: str, message: dict[str, Any]) -> None:
    """Tell every web process; nobody listening is no error."""
    client.publish(channel, json.dumps(message, separators=(",", ":")))


class _NoAlarm(BaseDeathPenalty):  # type: ignore[misc]
    """RQ's SIGALRM can vanish inside a callback and leave a worker hanging: jobs keep their own time."""

    def setup_death_penalty(self) -> None: ...
    def cancel_death_penalty(self) -> None: ...


class BellWorker(SimpleWorker):  # type: ignore[misc]
    """One long-lived process that runs registered jobs, each in a fresh application context."""

    death_penalty_class = _NoAlarm
    job_class = Bell

    def __init__(self, app: Flask, kind: str) -> None:
        self._app = app
        with app.app_context():
            queues = [queue(name) for name in QUEUES[kind]]
            super().__init__(
                queues,
                connection=redis(),
                serializer=JSONSerializer,
                worker_ttl=30,
                job_monitoring_interval=5,
            )

    def perform_job(self, job: Job, *args: Any, **kwargs: Any) -> bool:
        with self._app.app_context():
            # From here on a new ring counts: what it tells of may come too late for this run.
            answered(job.func_name or "", *job.args)
            return bool(super().perform_job(job, *args, **kwargs))

    def handle_warm_shutdown_request(self) -> None:
        self._app.extensions["crier_stopping"] = True


def is_stopping() -> bool:
    """Whether this process was asked to end: a slice finishes what is on the wire and claims no more."""
    return bool(current_app.extensions.get("crier_stopping"))
