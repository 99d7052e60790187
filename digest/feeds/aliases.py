"""What an entry goes by: hashes of its guid, its link and its content, exact and folded.

A name is its kind, a colon and 24 hexadecimal digits, so that a store can tell kinds apart and
finds all of them in one index.
"""

from __future__ import annotations

import re
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from digest.model import ParsedEntry

GUID, LINK, DATED, TEXT, WHOLE = "guid", "link", "dated", "text", "whole"
CONTENT_KINDS = (DATED, TEXT, WHOLE)
# What generators write where they have no guid.
_NO_GUID = {
    *("", "n/a", "na", "none", "null", "nil", "nan", "undefined", "unknown", "guid", "id"),
    *("false", "true", "0", "-1", "default", "empty", "not available"),
}
_MARKS = " .-_[](){}#"
_LONGEST_NO_GUID = max(map(len, _NO_GUID))
_WEB = re.compile(r"https?://(?P<host>[^/?#]*)(?P<rest>.*)", re.IGNORECASE | re.DOTALL)
_TRACKING = re.compile(
    r"(?:utm_\w+|fbclid|gclid|dclid|msclkid|yclid|igshid|mc_[ce]id|_hs(?:enc|mi)|mkt_tok|ref_src)",
    re.IGNORECASE,
)


def kind_of(name: str) -> str:
    """The kind of a name: guid, link, dated, text or whole."""
    return name.partition(":")[0]


def guid_names(guid: str, home: str, *, trusting: bool = False) -> tuple[str, ...]:
    """The names of a guid; none for one that names no single entry, like `N/A` or the home page.

    `trusting` takes any guid there is.
    """
    if not guid or (not trusting and (_is_hollow(guid) or is_home(guid, home))):
        return ()
    return _names(GUID, guid, fold(guid))


def link_names(link: str, home: str, *, trusting: bool = False) -> tuple[str, ...]:
    """The names of a link; none for the home page, unless `trusting`."""
    if not link or (is_home(link, home) and not trusting):
        return ()
    return _names(LINK, link, stored_link(link))


def content_names(entry: ParsedEntry) -> tuple[str, ...]:
    """The names of what an entry says: its title with its date, with its text, and everything.

    A title alone is a name only where there is neither date nor text.
    """
    said = everything(entry)
    _, _, title, date, html = said
    names = [f"{DATED}:{digest_of(title, date)}"] if title and date else []
    if html or not names:
        names.append(content_name(entry))
    return (*names, f"{WHOLE}:{digest_of(*said)}")


def content_name(entry: ParsedEntry) -> str:
    """The name of an entry's title and text."""
    return f"{TEXT}:{digest_of(entry.title, entry.html)}"


def finders(names: Iterable[str]) -> Iterable[str]:
    """Those of the names above that find an entry: who goes by any of the others, by one of these.

    What has the same exact form has the same folded one, which stands behind it; and of who says
    all the same, title and date or title and text are the same.
    """
    by_kind = {kind_of(name): name for name in names}
    by_kind.pop(WHOLE, None)
    return by_kind.values()


def everything(entry: ParsedEntry) -> tuple[str, ...]:
    """What makes two entries of a body two."""
    return (entry.guid, entry.link, entry.title, str(entry.published or ""), entry.html)


# Each of an entry's addresses is asked about more than once, and its guid often is its link.
@lru_cache(maxsize=64)
def is_home(address: str, home: str) -> bool:
    """Whether a web address is the feed's home page, or the root of its host."""
    match = _WEB.fullmatch(address)
    if not match:
        return False
    if match["rest"].strip("/"):
        return stored_link(address) == stored_link(home)
    home_host = _WEB.fullmatch(home)
    return not home_host or home_host["host"].lower() == match["host"].lower()


@lru_cache(maxsize=64)
def fold(address: str) -> str:
    """A web address without what sites change for all their entries in a day; else the text.

    That is the scheme, the case of the host and a slash at the end.
    """
    match = _WEB.fullmatch(address)
    return f"{match['host'].lower()}{match['rest']}".rstrip("/") if match else address


@lru_cache(maxsize=64)
def stored_link(link: str) -> str:
    """A folded web address, also without the parameters that only track readers."""
    head, question, rest = fold(link).partition("?")
    if not question:
        return head
    query, hash_mark, fragment = rest.partition("#")
    kept = [part for part in query.split("&") if not _TRACKING.fullmatch(part.partition("=")[0])]
    return f"{head.rstrip('/')}{'?' if kept else ''}{'&'.join(kept)}{hash_mark}{fragment}"


def digest_of(*parts: str) -> str:
    """24 hexadecimal digits: far fewer entries than a feed would need for two to be the same."""
    return sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()[:24]


def _is_hollow(guid: str) -> bool:
    """Whether a guid says no more than that there is none, in whatever marks it stands."""
    if len(guid.strip(_MARKS)) > _LONGEST_NO_GUID:
        return False
    bare = {guid.strip(marks).lower() for marks in (" ", " ()[]{}", _MARKS)}
    return not bare.isdisjoint(_NO_GUID)


def _names(kind: str, exact: str, folded: str) -> tuple[str, ...]:
    name = f"{kind}:{digest_of(exact)}"
    return (name,) if folded == exact else (name, f"{kind}:{digest_of(folded)}")
