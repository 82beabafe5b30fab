"""What an address typed by a person really says, and whether it may be called. The wall that counts is the
one at the connection (line.py): a name may point elsewhere by then."""

import re
import socket
import unicodedata
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, quote, urlsplit

from webapp.domain.errors import N_, Refusal
from webapp.egress.addresses import read_address
from webapp.egress.rules import Rules

MAX_URL: Final = 2048
SCHEME_PORTS: Final = {"https": 443, "http": 80}

_UNWANTED: Final = re.compile(r"[\x00-\x20\x7f\\]")
_NAME: Final = re.compile(r"(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]{0,62})(?:\.[a-z0-9_](?:[a-z0-9_-]{0,62}))*")
_NUMERIC_END: Final = re.compile(r"(?:.*\.)?(?:\d+|0x[0-9a-f]*)")


class AddressRefused(Refusal):
    """This address is not called; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Target:
    """An address in its one true spelling, and the parts that decide whether it may be called."""

    url: str
    scheme: str
    host: str
    port: int


def check_url(url: str, rules: Rules) -> str:
    """The address in its one true spelling, after every machine its name stands for was found allowed.

    Resolves the name, so it may take seconds; raises AddressRefused."""
    target = read_url(url, rules)
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except OSError:
        raise AddressRefused(N_("No machine of that name can be found. Check the address.")) from None
    for *_, address in found:
        _refuse_unless_allowed(rules, str(address[0]), target)
    return target.url


def read_url(url: str, rules: Rules) -> Target:
    """What this address says, without asking any name server; raises AddressRefused."""
    parts = _split(url)
    host = _host(parts)
    try:
        port = SCHEME_PORTS[parts.scheme] if parts.port is None else parts.port
    except ValueError:
        raise AddressRefused(N_("The port of this address is not a port.")) from None
    shown = f"[{host}]" if ":" in host else host
    tail = "" if port == SCHEME_PORTS[parts.scheme] else f":{port}"
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    query = "?" + quote(parts.query, safe="/?%:@!$&'()*+,;=~-._[]") if parts.query else ""
    target = Target(f"{parts.scheme}://{shown}{tail}{path}{query}", parts.scheme, host, port)
    if read_address(host):
        _refuse_unless_allowed(rules, host, target)
    return target


def _split(url: str) -> SplitResult:
    url = url.strip()
    try:
        parts = urlsplit(url)
    except ValueError:
        raise AddressRefused(N_("This is not an address of the web.")) from None
    if parts.scheme not in SCHEME_PORTS or not parts.netloc:
        raise AddressRefused(N_("An address of the web starts with https://."))
    if len(url) > MAX_URL or _UNWANTED.search(url):
        raise AddressRefused(N_("This is not an address of the web."))
    if "@" in parts.netloc:
        raise AddressRefused(N_("An address may not carry a name or a password."))
    return parts


def _host(parts: SplitResult) -> str:
    """The host as it is called: full-width digits, other scripts and odd ways to write IPv4 undone."""
    unreadable = AddressRefused(N_("The name of the machine in this address can not be read."))
    name = unicodedata.normalize("NFKC", parts.hostname or "")
    if "[" in parts.netloc:
        address = None if "%" in name else read_address(name)
        if address is None:
            raise unreadable
        return str(address)
    try:
        name = name.encode("idna").decode().lower().removesuffix(".")
    except UnicodeError:
        raise unreadable from None
    if not _NAME.fullmatch(name):
        raise unreadable
    if not _NUMERIC_END.fullmatch(name):
        return name
    try:
        return socket.inet_ntoa(socket.inet_aton(name))
    except OSError:
        raise unreadable from None


def _refuse_unless_allowed(rules: Rules, host: str, target: Target) -> None:
    why = rules.refusal(host, target.port, target.scheme)
    if why:
        raise AddressRefused(why)
