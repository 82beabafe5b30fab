"""S15: the template of a running campaign is changed and then deleted; what was frozen at the start is sent."""

import uuid
from random import Random

from chaos.fault import Fault
from chaos.send import Send
from chaos.world import World
from webapp.db import db
from webapp.models.campaigns import Campaign
from webapp.services import message_templates as templates


def strike(world: World, send: Send, _dice: Random) -> None:
    def use_template() -> uuid.UUID:
        template = templates.create(send.tenant_id, name=f"Text {send.first}", content=send.message)
        campaign = db.session.get_one(Campaign, (send.tenant_id, send.campaign_id))
        campaign.message_template_id = template.id
        db.session.commit()
        return template.id

    template_id = world.act(send.tenant_id, use_template)
    send.start()
    send.reaches(send.people // 4)
    name, content = f"Other {send.first}", "Something else, {{name}}"
    world.act(
        send.tenant_id, lambda: templates.update(send.tenant_id, template_id, name=name, content=content)
    )
    send.reaches(send.people // 2)
    world.act(send.tenant_id, lambda: templates.remove(send.tenant_id, template_id))


FAULT = Fault("S15", "template edited and deleted", strike, strikes=1, starts=True)
