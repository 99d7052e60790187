"""Domains, as DNS and mail servers know them."""

from __future__ import annotations

from functools import lru_cache

from digest.errors import DomainError


def ascii_domain(domain: str) -> str:
    """A domain in its ASCII form, by IDNA 2008 (RFC 5891) after the mapping of UTS 46.

    What is ASCII already is only put in lower case.

    Raises:
        DomainError: it has no such form.
    """
    if domain.isascii():
        return domain.lower()
    return _encoded(domain)


# Many addresses are at few domains, and each takes a tenth of a millisecond.
@lru_cache(maxsize=1024)
def _encoded(domain: str) -> str:
    # Few domains need it, and its tables take a while to load.
    import idna

    try:
        return idna.encode(domain, uts46=True).decode("ascii")
    except idna.IDNAError as error:
        raise DomainError(f"{domain!r} is not a domain ({error})") from None
