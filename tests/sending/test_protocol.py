"""The protocol's steps in any order, found by Hypothesis; CHAOS=1, as `make chaos` says it, looks further."""

import os

import pytest
from flask import current_app
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.people import Person
from tests.sending.machine import BATCH, Protocol
from webapp.sending import plan
from webapp.sending.store import Store

EXAMPLES, STEPS = (60, 50) if os.environ.get("CHAOS") else (12, 25)


def test_whatever_comes_in_whatever_order_everybody_is_reached_once(
    owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan, "BATCH", BATCH)
    Protocol.owner, Protocol.store = owner, Store(current_app.config["CRIER"].database_url)
    try:
        run_state_machine_as_test(
            Protocol,
            settings=settings(
                max_examples=EXAMPLES,
                stateful_step_count=STEPS,
                deadline=None,
                database=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
    finally:
        Protocol.store.close()
