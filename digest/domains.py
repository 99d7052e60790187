"""Domains as the wire has them: IDNA 2008 (RFC 5891), mapped by UTS 46, and all of it here.

Python's own codec is IDNA 2003, to which `faß.example` is `fass.example`: somebody else's.
"""

from __future__ import annotations

import re
from ipaddress import IPv6Address, ip_address

from digest.errors import DomainError

_LONGEST_LABEL, _LONGEST_DOMAIN = 63, 253

# RFC 5321, section 2.3.5: of two labels or more, and no number at the end.
HOST_NAME = re.compile(r"(?:(?!-)[a-z0-9-]+(?<!-)\.)+(?!-)(?=[a-z0-9-]*[a-z])[a-z0-9-]+(?<!-)")


def ascii_domain(domain: str) -> str:
    """A domain in ASCII and in small letters; an address of a machine stays as it is.

    Raises:
        DomainError: it can be none.
    """
    known = domain.lower() if domain.isascii() else _encoded(domain)
    labels = known.removesuffix(".").split(".")
    if not all(0 < len(label) <= _LONGEST_LABEL for label in labels):
        raise DomainError(f"{domain!r} is not a domain (a label is empty or too long)")
    if len(known) > _LONGEST_DOMAIN + 1:
        raise DomainError(f"{domain[:80]!r}… is not a domain (it is too long)")
    return known


def _encoded(domain: str) -> str:
    # Few domains need it, and its tables take time to load.
    import idna

    try:
        return idna.encode(domain, uts46=True).decode("ascii")
    except idna.IDNAError as error:
        raise DomainError(f"{domain!r} is not a domain ({error})") from None


def ascii_host(host: str) -> str:
    """A host's name in ASCII, or its address, without the brackets that an IPv6 one may have.

    Raises:
        DomainError: it can be none.
    """
    bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    if is_address(bare):
        return bare
    if bare != host or not {*"[:]"}.isdisjoint(host):
        raise DomainError(f"{host!r} is no IPv6 address")
    return ascii_domain(host)


def is_address(host: str) -> bool:
    """Whether it is an IPv4 or IPv6 address."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def with_port(host: str, port: int) -> str:
    """Host and port as they are written, an IPv6 address in brackets (RFC 3986)."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def address_literal(address: str) -> str:
    """An address as SMTP writes it in the place of a domain (RFC 5321, section 4.1.3)."""
    # A socket says which interface a link-local address belongs to.
    known = ip_address(address.partition("%")[0])
    if isinstance(known, IPv6Address):
        if known.ipv4_mapped is None:
            return f"[IPv6:{known}]"
        known = known.ipv4_mapped
    return f"[{known}]"
