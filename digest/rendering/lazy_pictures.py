"""Pictures that a script of their page would load: their addresses put where a mail looks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from digest.feeds.parsing.media import misfit

if TYPE_CHECKING:
    import nh3

ADDRESSES = ("data-lazy-src", "data-src", "data-original", "data-lazy")
SETS = ("data-lazy-srcset", "data-srcset", "srcset")
# In lower case, as programs write it.
_SIGN = re.compile(r"<(?:noscript|img\s[^<>]*data-(?:lazy-src|src|original|lazy)(?:set)?\s*=)")
_WITHOUT_ADDRESS = re.compile(r"<img(?:(?! src=)[^>])*>")
# Of what a cleaner wrote: quotes are balanced, and what is in a `noscript` is still as it was.
IMG = r'<img\b[^>"]*+(?:"[^"]*+"[^>"]*+)*+>'
_NOSCRIPT = r"<noscript>(?P<{}>[^<]*+(?:<(?!/noscript)[^<]*+)*+)</noscript>"
_PICTURE = re.compile(
    rf"(?P<img>{IMG})(?:\s*+{_NOSCRIPT.format('beside')})?|{_NOSCRIPT.format('alone')}"
)
ATTRIBUTE = re.compile(r' ([a-z-]+)="([^"]*)"')
_SRC = re.compile(r' src="[^"]*"')
_ADDRESS = re.compile(r"(?!data:|about:|javascript:)\S*[./]\S*", re.IGNORECASE)
_CANDIDATE = re.compile(r"(\S+)(?:\s+(\d+)w|\s+\S+)?\s*(?:,\s*|$)")


def are_in(html: str, safe: str) -> bool:
    """Whether HTML has such pictures; `safe` is what is left of it when it is cleaned."""
    if _SIGN.search(html):
        return True
    return _WITHOUT_ADDRESS.search(safe) is not None and "srcset" in html


def with_addresses(html: str, cleaner: nh3.Cleaner) -> str:
    """HTML with its pictures' addresses, to be cleaned after.

    `cleaner` leaves in it what tells them: the attributes ADDRESSES and SETS, and `noscript`.
    """

    def picture(found: re.Match[str]) -> str:
        inside = cleaner.clean(found["beside"] or found["alone"] or "")
        if not found["img"]:
            return inside
        attributes = dict(ATTRIBUTE.findall(found["img"]))
        address = _address(attributes)
        is_late = address != attributes.get("src")
        if is_late and "<img" in inside:
            return inside
        rest = _SRC.sub("", found["img"]).removeprefix("<img")
        return (f'<img src="{address}"{rest}' if is_late and address else found["img"]) + inside

    return _PICTURE.sub(picture, cleaner.clean(html))


def _address(attributes: dict[str, str]) -> str:
    """Where the picture of an element really is, else nothing."""
    for name in (*ADDRESSES, "src"):
        if _ADDRESS.fullmatch(address := attributes.get(name, "").strip()):
            return address
    candidates = (found for name in SETS for found in _CANDIDATE.findall(attributes.get(name, "")))
    return min(candidates, key=lambda candidate: misfit(candidate[1]), default=("", ""))[0]
