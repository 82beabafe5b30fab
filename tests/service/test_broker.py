"""Whoever can write to Redis can ring, and no more."""

import json
import pickle
import zlib
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask
from redis import Redis
from rq.job import Job

from webapp import broker
from webapp.app import create_app
from webapp.config import Settings


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """What the jobs' functions were called with; the functions themselves are stand-ins."""
    calls: list[tuple[str, ...]] = []
    room = SimpleNamespace(
        **{name: lambda *ids, name=name: calls.append((name, *ids)) for name in broker.JOBS}
    )
    monkeypatch.setattr(broker, "_functions", {})
    broker.register(room)
    return calls


def work(app: Flask, kind: str = "work") -> None:
    broker.BellWorker(app, kind).work(burst=True, logging_level="CRITICAL")


def test_a_bell_runs_its_job_once(app: Flask, ran: list[tuple[str, ...]]) -> None:
    for _ in range(5):
        broker.ring("plan_campaign", "a", "b")
    work(app)
    assert ran == [("plan_campaign", "a", "b")]


def test_a_bell_that_was_answered_hangs_anew(app: Flask, ran: list[tuple[str, ...]]) -> None:
    for _ in range(2):
        broker.ring("plan_campaign", "a", "b")
        work(app)
    assert ran == [("plan_campaign", "a", "b")] * 2


def test_callbacks_go_before_other_work(app: Flask, ran: list[tuple[str, ...]]) -> None:
    broker.ring("plan_campaign", "a", "b")
    broker.ring("apply_callbacks", "a")
    work(app)
    assert [name for name, *_ in ran] == ["apply_callbacks", "plan_campaign"]


def forge(client: Redis, name: str, **fields: bytes | str) -> None:
    """A job as an attacker with access to Redis would write it, past every check of ours."""
    key = f"forged-{name}"
    job = {
        "created_at": "2026-01-01T00:00:00.000000Z",
        "enqueued_at": "2026-01-01T00:00:00.000000Z",
        "origin": "work",
        "status": "queued",
        "timeout": "-1",
        "description": "forged",
    }
    client.hset(Job.key_for(key), mapping=job | fields)  # type: ignore[arg-type]
    client.rpush("rq:queue:work", key)
    client.sadd("rq:queues", "rq:queue:work")


def call(function: str, *args: object) -> bytes:
    return zlib.compress(json.dumps([function, None, list(args), {}]).encode())


def test_forged_jobs_run_nothing_and_the_worker_goes_on(
    app: Flask, ran: list[tuple[str, ...]], tmp_path: Path
) -> None:
    trap = tmp_path / "trap"
    touch = f"touch {trap}"
    client = broker.redis()
    forge(client, "system", data=call("os.system", touch))
    forge(client, "eval", data=call("builtins.eval", f"__import__('os').system({touch!r})"))
    forge(client, "method", data=zlib.compress(json.dumps(["format", "{0}", [touch], {}]).encode()))
    forge(client, "pickle", data=zlib.compress(pickle.dumps(("os.system", None, (touch,), {}))))
    forge(client, "garbage", data=b"\x00\xff")
    own = call("plan_campaign", "a", "b")
    forge(client, "callbacks", data=own, success_callback_name="os.system", failure_callback_name="os.system",
          stopped_callback_name="os.system")  # fmt: skip
    hook = json.dumps([{"url": "http://127.0.0.1:9/", "events": ["finished"], "on": ["finished"]}])
    forge(client, "webhooks", data=own, webhooks=hook)
    broker.ring("check_instance", "a", "c")
    work(app)
    assert not trap.exists()
    assert {name for name, *_ in ran} <= {"plan_campaign", "check_instance"}
    assert ("check_instance", "a", "c") in ran


@pytest.mark.parametrize(
    "fields",
    [
        {"data": b"\x00\xff"},
        {"data": zlib.compress(b"[1, 2]")},
        {"data": zlib.compress(json.dumps(["plan_campaign", None, 5, {}]).encode())},
        {"data": zlib.compress(json.dumps([["a"], None, [], {}]).encode())},
        {"data": call("plan_campaign", {"a": 1})},
        {"created_at": "yesterday"},
        {"status": "unheard of"},
        {"timeout": "long"},
        {"result_ttl": "long"},
        {"retries_left": "many"},
        {"dependency_ids": "{"},
    ],
)
def test_a_job_that_can_not_be_read_is_skipped(
    app: Flask, ran: list[tuple[str, ...]], fields: dict[str, bytes | str]
) -> None:
    forge(broker.redis(), "broken", **({"data": call("plan_campaign", "a", "b")} | fields))
    broker.ring("check_instance", "a", "c")
    work(app)
    assert ran == [("check_instance", "a", "c")]


def test_a_job_keeps_no_callback_and_no_webhook_of_a_forger(app: Flask) -> None:
    forge(
        broker.redis(), "x", data=call("plan_campaign", "a", "b"), success_callback_name="os.system",
        webhooks=json.dumps([{"url": "http://127.0.0.1:9/"}]),
    )  # fmt: skip
    job = broker.Bell.fetch("forged-x", connection=broker.redis(), serializer=broker.JSONSerializer)
    assert job.success_callback is None
    assert job.webhooks == []


def test_without_redis_a_ring_says_so(settings: Settings) -> None:
    app = create_app(replace(settings, redis_url="redis://127.0.0.1:9/0"))
    with app.app_context(), pytest.raises(broker.Unreachable):
        broker.ring("send_slice")
