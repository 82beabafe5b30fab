"""Where calls may go: the public internet over https, and what the operator lists in EGRESS_ALLOW."""

import re
from dataclasses import dataclass
from ipaddress import ip_network
from typing import Final

from webapp.domain.errors import N_
from webapp.egress.addresses import Address, Network, is_blocked, is_never, read_address

HTTPS_PORTS: Final = (443, 8443)

UNREADABLE: Final = N_("This is no address of the internet.")
METADATA: Final = N_("This address belongs to the inner workings of a hosting provider and is never called.")
PRIVATE: Final = N_(
    "This address points into a private network. Use a public address, or ask the operator to allow it "
    "(EGRESS_ALLOW)."
)
NOT_HTTPS: Final = N_("Only addresses that start with https:// are called.")
PORT: Final = N_(
    "Only the ports 443 and 8443 are called. Use one of them, or ask the operator to allow yours "
    "(EGRESS_ALLOW)."
)

_ENTRY: Final = re.compile(
    r"(?:\[([0-9a-fA-F:.]+(?:/\d+)?)\]|([0-9.]+(?:/\d+)?)):(\d{1,5})(?:-(\d{1,5}))?", re.A
)


@dataclass(frozen=True, slots=True)
class Opening:
    """One private target the operator allows: a network and a range of ports, both ends included."""

    network: Network
    first_port: int
    last_port: int

    def covers(self, address: Address, port: int) -> bool:
        return self.first_port <= port <= self.last_port and address in self.network


@dataclass(frozen=True, slots=True)
class Rules:
    """What may be called: everything public over https, plus the openings, over http too."""

    openings: tuple[Opening, ...] = ()

    def refusal(self, host: str, port: int, scheme: str) -> str | None:
        """Why this address is not called, as a sentence for people, or None when it may be."""
        address = read_address(host)
        if address is None:
            return UNREADABLE
        if is_never(address):
            return METADATA
        if any(opening.covers(address, port) for opening in self.openings):
            return None
        if is_blocked(address):
            return PRIVATE
        if scheme != "https":
            return NOT_HTTPS
        return None if port in HTTPS_PORTS else PORT


def parse_allow(text: str) -> Rules:
    """The rules of EGRESS_ALLOW: `CIDR:port` or `CIDR:from-to`, comma separated, IPv6 in brackets.

    Raises ValueError with a sentence that names the entry."""
    return Rules(tuple(_opening(entry.strip()) for entry in text.split(",") if entry.strip()))


def _opening(entry: str) -> Opening:
    found = _ENTRY.fullmatch(entry)
    if not found:
        raise ValueError(
            f"EGRESS_ALLOW: {entry!r} is not like 10.0.0.0/8:8080, 10.0.0.5:80-90 or [fd00::/8]:443."
        )
    six, four, first, last = found.groups()
    try:
        network = ip_network(six or four)
    except ValueError as error:
        raise ValueError(f"EGRESS_ALLOW: {entry!r}: {error}.") from None
    ports = int(first), int(last or first)
    if not 1 <= ports[0] <= ports[1] <= 65535:
        raise ValueError(f"EGRESS_ALLOW: {entry!r} has no ports between 1 and 65535.")
    return Opening(network, *ports)
