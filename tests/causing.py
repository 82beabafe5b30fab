"""Each event of the catalogue, caused by what causes it in earnest: a verb, an import, the clock, a provider's callback."""

from collections.abc import Callable
from typing import Final

from flask import Flask

from tests import builders, callbacks, imports, webhooks
from tests.campaigning import make_instance
from tests.drafting import make_draft
from tests.people import Person
from webapp import clock
from webapp.models.webhooks import Webhook
from webapp.services import contacts, groups, message_templates
from webapp.services import webhooks as webhook_verbs
from webapp.services.campaigns import drafts, moves

Cause = Callable[[Flask, Person], object]


def _deleted_contact(app: Flask, owner: Person) -> None:
    contacts.remove(owner.tenant_id, builders.make_contact(owner.tenant_id).id)


def _changed_contact(app: Flask, owner: Person) -> None:
    contact = builders.make_contact(owner.tenant_id, phone_number="+4915120777001")
    contacts.update(owner.tenant_id, contact.id, phone_number="+4915120777001", name="Dora")
    contacts.opt_out(owner.tenant_id, contact.id)


def _changed_group(app: Flask, owner: Person) -> None:
    builders.make_group(owner.tenant_id, "Friends", builders.make_contact(owner.tenant_id))


def _deleted_group(app: Flask, owner: Person) -> None:
    groups.remove(owner.tenant_id, groups.create(owner.tenant_id, name="Friends").id)


def _import(app: Flask, owner: Person) -> None:
    imports.bring(owner.tenant_id, "name,phone\nAnn,+4915120777002\n")


def _changed_draft(app: Flask, owner: Person) -> None:
    draft = make_draft(owner.tenant_id)
    drafts.update(owner.tenant_id, draft.id, name="Summer")


def _deleted_draft(app: Flask, owner: Person) -> None:
    drafts.remove(owner.tenant_id, make_draft(owner.tenant_id).id)


def _started(app: Flask, owner: Person) -> None:
    moves.start(owner.tenant_id, make_draft(owner.tenant_id).id)


def _progressed(app: Flask, owner: Person) -> None:
    campaign, _ = callbacks.make_running(owner.tenant_id)
    callbacks.send(campaign)
    clock.fold()


def _template(owner: Person) -> object:
    return message_templates.create(owner.tenant_id, name="Hi", content="Hello {{name}}").id


def _changed_template(app: Flask, owner: Person) -> None:
    message_templates.update(owner.tenant_id, _template(owner), name="Hi", content="Good morning")


def _deleted_template(app: Flask, owner: Person) -> None:
    message_templates.remove(owner.tenant_id, _template(owner))


def _webhook(owner: Person, *events: str) -> Webhook:
    return webhooks.make_webhook(owner.tenant_id, events=list(events))


def _changed_webhook(app: Flask, owner: Person) -> None:
    webhook_verbs.pause(owner.tenant_id, _webhook(owner).id)


def _deleted_webhook(app: Flask, owner: Person) -> None:
    webhook_verbs.remove(owner.tenant_id, _webhook(owner).id)


def _written_to(app: Flask, owner: Person) -> None:
    instance = make_instance(owner.tenant_id)
    callbacks.arrive(app, instance, callbacks.messages_of(instance, callbacks.text_from("12025550143", "Hi")))


def _delivered(app: Flask, owner: Person) -> None:
    _webhook(owner, "message_status_changed")
    campaign, instance = callbacks.make_running(owner.tenant_id)
    callbacks.send(campaign)
    arrived, failed, _ = callbacks.recipients(campaign)
    news = (callbacks.status_of(arrived, "delivered"), callbacks.status_of(failed, "failed", code=131026))
    callbacks.arrive(app, instance, callbacks.statuses_of(instance, *news))


# webhook_triggered is told by delivery, which has tests of its own.
CAUSES: Final[dict[str, Cause]] = {
    "contact_created": lambda _, owner: builders.make_contact(owner.tenant_id),
    "contact_updated": _changed_contact,
    "contact_deleted": _deleted_contact,
    "contacts_imported": _import,
    "group_created": lambda _, owner: groups.create(owner.tenant_id, name="Friends"),
    "group_updated": _changed_group,
    "group_deleted": _deleted_group,
    "campaign_created": lambda _, owner: make_draft(owner.tenant_id),
    "campaign_updated": _changed_draft,
    "campaign_deleted": _deleted_draft,
    "campaign_status_changed": _started,
    "campaign_progressed": _progressed,
    "template_created": lambda _, owner: _template(owner),
    "template_updated": _changed_template,
    "template_deleted": _deleted_template,
    "webhook_created": lambda _, owner: _webhook(owner),
    "webhook_updated": _changed_webhook,
    "webhook_deleted": _deleted_webhook,
    "message_received": _written_to,
    "message_status_changed": _delivered,
}
