"""What the demo's owner has written: groups and message templates."""

from typing import Any, Final

REGULARS, NEWSLETTER, CATERING, OUTCOMES = "Regulars", "Newsletter", "Catering customers", "Every outcome"

GROUPS: Final = {
    NEWSLETTER: "Everybody who signed up at the counter.",
    REGULARS: "They come every week.",
    CATERING: "Offices and parties.",
    OUTCOMES: "One person for each thing that can happen to a message. Try a campaign here first.",
}

TEMPLATES: Final[tuple[dict[str, Any], ...]] = (
    {
        "name": "Weekend special",
        "content": "Hi {{first name}}! 🥐\n\nThis weekend we bake your favourite: *{{favourite}}*, two for one until "
        "Sunday noon at our shop in {{city}}.\n\n_Reply STOP to hear no more from us._",
        "variables": {"first name": "there", "favourite": "sourdough loaf", "city": "your town"},
    },
    {
        "name": "Holiday opening hours",
        "content": "Dear {{name}},\n\nover the holidays we open from 7:00 to 13:00, and the ovens rest on the 1st. "
        "Order your bread by answering this message.\n\nYour bakery in {{city}}",
        "variables": {"name": "guest", "city": "town"},
    },
    {
        "name": "Thank you",
        "content": "Thank you for your visit, {{first name}}! How was the {{favourite}}? "
        "Answer with a number from 1 to 5.",
        "variables": {"first name": "dear guest", "favourite": "bread"},
    },
)
