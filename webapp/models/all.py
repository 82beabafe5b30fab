"""Every table, for those who need the whole schema: migrations and the tests of the catalogue."""

from webapp.models import (
    again,
    audit_log,
    callback_inbox,
    campaigns,
    contact_acts,
    contacts,
    events,
    exports,
    groups,
    idempotent_requests,
    imports,
    message_templates,
    messages_history,
    opt_outs,
    recipients,
    sending,
    sessions,
    tenants,
    users,
    webhooks,
    whatsapp_instances,
)

__all__ = [
    "again", "audit_log", "callback_inbox", "campaigns", "contact_acts", "contacts", "events", "exports", "groups",
    "idempotent_requests", "imports", "message_templates", "messages_history", "opt_outs", "recipients", "sending",
    "sessions", "tenants", "users", "webhooks", "whatsapp_instances",
]  # fmt: skip
