"""HTTP on one connection, with nothing that a message does not need."""

import asyncio
from typing import Final, cast

import httptools

from bench.stub.book import Book
from bench.stub.doors import Doors

_ACCEPTED: Final = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=UTF-8\r\nContent-Length: %d\r\n\r\n%s"
)
_BODY: Final = (
    b'{"messaging_product":"whatsapp","contacts":[{"input":"+%s","wa_id":"%s"}],"messages":[{"id":"%s"}]}'
)
_OWN: Final = b"/_stub/"


class Connection(asyncio.Protocol):
    """Answers one request after the other. A message is whatever is posted to another address than our own."""

    def __init__(self, book: Book, doors: Doors) -> None:
        self._book, self._doors = book, doors
        self._parser = httptools.HttpRequestParser(self)
        self._url = self._body = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's are no subclass

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self._transport.close()

    def on_url(self, url: bytes) -> None:
        self._url = url

    def on_body(self, data: bytes) -> None:
        self._body += data

    def on_message_complete(self) -> None:
        url, body, self._body = self._url, self._body, b""
        if url.startswith(_OWN):
            answer = self._doors.answer(url[len(_OWN) :].decode(), body)
        else:
            to, message_id = self._book.take(body)
            answer = _BODY % (to, to, message_id)
        self._transport.write(_ACCEPTED % (len(answer), answer))
