"""A person at a browser: signed in over the wire, with the token that forms carry."""

import http.client
import re
import time
import uuid
from typing import Final
from urllib.parse import urlencode, urlsplit

from webapp.db import act_for
from webapp.services import accounts

_TOKEN: Final = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


class Visitor:
    """`cookie` is what a socket of the same browser sends along."""

    def __init__(self, url: str, token: str) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
        self.cookie = ""
        form = self._token(f"/link/{token}")
        self._ask("POST", f"/link/{token}", {"csrf_token": form})
        self._csrf = self._token("/settings")

    def post(self, path: str) -> float:
        """Press a button; the seconds until its answer.

        Raises:
            RuntimeError: the answer is no redirect.
        """
        began = time.perf_counter()
        status, _ = self._ask("POST", path, {"csrf_token": self._csrf})
        took = time.perf_counter() - began
        if status != 303:
            raise RuntimeError(f"POST {path} was answered with {status}.")
        return took

    def _token(self, path: str) -> str:
        status, page = self._ask("GET", path)
        found = _TOKEN.search(page)
        if found is None:
            raise RuntimeError(f"GET {path} was answered with {status} and no form.")
        return found[1]

    def _ask(self, method: str, path: str, form: dict[str, str] | None = None) -> tuple[int, str]:
        headers = {"Content-Type": "application/x-www-form-urlencoded"} if form else {}
        body = urlencode(form) if form else None
        self._connection.request(
            method, path, body, headers | ({"Cookie": self.cookie} if self.cookie else {})
        )
        answer = self._connection.getresponse()
        text = answer.read().decode()
        # The next click may come after the server has given up waiting for it: it makes a connection of its own.
        self._connection.close()
        if cookie := answer.getheader("Set-Cookie"):
            self.cookie = cookie.partition(";")[0]
        return answer.status, text


def visitor(url: str, tenant_id: uuid.UUID) -> Visitor:
    """A new manager of this tenant, signed in."""
    token = accounts.add_user(tenant_id, f"{uuid.uuid4().hex}@example.org", "manager")
    act_for(tenant_id)
    return Visitor(url, token)
