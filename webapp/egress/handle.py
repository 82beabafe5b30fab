"""A libcurl handle set up so that nothing surprising can happen, and what libcurl's result codes mean."""

import os
import ssl
from typing import Any, Final

import pycurl

from webapp.egress.answer import Problem

CONNECT_SECONDS: Final = 5
# Servers close idle connections after 5 seconds at the earliest we know of (Node), mostly after 60 to 75. One
# that is closed in the moment it is used again leaves an unknown outcome, so those that idled long are left.
IDLE_SECONDS: Final = 15
# Each handle keeps one for ever. libcurl's own 64 KB are 8 MB for a full flight; what is sent is hardly ever longer.
UPLOAD_BYTES: Final = 16_384

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
    # Where a server offers it, over TLS. Requests wait a moment for a connection that several may share.
    (pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_2TLS),
    (pycurl.PIPEWAIT, 1),
    (pycurl.MAXAGE_CONN, IDLE_SECONDS),
    (pycurl.UPLOAD_BUFFERSIZE, UPLOAD_BYTES),
    (pycurl.CONNECTTIMEOUT_MS, CONNECT_SECONDS * 1000),
    # Whoever asks "may I send?" first posts again when the answer is no.
    (pycurl.HTTPHEADER, ["Expect:"]),
    (pycurl.SEEKFUNCTION, lambda offset, origin: pycurl.SEEKFUNC_FAIL),
)

_PROBLEMS: Final = {
    pycurl.E_URL_MALFORMAT: Problem.ADDRESS,
    pycurl.E_UNSUPPORTED_PROTOCOL: Problem.ADDRESS,
    pycurl.E_COULDNT_RESOLVE_HOST: Problem.NAME,
    pycurl.E_COULDNT_CONNECT: Problem.CONNECT,
    pycurl.E_OPERATION_TIMEDOUT: Problem.TIMEOUT,
    pycurl.E_SSL_CONNECT_ERROR: Problem.TLS,
    pycurl.E_SSL_CERTPROBLEM: Problem.TLS,
    pycurl.E_SSL_CIPHER: Problem.TLS,
    pycurl.E_SSL_PEER_CERTIFICATE: Problem.TLS,
    pycurl.E_SSL_CACERT_BADFILE: Problem.TLS,
    pycurl.E_SSL_ISSUER_ERROR: Problem.TLS,
    pycurl.E_SSL_INVALIDCERTSTATUS: Problem.TLS,
}


def new_handle() -> Any:
    """A handle that speaks HTTP/1.1 to the address it is given and to nobody else: no proxy, no redirect, no
    stored password or cookie, no decompression, certificates verified, a body never read twice."""
    curl = pycurl.Curl()
    for option, value in (*_OPTIONS, *_trusted()):
        curl.setopt(option, value)
    return curl


def problem(code: int) -> Problem:
    """What kind of failure a result code other than 0 is."""
    return _PROBLEMS.get(code, Problem.BROKEN)


def _trusted() -> list[tuple[int, str]]:
    """The machine's own certificates, or SSL_CERT_FILE: libcurl in a wheel does not know where they lie."""
    paths = ssl.get_default_verify_paths()
    found = ((pycurl.CAINFO, paths.cafile), (pycurl.CAPATH, paths.capath))
    return [(option, path) for option, path in found if path and os.path.exists(path)]
