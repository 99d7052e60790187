"""aiohttp as a client, and by which authorities servers are trusted.

All that asks by HTTP takes both from here: a client that does not say `trusted()` trusts nobody.
"""

from __future__ import annotations

import os
import ssl
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["aiohttp", "trusted"]


@cache
def trusted() -> ssl.SSLContext:
    """What connects to servers that an authority of this machine vouches for."""
    context = ssl.create_default_context()
    context.set_alpn_protocols(["http/1.1"])
    return context


@contextmanager
def _no_authorities() -> Iterator[None]:
    """Make contexts without them, by the environment that OpenSSL asks where they are."""
    paths = ssl.get_default_verify_paths()
    names = (paths.openssl_cafile_env, paths.openssl_capath_env)
    before = {name: os.environ[name] for name in names if name in os.environ}
    os.environ.update(dict.fromkeys(names, os.devnull))
    try:
        yield
    finally:
        for name in names:
            del os.environ[name]
        os.environ.update(before)


# It loads them twice when it is imported, needed or not, which takes longer than all its code.
with _no_authorities():
    import aiohttp
