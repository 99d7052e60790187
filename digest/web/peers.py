"""Tells who a request comes from, as far as that can be known behind proxies."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

# Who has one IPv6 address mostly has all of a network of that size (RFC 6177).
_IPV6_PREFIX = 64


def client_of(remote: str | None) -> str:
    """What stands for the client at an address: that, or the network of an IPv6 one."""
    address = _address(remote or "")
    return _client(address) if address else "unknown"


def is_of(remote: str | None, networks: Sequence[str]) -> bool:
    """Whether an address is one of these, or in one of these networks."""
    address = _address(remote or "")
    return address is not None and any(address in ip_network(network) for network in networks)


def peer_of(remote: str | None, forwarded: Sequence[str], proxies: Sequence[str]) -> str:
    """What stands for whom a request comes from; empty where that may be many.

    `forwarded` has the values of X-Forwarded-For, which are believed as far as they were written by
    `proxies`. Without these, what comes from this machine or a private network may be a proxy.
    """
    peer = _address(remote or "")
    if peer is None:
        return ""
    trusted = [ip_network(proxy) for proxy in proxies]

    def is_proxy(address: IPv4Address | IPv6Address) -> bool:
        return any(address in network for network in trusted)

    hops = [hop for value in forwarded for hop in value.split(",")]
    is_forwarded = False
    while hops and is_proxy(peer):
        before = _address(hops.pop())
        if before is None:
            return ""
        peer, is_forwarded = before, True
    is_one = not is_proxy(peer) and (is_forwarded or peer.is_global)
    return _client(peer) if is_one else ""


def _address(text: str) -> IPv4Address | IPv6Address | None:
    """An address, as proxies write it: with a port, or in brackets."""
    text = text.strip().strip('"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _client(address: IPv4Address | IPv6Address) -> str:
    if isinstance(address, IPv4Address) or address.is_loopback:
        return str(address)
    return str(ip_network((address, _IPV6_PREFIX), strict=False))
