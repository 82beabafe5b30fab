"""What the list of contacts and the list of a group's members have in common."""

import uuid
from typing import Any

from flask import request

from webapp.domain.errors import N_, Invalid
from webapp.services import contact_lists, groups, opt_outs
from webapp.services.contact_search import STATUSES, Which
from webapp.views.guard import here
from webapp.views.shared import as_uuid, asked_keys, page_links


def asked_which(group_id: uuid.UUID | None = None) -> Which:
    """The filters of the address; what is none is left out."""
    status = request.values.get("status", "")
    return Which(
        q=request.values.get("q", "")[:200],
        group_id=group_id or as_uuid(request.values.get("group")),
        status=status if status in STATUSES else "",
        deleted="trash" in request.values,
    )


def chosen_group(field: str) -> Any:
    """The group that this field of a form names."""
    if not (group_id := as_uuid(request.form.get(field))):
        raise Invalid(field, N_("Choose a group first."))
    return groups.get(here().tenant.id, group_id)


def listing(which: Which, endpoint: str, **place: object) -> dict:
    """What templates/contacts/list.html needs. `place` is what the endpoint's address needs beside the filters."""
    tenant_id = here().tenant.id
    page = contact_lists.listed(tenant_id, which, **asked_keys())
    standing = opt_outs.standing(tenant_id, [contact.phone_key for contact in page.items])
    filters = {"q": which.q, "status": which.status, "trash": which.deleted}
    if "group_id" not in place:
        filters["group"] = which.group_id
    return {
        "page": page,
        "which": which,
        "count": contact_lists.counted(tenant_id, which),
        "groups_of": groups.of_contacts(tenant_id, [contact.id for contact in page.items]),
        "opted_out": {no.phone_key for no in standing},
        "choices": groups.choices(tenant_id),
        **page_links(endpoint, page, **filters, **place),
    }
