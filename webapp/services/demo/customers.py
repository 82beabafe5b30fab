"""The customers of the demo: who they are, what they like, and a few with whom something happens."""

import random
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from webapp.domain import phones as phone_numbers
from webapp.services.demo import phones
from webapp.services.demo.names import invented

COUNT: Final = 2_000
FAVOURITES: Final = (
    *("sourdough loaf", "rye bread", "almond croissant", "cinnamon bun", "baguette", "focaccia"),
    *("pretzel", "cheesecake", "apple strudel", "pain au chocolat", "cardamom knot", "challah"),
)

# What the simulator does to these (its README, scripted recipients), and who they are here.
SCRIPTED: Final = {
    "+19990000002": ("Petra Unseen", "delivered, never read"),
    "+19990000003": ("Milan Quick", "read without a delivered"),
    "+19990000005": ("Ada Offline", "sent, then nothing more"),
    "+19990000472": ("Kofi Trial", "fails: WhatsApp's experiment"),
    "+19990000502": ("Ines Echo", "uncertain at first, cleared up by news"),
    "+19990000004": ("Hugo Silent", "accepted, then no news at all"),
    "+19990001026": ("Old Landline", "fails: not on WhatsApp"),
    "+19990001047": ("Sven Later", "fails: no open conversation"),
    "+19990001049": ("Vera Full", "fails: has had enough marketing for now"),
    "+19990001050": ("Omar Quiet", "fails: opted out of marketing"),
    "+19990003001": ("Dana Reply", "answers “Hi”"),
    "+19990003002": ("Stopper Stan", "answers STOP"),
}


def contacts(tenant_id: uuid.UUID, dice: random.Random) -> list[dict[str, Any]]:
    """The rows of all customers; whoever is scripted comes last, so that lists begin with them."""
    free = phones.free()
    dice.shuffle(free)
    doubtful = phones.doubtful()
    places = free[: COUNT - len(doubtful) - len(SCRIPTED)] + doubtful
    dice.shuffle(places)
    return [_customer(tenant_id, dice, *place) for place in places] + [
        _scripted(tenant_id, number, name, shows) for number, (name, shows) in SCRIPTED.items()
    ]


def _customer(tenant_id: uuid.UUID, dice: random.Random, number: str, city: str) -> dict[str, Any]:
    phone = phone_numbers.parse(number, None)
    attributes = {
        "city": city,
        "last visit": f"{datetime(2025, 1, 1) + timedelta(days=dice.randrange(360)):%Y-%m-%d}",
    }
    if dice.random() < 0.9:
        attributes["favourite"] = dice.choice(FAVOURITES)
    return {
        "tenant_id": tenant_id,
        "phone_number": phone.e164,
        "phone_key": phone.key,
        "is_doubtful": phone.doubtful,
        "name": invented(dice),
        "attributes": attributes,
        "is_active": dice.random() > 0.02,
        "last_inbound_at": datetime.now(UTC) - timedelta(hours=dice.uniform(1, 400))
        if dice.random() < 0.2
        else None,
    }


def _scripted(tenant_id: uuid.UUID, number: str, name: str, shows: str) -> dict[str, Any]:
    """Nobody's number either; not marked as doubtful, so that campaigns do not leave it out."""
    return {
        "tenant_id": tenant_id,
        "phone_number": number,
        "phone_key": phone_numbers.parse(number, None).key,
        "is_doubtful": False,
        "name": name,
        "attributes": {"city": "Testville", "favourite": FAVOURITES[0], "shows": shows},
        "is_active": True,
        "last_inbound_at": None,
    }
