"""The aliases of an entry: hashes of its guid, link and content, by which it is recognised.

An alias, or name, is its kind, a colon and 24 hexadecimal digits, so that the store can tell kinds
apart and finds all of them in one index. Guids and links have two, of the exact text and of a
folded one, without what sites change for all their entries in a day; addresses that say where a
reader came from have a third, without that.
"""

from __future__ import annotations

import re
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING

from digest.feeds.trackers import is_tracker

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
# Names that are of nothing else; `s` and `sid` may be a story's.
_SESSION = re.compile(r"phpsessid|jsessionid|aspsessionid\w*|oscsid|cfid|cftoken", re.IGNORECASE)
_ENCODED = re.compile("%[0-9a-f]{2}", re.IGNORECASE)
_PARTS = re.compile(r"[?#;]")
_SESSION_IN_PATH = re.compile(r";jsessionid=[^/?#;]*", re.IGNORECASE)


def kind_of(name: str) -> str:
    """The kind of an alias: guid, link, dated, text or whole."""
    return name.partition(":")[0]


def guid_aliases(guid: str, home: str, *, trusting: bool = False) -> tuple[str, ...]:
    """The aliases of a guid; none for one that marks no single entry, like `N/A` or the home page.

    `trusting` takes any guid there is.
    """
    if not guid or (not trusting and (_is_hollow(guid) or is_home(guid, home))):
        return ()
    return _names_of(GUID, guid, fold(guid), bare_link(guid) if _WEB.match(guid) else guid)


def link_aliases(link: str, home: str, *, trusting: bool = False) -> tuple[str, ...]:
    """The aliases of a link; none for the home page, unless `trusting`."""
    if not link or (is_home(link, home) and not trusting):
        return ()
    return _names_of(LINK, link, stored_link(link), bare_link(link))


def content_aliases(entry: ParsedEntry) -> tuple[str, ...]:
    """The aliases of a content: of its title with its date, with its text, and of all fields.

    A title alone is an alias only where there is neither date nor text.
    """
    fields = all_fields(entry)
    _, _, title, date, html = fields
    names = [f"{DATED}:{digest_of(title, date)}"] if title and date else []
    if html or not names:
        names.append(content_alias(entry))
    return (*names, f"{WHOLE}:{digest_of(*fields)}")


def content_alias(entry: ParsedEntry) -> str:
    """The alias of an entry's title and text."""
    return f"{TEXT}:{digest_of(entry.title, entry.html)}"


def finders(names: Iterable[str]) -> Iterable[str]:
    """The aliases that the store has in its index: they find whatever any of all would find.

    Equal exact forms have equal folded ones, which stand behind them; and entries with all fields
    equal have equal title and date, or title and text.
    """
    by_kind = {kind_of(name): name for name in names}
    by_kind.pop(WHOLE, None)
    return by_kind.values()


def all_fields(entry: ParsedEntry) -> tuple[str, ...]:
    """The fields of an entry; two with the same are copies of one."""
    return (entry.guid, entry.link, entry.title, str(entry.published or ""), entry.html)


def is_home(address: str, home: str) -> bool:
    """Whether a web address is the feed's home page, or the root of its host."""
    match = _WEB.fullmatch(address)
    if not match:
        return False
    if match["rest"].strip("/"):
        return bare_link(address) == bare_link(home)
    home_host = _WEB.fullmatch(home)
    return not home_host or home_host["host"].lower() == match["host"].lower()


def fold(address: str) -> str:
    """A web address without what sites change for all their entries in a day; else the text.

    That is the scheme, the case of the host and a slash at the end.
    """
    match = _WEB.fullmatch(address)
    return f"{match['host'].lower()}{match['rest']}".rstrip("/") if match else address


def stored_link(link: str) -> str:
    """A folded web address, also without some parameters that only track readers.

    Every database has names of it, so that what it folds must never change; `bare_link` may.
    """
    head, question, rest = fold(link).partition("?")
    if not question:
        return head
    query, hash_mark, fragment = rest.partition("#")
    kept = [part for part in query.split("&") if not _TRACKING.fullmatch(part.partition("=")[0])]
    return f"{head.rstrip('/')}{'?' if kept else ''}{'&'.join(kept)}{hash_mark}{fragment}"


def _same_case(address: str) -> str:
    """An address with its percent-encoding in capitals (RFC 3986, section 6.2.2.1)."""
    return _ENCODED.sub(lambda octet: octet[0].upper(), address) if "%" in address else address


# Asked several times of each link, and for every entry of the feed's home page.
@lru_cache(maxsize=512)
def bare_link(link: str) -> str:
    """A folded web address without all that tracks readers, and a session's id."""
    folded = _same_case(stored_link(link))
    if _PARTS.search(folded) is None:
        return folded
    address, _, fragment = folded.partition("#")
    head, _, query = address.partition("?")
    head = _SESSION_IN_PATH.sub("", head).rstrip("/")
    kept, fragment = _untracked(query), _untracked(fragment)
    return f"{head}{'?' if kept else ''}{kept}{'#' if fragment else ''}{fragment}"


def _untracked(query: str) -> str:
    return "&".join(part for part in query.split("&") if not _is_of_a_reader(part))


def _is_of_a_reader(parameter: str) -> bool:
    name, _, value = parameter.partition("=")
    return is_tracker(name, value) or bool(_SESSION.fullmatch(name))


def digest_of(*parts: str) -> str:
    """24 hexadecimal digits: far fewer entries than a feed would need for two to be the same."""
    return sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()[:24]


def _is_hollow(guid: str) -> bool:
    """Whether a guid only says that there is none, in whatever brackets or marks."""
    if len(guid.strip(_MARKS)) > _LONGEST_NO_GUID:
        return False
    bare = {guid.strip(marks).lower() for marks in (" ", " ()[]{}", _MARKS)}
    return not bare.isdisjoint(_NO_GUID)


def _names_of(kind: str, *forms: str) -> tuple[str, ...]:
    """The names of a text and of its folded forms, each once."""
    return tuple(f"{kind}:{digest_of(form)}" for form in dict.fromkeys(forms))
