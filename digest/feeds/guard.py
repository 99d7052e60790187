"""Which addresses a feed may be on: decides on an address, never on a name."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

# is_global answers True for these, yet each leads to, or embeds, an address inside.
_MISJUDGED = tuple(
    IPv6Network(network)
    for network in (
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "2002::/16",
        "::/96",
        "::ffff:0:0:0/96",
        "fec0::/10",
    )
)


def is_public(address: str) -> bool:
    """Whether an IP address is on the public internet; False for what is no address."""
    try:
        ip: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, IPv6Address):
        if ip.ipv4_mapped is not None:
            ip = ip.ipv4_mapped
        elif any(ip in network for network in _MISJUDGED):
            return False
    return ip.is_global and not ip.is_multicast
