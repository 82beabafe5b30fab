import pytest
from flask import Flask

from tests.api.caller import Caller, make_caller
from tests.people import Person
from webapp.db import act_for


@pytest.fixture
def caller(app: Flask, owner: Person) -> Caller:
    """A program of the owner's tenant that may do everything."""
    return make_caller(app, owner.tenant_id)


@pytest.fixture
def foreign(app: Flask, caller: Caller, stranger: Person) -> Caller:
    """A program of another tenant."""
    made = make_caller(app, stranger.tenant_id)
    act_for(caller.tenant_id)
    return made
