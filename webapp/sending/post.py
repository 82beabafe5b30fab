"""Post: everything about a campaign that its messages have in common, made once and used for each."""

import uuid
from dataclasses import dataclass

from webapp.domain import placeholders
from webapp.domain.errors import Refusal
from webapp.models.campaigns import Campaign
from webapp.models.whatsapp_instances import WhatsAppInstance
from webapp.providers.base import Number, Provider
from webapp.providers.registry import PROVIDERS
from webapp.providers.tracker import make_tracker
from webapp.sending.lease import Row
from webapp.services.instance_secrets import secrets_of


@dataclass(frozen=True, slots=True)
class Post:
    """How one campaign's messages are posted. `seconds` is what one POST may take."""

    instance_id: uuid.UUID
    per_second: int
    kind: str
    provider: Provider
    number: Number
    url: str
    headers: tuple[str, ...]
    message: placeholders.Message
    defaults: dict[str, str]
    tracker_key: bytes
    seconds: float

    def make(self, rows: list[Row]) -> None:
        """Write the text and the request's bytes of each row. One whose text can not be made is refused alone."""
        for row in rows:
            try:
                row.content = self.message.render(row.values, self.defaults)
            except Refusal as refusal:
                row.refusal = str(refusal)
                continue
            tracker = make_tracker(row.number, self.tracker_key)
            row.body = self.provider.text_body(row.phone_number, row.content, tracker)


def post_of(campaign: Campaign, instance: WhatsAppInstance, tracker_key: bytes, seconds: float) -> Post:
    """What the messages of this campaign have in common now."""
    secrets = secrets_of(instance)
    number = Number(
        base_url=instance.base_url,
        api_version=instance.api_version,
        phone_number_id=instance.phone_number_id,
        business_account_id=instance.business_account_id,
        access_token=secrets.access_token,
        verify_token=secrets.verify_token,
    )
    provider = PROVIDERS[instance.provider]
    return Post(
        instance_id=instance.id,
        per_second=instance.messages_per_second,
        kind=campaign.message_kind,
        provider=provider,
        number=number,
        url=provider.send_url(number),
        headers=provider.headers(number),
        message=placeholders.compile(campaign.message),
        defaults=dict(campaign.message_variables),
        tracker_key=tracker_key,
        seconds=seconds,
    )
