"""Which IP addresses and ports may be asked; host names are never judged.

The ranges are ours, and so the same on every Python: IANA's registries of special-purpose
addresses as of 2025-10, by their column "globally reachable" (where it says N/A, as of 6to4 and
Teredo, they are not), https://www.iana.org/assignments/iana-ipv4-special-registry and
https://www.iana.org/assignments/iana-ipv6-special-registry.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

_SPECIAL = tuple(
    ip_network(network)
    for network in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16"),
        *("172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16"),
        *("198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24"),
        # Multicast, the future, and broadcast.
        *("224.0.0.0/4", "240.0.0.0/4"),
        *("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"),
    )
)
# Within those, what is globally reachable all the same.
_REACHABLE = tuple(
    ip_network(network)
    for network in (
        *("192.0.0.9/32", "192.0.0.10/32"),
        *("2001:1::1/128", "2001:1::2/128", "2001:1::3/128", "2001:3::/32", "2001:4:112::/48"),
        *("2001:20::/28", "2001:30::/28"),
    )
)
# Of IPv6 nothing else is given out (RFC 4291, section 2.4, and IANA's registry of its space).
_UNICAST = IPv6Network("2000::/3")
# NAT64 (RFC 6052): the IPv4 address that is at the end of it.
_NAT64 = IPv6Network("64:ff9b::/96")
# Where a machine asks its neighbours and its cloud, which hands out credentials there: link-local,
# Azure, Oracle, Alibaba; by IPv6 all of AWS's own, Google, Oracle and Scaleway.
_NEVER = tuple(
    ip_network(network)
    for network in (
        *("169.254.0.0/16", "168.63.129.16/32", "192.0.0.192/32", "100.100.100.200/32"),
        *("fe80::/10", "fd00:ec2::/32", "fd20:ce::254/128", "fd00:c1::a9fe:a9fe/128"),
        "fd00:42::42/128",
    )
)
# What leads to another address that cannot be told from it for sure: NAT64 of a network's own,
# Teredo, 6to4, translated (RFC 8215, 4380, 3056, 2765), and IPv4-compatible but for :: and ::1.
_ELSEWHERE = tuple(
    IPv6Network(network)
    for network in ("64:ff9b:1::/48", "2001::/32", "2002::/16", "::ffff:0:0:0/96", "::/96")
)
# ISATAP (RFC 5214): an interface that is named by the IPv4 address behind it.
_ISATAP = frozenset({0x5EFE, 0x0200_5EFE})
_THIS_MACHINE = (IPv6Address("::"), IPv6Address("::1"))
# The Fetch Standard's bad ports: other protocols' own, where a request could do harm.
# https://fetch.spec.whatwg.org/#port-blocking
_BAD_PORTS = frozenset(
    {
        *(0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95),
        *(101, 102, 103, 104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161),
        *(179, 389, 427, 465, 512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563),
        *(587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060),
        *(5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080),
    }
)

_Address = IPv4Address | IPv6Address


def is_public(address: str) -> bool:
    """Whether an IP address is on the public internet; False for what is no address."""
    ip = _meant(address)
    if ip is None or _is_in(ip, _NEVER):
        return False
    if isinstance(ip, IPv6Address) and ip not in _UNICAST:
        return False
    if (behind := _behind(ip)) and not is_public(behind):
        return False
    return not _is_in(ip, _SPECIAL) or _is_in(ip, _REACHABLE)


def may_be_private(address: str) -> bool:
    """Whether an IP address may be asked where private networks are allowed.

    Link-local addresses, and those where clouds hand out credentials, never may.
    """
    ip = _meant(address)
    if ip is None or _is_in(ip, _NEVER):
        return False
    if (behind := _behind(ip)) and not may_be_private(behind):
        return False
    return ip in _THIS_MACHINE or not _is_in(ip, _ELSEWHERE)


def bad_port(port: int | None) -> str | None:
    """What is wrong with a port that browsers refuse; None for nothing."""
    return (
        f"port {port} is for another protocol, and no browser asks there"
        if port in _BAD_PORTS
        else None
    )


def _meant(address: str) -> _Address | None:
    """The address that is asked in the end, where another stands for it; None where it is none."""
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return None
    if isinstance(ip, IPv6Address):
        if ip.ipv4_mapped is not None:
            return ip.ipv4_mapped
        if ip in _NAT64:
            return IPv4Address(int(ip) & 0xFFFF_FFFF)
    return ip


def _behind(ip: _Address) -> str | None:
    """The IPv4 address that is asked too, where an interface is named by it."""
    if isinstance(ip, IPv6Address) and int(ip) >> 32 & 0xFFFF_FFFF in _ISATAP:
        return str(IPv4Address(int(ip) & 0xFFFF_FFFF))
    return None


def _is_in(ip: _Address, networks: tuple[IPv4Network | IPv6Network, ...]) -> bool:
    return any(ip in network for network in networks)
