"""Reading: raw callbacks become news, sorted by what is to be done, each with the numbers it is about."""

import logging
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from webapp.models.whatsapp_instances import WhatsAppInstance
from webapp.providers.news import (
    AccountNews,
    Echo,
    Inbound,
    News,
    NumberQuality,
    NumberTrouble,
    Preference,
    Status,
    TemplateNews,
    Unrecognised,
)
from webapp.providers.registry import PROVIDERS
from webapp.providers.tracker import read_tracker
from webapp.services.receiving.inbox import Body
from webapp.services.receiving.numbers import Circle
from webapp.services.receiving.told import Told

log = logging.getLogger(__name__)

Talk = Inbound | Preference | Echo
Standing = AccountNews | TemplateNews | NumberQuality | NumberTrouble

# What people say is written person by person, some hundred a second: more waits for the next transaction.
MOST_TALK: Final = 300


@dataclass(slots=True)
class Mail:
    """Everything in some callbacks: what became of our messages, what people said, how numbers stand."""

    bodies: list[Body] = field(default_factory=list)
    told: dict[tuple[uuid.UUID, str], Told] = field(default_factory=dict)
    talk: list[tuple[Talk, WhatsAppInstance, Body]] = field(default_factory=list)
    standing: list[tuple[Standing, list[WhatsAppInstance]]] = field(default_factory=list)


def read(bodies: Iterable[Body], circles: Mapping[uuid.UUID, Circle], key: bytes) -> Mail:
    """The news of these callbacks, or of the first of them, as far as one transaction goes.

    What is about a number the address may not speak for is noted and left."""
    mail = Mail()
    for body in bodies:
        if len(mail.talk) >= MOST_TALK:
            break
        mail.bodies.append(body)
        circle = circles.get(body.instance_id)
        if circle is None:
            body.note("number gone")
            continue
        for news in PROVIDERS[circle.provider].read_callback(body.raw):
            _sort(mail, news, body, circle, key)
    return mail


def one_by_one(body: Body, circles: Mapping[uuid.UUID, Circle], key: bytes) -> Iterator[Mail]:
    """Each piece of news of one callback alone. A callback that can not be read at all is noted."""
    circle = circles.get(body.instance_id)
    if circle is None:
        body.note("number gone")
        return
    try:
        pieces = PROVIDERS[circle.provider].read_callback(body.raw)
    except Exception:
        log.exception("callback_not_read", extra={"callback": body.id})
        body.note("could not be read")
        return
    for news in pieces:
        mail = Mail()
        _sort(mail, news, body, circle, key)
        yield mail


def _sort(mail: Mail, news: News, body: Body, circle: Circle, key: bytes) -> None:
    """Put one piece of news where it belongs. A repeat is only about messages that were not known before."""
    if isinstance(news, Status):
        _sort_status(mail, news, body, circle, key)
    elif body.is_repeat:
        return
    elif isinstance(news, Unrecognised):
        body.note(news.reason)
    elif isinstance(news, AccountNews | TemplateNews | NumberQuality):
        numbers = circle.of_account(news.business_account_id)
        if numbers:
            mail.standing.append((news, numbers))
        else:
            body.note("not our account")
    elif instance := circle.instances.get(news.phone_number_id):
        if isinstance(news, NumberTrouble):
            mail.standing.append((news, [instance]))
        else:
            mail.talk.append((news, instance, body))
    else:
        body.note("not our number")


def _sort_status(mail: Mail, news: Status, body: Body, circle: Circle, key: bytes) -> None:
    if body.is_repeat and news.tracker:
        return
    instance = circle.instances.get(news.phone_number_id)
    if instance is None:
        body.note("not our number")
        return
    place = (instance.id, news.message_id)
    told = mail.told.get(place)
    if told is None:
        told = mail.told[place] = Told(instance.id, news.message_id)
    if news.tracker and told.number is None:
        told.has_tracker, told.number = True, read_tracker(news.tracker, key)
    told.add(news, body)
