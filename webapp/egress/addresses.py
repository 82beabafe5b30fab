"""Which addresses of the internet may be called at all: an own table, for the standard library's helpers
miss about a third of what must be blocked (CGNAT, NAT64, 6to4, mapped forms). Source: the IANA registries
of special-purpose addresses for IPv4 and IPv6."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_BLOCKED: Final = (
    "0.0.0.0/8",  # this host
    "10.0.0.0/8",  # private
    "100.64.0.0/10",  # carrier-grade NAT
    "127.0.0.0/8",  # loopback
    "169.254.0.0/16",  # link-local, metadata
    "172.16.0.0/12",  # private
    "192.0.0.0/24",  # protocol assignments
    "192.0.2.0/24",  # documentation
    "192.31.196.0/24",  # AS112
    "192.52.193.0/24",  # AMT relays
    "192.88.99.0/24",  # 6to4 relays
    "192.168.0.0/16",  # private
    "192.175.48.0/24",  # AS112
    "198.18.0.0/15",  # benchmarks
    "198.51.100.0/24",  # documentation
    "203.0.113.0/24",  # documentation
    "224.0.0.0/4",  # multicast
    "240.0.0.0/4",  # reserved, broadcast
    # Only 2000::/3 is the public internet. The three networks here are everything else: loopback, mapped and
    # compatible IPv4, NAT64, discard, SRv6, unique local, link-local, site-local, multicast, not yet given.
    "::/3",
    "4000::/2",
    "8000::/1",
    "2001::/23",  # protocol assignments: Teredo, benchmarks, ORCHID
    "2001:db8::/32",  # documentation
    "2002::/16",  # 6to4
    "2620:4f:8000::/48",  # AS112
    "3fff::/20",  # documentation
)

# What a hosting provider answers with its own keys. Not even EGRESS_ALLOW opens these.
_NEVER: Final = (
    "169.254.0.0/16",  # AWS, Azure, Google, OpenStack, ECS tasks
    "100.100.100.200/32",  # Alibaba
    "168.63.129.16/32",  # Azure, in a public range
    "192.0.0.192/32",  # Oracle
    "fd00:ec2::/32",  # AWS
    "fd20:ce::/32",  # Google
    "fe80::/10",  # link-local
)

BLOCKED: Final[tuple[Network, ...]] = tuple(map(ip_network, _BLOCKED))
NEVER: Final[tuple[Network, ...]] = tuple(map(ip_network, _NEVER))

_COMPATIBLE: Final = IPv6Network("::/96")
_NAT64: Final = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))


def read_address(text: str) -> Address | None:
    """The address as it is really called: an IPv4 address mapped into IPv6 comes back as itself."""
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        return address.ipv4_mapped
    return address


def is_blocked(address: Address) -> bool:
    """Whether this address lies outside the public internet."""
    return any(address in network for network in BLOCKED)


def is_never(address: Address) -> bool:
    """Whether this is, or carries inside it, an address that nobody may allow."""
    return any(form in network for form in (address, *_carried(address)) for network in NEVER)


def _carried(address: Address) -> tuple[IPv4Address, ...]:
    """IPv4 addresses that a gateway would take out of this IPv6 address."""
    if isinstance(address, IPv4Address):
        return ()
    carried = [address.sixtofour, *(address.teredo or ())]
    if any(address in network for network in (_COMPATIBLE, *_NAT64)):
        carried.append(IPv4Address(int(address) & 0xFFFF_FFFF))
    return tuple(form for form in carried if form)
