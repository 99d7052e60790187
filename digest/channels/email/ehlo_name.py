"""What this machine calls itself to a mail server (RFC 5321, section 4.1.1.1)."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING

from digest.domains import HOST_NAME, address_literal

if TYPE_CHECKING:
    from asyncio import BaseTransport

# Its own name is in a file, mostly; where DNS is asked, nobody waits for that.
_SECONDS = 1.0
# What installers write where there is no domain.
_NO_DOMAIN = ".localdomain"


async def own_name(transport: BaseTransport) -> str:
    """Its full name if it has one, else the address of this end of the connection."""
    name = socket.gethostname()
    known = _full(name) or _full(await _canonical(name))
    return known or address_literal(transport.get_extra_info("sockname")[0])


async def _canonical(name: str) -> str:
    """The name that a short one stands for; empty where nobody knows in time."""
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(_SECONDS):
            found = await loop.getaddrinfo(name, None, flags=socket.AI_CANONNAME)
    except (OSError, UnicodeError):
        return ""
    return found[0][3]


def _full(name: str) -> str:
    lower = name.lower().rstrip(".")
    return lower if HOST_NAME.fullmatch(lower) and not lower.endswith(_NO_DOMAIN) else ""
