"""One libcurl handle, used again and again, and the request it carries now."""

import os
import re
import socket
import ssl
from typing import Any, Final

import pycurl

from webapp.egress.answer import MAX_ANSWER, Answer, Fate, Problem
from webapp.egress.rules import Rules
from webapp.egress.urls import AddressRefused, read_url

CONNECT_SECONDS: Final = 5
# A server that closes idle connections does so after 5 seconds at the earliest we know of (Node), 60 to 75
# mostly. A connection that is closed while it is used again makes an unknown outcome, so old ones are left.
IDLE_SECONDS: Final = 15

_OPTIONS: Final = (
    (pycurl.NOSIGNAL, 1),
    (pycurl.PROTOCOLS, pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS),
    (pycurl.FOLLOWLOCATION, 0),
    (pycurl.PROXY, ""),
    (pycurl.NOPROXY, "*"),
    (pycurl.NETRC, pycurl.NETRC_IGNORED),
    (pycurl.SSL_VERIFYPEER, 1),
    (pycurl.SSL_VERIFYHOST, 2),
    (pycurl.SSLVERSION, pycurl.SSLVERSION_TLSv1_2),
    # One request at a time on a connection: one that breaks leaves one unknown outcome, not a hundred.
    (pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_1_1),
    (pycurl.MAXAGE_CONN, IDLE_SECONDS),
    (pycurl.CONNECTTIMEOUT_MS, CONNECT_SECONDS * 1000),
)
_TLS_PROBLEMS: Final = frozenset(
    {
        pycurl.E_SSL_CONNECT_ERROR,
        pycurl.E_SSL_CERTPROBLEM,
        pycurl.E_SSL_CIPHER,
        pycurl.E_SSL_PEER_CERTIFICATE,
        pycurl.E_SSL_CACERT_BADFILE,
        pycurl.E_SSL_ISSUER_ERROR,
        pycurl.E_SSL_INVALIDCERTSTATUS,
        pycurl.E_SSL_PINNEDPUBKEYNOTMATCH,
    }
)
_PROBLEMS: Final = {
    pycurl.E_URL_MALFORMAT: Problem.ADDRESS,
    pycurl.E_UNSUPPORTED_PROTOCOL: Problem.ADDRESS,
    pycurl.E_COULDNT_RESOLVE_HOST: Problem.NAME,
    pycurl.E_COULDNT_CONNECT: Problem.CONNECT,
    pycurl.E_OPERATION_TIMEDOUT: Problem.TIMEOUT,
    **dict.fromkeys(_TLS_PROBLEMS, Problem.TLS),
}
_BREAKS: Final = re.compile(r"[\r\n\0]")


class _Socket(socket.socket):
    """Closes itself when libcurl, which works on a copy of the descriptor, has let go of it."""

    def __del__(self) -> None:
        self.close()


class Line:
    """A handle that posts a body once: it refuses to read it a second time.

    libcurl posts again by itself when a connection that was used before breaks before the first byte of an
    answer (Curl_retry_request; measured: a body given as POSTFIELDS arrives twice, and the call says 200).
    A body that it must ask for, and may not rewind, leaves it no second one to post."""

    __slots__ = (
        "_body",
        "_chunks",
        "_deadline",
        "_given",
        "_headers",
        "_method",
        "_refused",
        "_rules",
        "_scheme",
        "_size",
        "_url",
        "context",
        "curl",
    )

    def __init__(self, rules: Rules) -> None:
        self.curl = pycurl.Curl()
        self.curl.line = self
        self.context: object = None
        self._rules = rules
        self._scheme = self._url = self._method = self._refused = ""
        self._headers: tuple[str, ...] = ()
        self._deadline = 0
        self._reset(b"")
        self._set_up()

    def load(
        self, method: str, url: str, headers: tuple[str, ...], body: bytes, context: object, deadline: float
    ) -> None:
        """Takes one request. Raises AddressRefused, or ValueError for a header of more than one line."""
        if url != self._url:
            self._aim(url)
        if headers != self._headers:
            self._dress(headers)
        if method != self._method:
            self.curl.setopt(pycurl.POST if method == "POST" else pycurl.HTTPGET, 1)
            self._method = method
        milliseconds = max(1, int(deadline * 1000))
        if milliseconds != self._deadline:
            self.curl.setopt(pycurl.TIMEOUT_MS, milliseconds)
            self._deadline = milliseconds
        if method == "POST":
            self.curl.setopt(pycurl.POSTFIELDSIZE, len(body))
        self.context = context
        self._reset(body)

    def answer(self, code: int) -> Answer:
        """What became of the request, by libcurl's result code (0: a whole answer)."""
        status = self.curl.getinfo(pycurl.RESPONSE_CODE) or None
        body = b"".join(self._chunks)
        if code == pycurl.E_OK and status:
            wait = 0 if status == 200 else self.curl.getinfo(pycurl.RETRY_AFTER)
            return Answer(self.context, Fate.ANSWERED, status, body, wait)
        return Answer(self.context, self._unanswered(), status, body, 0, self._problem(code), self._refused)

    def close(self) -> None:
        """Lets go of the handle, and of the ring of references between it and this line."""
        self.curl.line = None
        self.curl.close()

    def _unanswered(self) -> Fate:
        """Proof lies in what was written, never in the code: a retry that finds nobody says "could not connect"
        for a body that arrived. REQUEST_SIZE counts what was handed to the socket, over all connections tried."""
        written = self.curl.getinfo(pycurl.REQUEST_SIZE)
        return Fate.UNKNOWN if written else Fate.NOT_SENT

    def _problem(self, code: int) -> Problem:
        if self._refused:
            return Problem.ADDRESS
        if self._size > MAX_ANSWER:
            return Problem.TOO_BIG
        return _PROBLEMS.get(code, Problem.BROKEN)

    def _reset(self, body: bytes) -> None:
        self._body = body
        self._given = self._size = 0
        self._chunks: list[bytes] = []
        self._refused = ""

    def _aim(self, url: str) -> None:
        target = read_url(url, self._rules)
        self.curl.setopt(pycurl.URL, target.url)
        self._scheme = target.scheme
        self._url = url

    def _dress(self, headers: tuple[str, ...]) -> None:
        if any(_BREAKS.search(header) for header in headers):
            raise ValueError("A header is one line.")
        # An empty Expect keeps libcurl from asking first and posting again when the answer is no.
        self.curl.setopt(pycurl.HTTPHEADER, [*headers, "Expect:"])
        self._headers = headers

    def _set_up(self) -> None:
        for option, value in (*_OPTIONS, *_trusted()):
            self.curl.setopt(option, value)
        self.curl.setopt(pycurl.READFUNCTION, self._give)
        self.curl.setopt(pycurl.SEEKFUNCTION, _refuse_to_rewind)
        self.curl.setopt(pycurl.WRITEFUNCTION, self._take)
        self.curl.setopt(pycurl.OPENSOCKETFUNCTION, self._open)

    def _give(self, size: int) -> bytes:
        chunk = self._body[self._given : self._given + size]
        self._given += len(chunk)
        return chunk

    def _take(self, chunk: bytes) -> int | None:
        self._size += len(chunk)
        if self._size > MAX_ANSWER:
            return 0
        self._chunks.append(chunk)
        return None

    def _open(self, purpose: int, address: Any) -> Any:
        """The wall: the address that is really connected to, whatever the spelling or the name server said."""
        family, kind, protocol, (host, port, *_) = address
        self._refused = self._rules.refusal(host, port, self._scheme) or ""
        if self._refused or purpose != pycurl.SOCKTYPE_IPCXN:
            return pycurl.SOCKET_BAD
        return _Socket(family, kind, protocol)


def _refuse_to_rewind(offset: int, origin: int) -> int:
    return int(pycurl.SEEKFUNC_FAIL)


def _trusted() -> list[tuple[int, str]]:
    """The machine's own certificates (libcurl in a wheel does not know where they lie), or SSL_CERT_FILE."""
    paths = ssl.get_default_verify_paths()
    found = ((pycurl.CAINFO, paths.cafile), (pycurl.CAPATH, paths.capath))
    return [(option, path) for option, path in found if path and os.path.exists(path)]
