"""Changed numbers: somebody keeps their WhatsApp account and takes a new number."""

import logging

from sqlalchemy.exc import IntegrityError

from webapp.db import db
from webapp.domain import phones
from webapp.domain.errors import Invalid
from webapp.models.contacts import Contact
from webapp.services import opt_outs
from webapp.services.contacts import described
from webapp.services.events import emit

log = logging.getLogger(__name__)


def follow(contact: Contact, new_wa_id: str) -> None:
    """Give somebody their new number, unless another contact has it. What they do not want moves along.

    Campaigns that were planned before still write to the number they were planned with. Commits nothing."""
    try:
        phone = phones.from_wa_id(new_wa_id)
    except Invalid:
        return
    opt_outs.follow(contact.tenant_id, contact.phone_key, phone.key)
    try:
        with db.session.begin_nested():
            contact.phone_number, contact.phone_key = phone.e164, phone.key
            contact.wa_id, contact.is_doubtful = new_wa_id, False
            emit(contact.tenant_id, "contact_updated", contact.id, described(contact))
    except IntegrityError:
        db.session.refresh(contact)
        log.info("new_number_is_known")
