"""What the pages do a program can do: each form of a page has its act, or a reason why it has none."""

from flask import Flask
from pydantic.alias_generators import to_camel

from webapp.api.acts.catalogue import ACTS
from webapp.views.permissions import BY_KEY, PUBLIC

# Forms that are called otherwise than their acts.
CALLED = {
    "contacts.join": "groups.addContacts",
    "contact_bulk.delete": "contacts.deleteMany",
    "contact_bulk.restore": "contacts.restoreMany",
    "contact_bulk.join": "groups.addContacts",
    "contact_bulk.leave": "groups.removeContacts",
    "groups.add_by_number": "groups.addContacts",
    "imports.upload": "imports.create",
    "imports.start": "imports.create",
    "campaigns.save_step": "campaigns.update",
    "campaigns.audience_count": "campaigns.getReach",
    "campaigns.left_out_typed": "campaigns.getReach",
    "webhooks.pause": "webhooks.update",
    "webhooks.resume": "webhooks.update",
    "webhooks.regenerate": "webhooks.regenerateSecret",
    "webhook_logs.replay": "webhooks.replay",
    "webhook_logs.replay_failed": "webhooks.replayFailed",
    "webhook_logs.post_waiting": "webhooks.postWaiting",
}
# Who comes in, and what is shown only to somebody who has just typed their password.
FOR_PEOPLE_ALONE = {"sign_in", "step_up", "settings", "api_keys"}
SECRET = {"webhooks.reveal"}


def forms(app: Flask) -> set[str]:
    doors = BY_KEY | FOR_PEOPLE_ALONE
    posted = {rule.endpoint for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())}
    return {one for one in posted - PUBLIC - SECRET if one.split(".")[0] not in doors}


def camel(endpoint: str) -> str:
    return ".".join(to_camel(part) for part in endpoint.split("."))


def test_each_form_of_a_page_has_its_act(app: Flask) -> None:
    acts = {act.name for act in ACTS}
    assert set(CALLED.values()) <= acts
    assert set(CALLED) <= forms(app)
    assert {form for form in forms(app) if CALLED.get(form, camel(form)) not in acts} == set()
