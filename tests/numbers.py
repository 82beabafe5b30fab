"""Numbers for tests."""

import uuid
from typing import Any

from webapp.models.whatsapp_instances import WhatsAppInstance
from webapp.services import whatsapp_instances

ACCESS = {
    "access_token": "EAA-canary-token-1234",
    "app_secret": "canary-app-secret-5678",
    "verify_token": "canary-verify-token",
}


def typed(**other: Any) -> dict[str, Any]:
    """What a person types to connect a number."""
    return {
        "name": "Shop",
        "phone_number": "+1 202-555-0142",
        "phone_number_id": "720000000000101",
        "business_account_id": "910000000000001",
        "messages_per_second": 80,
        "base_url": "https://graph.facebook.com",
        "api_version": "v23.0",
        **ACCESS,
        **other,
    }


def make_number(tenant_id: uuid.UUID, **other: Any) -> WhatsAppInstance:
    return whatsapp_instances.create(tenant_id, **typed(**other))
