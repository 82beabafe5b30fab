"""A browser of a tenant's owner: signs in with a link, carries cookies and CSRF tokens."""

import re
import uuid
from http.cookiejar import CookieJar
from urllib.error import HTTPError
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener

from sqlalchemy import text

from chaos.world import World
from webapp.db import db
from webapp.services import accounts

_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
_OWNER = text(
    "select u.email from users u join memberships m on m.user_id = u.id where m.tenant_id = :tenant_id limit 1"
)


class Browser:
    """Pages of one web process, signed in."""

    def __init__(self, world: World, tenant_id: uuid.UUID, url: str) -> None:
        self._url = url
        self._opener: OpenerDirector = build_opener(HTTPCookieProcessor(CookieJar()))
        link = urlsplit(world.act(tenant_id, lambda: _link(tenant_id))).path
        self._token = self._find_token(link)
        self.post(link)
        self._token = self._find_token("/settings")

    def post(self, path: str, **fields: str) -> int:
        """Send a form; the HTTP status, after redirects."""
        data = urlencode({"csrf_token": self._token, **fields}).encode()
        try:
            with self._opener.open(Request(f"{self._url}{path}", data), timeout=60) as answer:
                return int(answer.status)
        except HTTPError as refused:
            return refused.code

    def _find_token(self, path: str) -> str:
        with self._opener.open(f"{self._url}{path}", timeout=60) as answer:
            found = _TOKEN.search(answer.read().decode())
        if found is None:
            raise RuntimeError(f"{path} has no form that may be sent")
        return found[1]


def _link(tenant_id: uuid.UUID) -> str:
    email = db.session.scalar(_OWNER, {"tenant_id": tenant_id})
    return accounts.link_address(accounts.link_user(str(email)))
