"""Callbacks are kept for a week, and never taken away before they were applied."""

from flask import Flask
from sqlalchemy import text

from tests.callbacks import inbox, post, work
from tests.campaigning import make_instance
from tests.people import Person
from webapp.db import act_for, db
from webapp.services.receiving import leftovers


def test_what_was_applied_a_week_ago_is_forgotten_in_every_tenant(
    app: Flask, owner: Person, stranger: Person
) -> None:
    for person in (owner, stranger):
        act_for(person.tenant_id)
        instance = make_instance(person.tenant_id)
        for raw in (b"{}", b"not json", b"[]"):
            assert post(app, instance.id, raw).status_code == 200
        work(person.tenant_id)
        old = "update callback_inbox set applied_at = now() - interval '8 days' where body in ('{}', 'not json')"
        db.session.execute(text(old))
        assert post(app, instance.id, b"null").status_code == 200
        db.session.execute(text("update callback_inbox set received_at = now() - interval '9 days'"))
        db.session.commit()
    assert leftovers.forget_old() == 4
    assert leftovers.forget_old() == 0
    for person in (owner, stranger):
        act_for(person.tenant_id)
        assert [row.body for row in inbox(person.tenant_id)] == [b"[]", b"null"]
