"""Numbers: which of the tenant's numbers an address may bring news of."""

import uuid
from dataclasses import dataclass

from webapp.db import db
from webapp.models.whatsapp_instances import WhatsAppInstance
from webapp.services.receiving.addresses import readable_secret


@dataclass(frozen=True, slots=True)
class Circle:
    """The living numbers whose news come to one address: those of its business account, and those of its app,
    which the same secret proves. `instances` is by the provider's id of the number."""

    provider: str
    instances: dict[str, WhatsAppInstance]

    def of_account(self, business_account_id: str) -> list[WhatsAppInstance]:
        """The numbers of a business account; none when the address may not speak for it."""
        return [
            instance
            for instance in self.instances.values()
            if instance.business_account_id == business_account_id
        ]


def circles(tenant_id: uuid.UUID) -> dict[uuid.UUID, Circle]:
    """The circle of each living number of the tenant. A number in the trash has none: nothing is heard of it."""
    query = WhatsAppInstance.of(tenant_id).execution_options(populate_existing=True)
    living = db.session.scalars(query).all()
    secrets = {instance.id: readable_secret(instance, "app_secret") for instance in living}

    def together(one: WhatsAppInstance, other: WhatsAppInstance) -> bool:
        same_app = bool(secrets[one.id]) and secrets[one.id] == secrets[other.id]
        return one.provider == other.provider and (
            same_app or one.business_account_id == other.business_account_id
        )

    return {
        one.id: Circle(
            one.provider, {other.phone_number_id: other for other in living if together(one, other)}
        )
        for one in living
    }
