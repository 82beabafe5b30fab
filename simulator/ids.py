"""Message ids that look like Meta's."""

import os
from binascii import b2a_base64
from itertools import count

# The frame of a real id: a length byte, the WhatsApp id, these bytes, 20 hexadecimal digits, a zero.
_BEFORE_SERIAL = b"\x15\x02\x00\x11\x18\x12"
_SERIALS_PER_START = 16**6


class MessageIds:
    """Ids that never repeat, over restarts either: 56 random bits from each start, then a counter."""

    def __init__(self) -> None:
        self._begin()

    def _begin(self) -> None:
        self._start, self._serials = os.urandom(7).hex().upper(), count()

    def next(self, wa_id: str) -> str:
        serial = next(self._serials)
        if serial >= _SERIALS_PER_START:
            self._begin()
            serial = next(self._serials)
        who = wa_id.encode()[:32]
        raw = b"\x1c%c%b%b%b%06X\x00" % (len(who), who, _BEFORE_SERIAL, self._start.encode(), serial)
        return "wamid." + b2a_base64(raw, newline=False).decode()
