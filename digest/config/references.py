"""Names that point at other parts of the file: each must exist, and stand for one thing.

Works on plain data, so that dangling names are found together with everything else wrong.
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

from digest.config.addresses import without_credentials

if TYPE_CHECKING:
    from collections.abc import Iterable

    from digest.config.yaml.document import Document, Key


def check_references(document: Document) -> None:
    """Report every dangling or ambiguous name."""
    data = _mapping(document.data)
    feeds = _feeds(document, data)
    channels = _mapping(data.get("channels"))
    _email_needs_smtp(document, data, channels)
    _subscribing_needs_pages(document, data, channels)
    for name, given in _mapping(data.get("digests")).items():
        digest = _mapping(given)
        key: Key = ("digests", name)
        for at, channel in _names(digest, (*key, "send_to")):
            if channel not in channels:
                document.report(at, _unknown("channel", channel, channels))
        for at, name_or_url in _names(digest, (*key, "feeds")):
            feed = without_credentials(name_or_url)[0]
            if feed not in feeds and feed != "all":
                document.report(at, _unknown("feed or tag", feed, [*feeds, "all"]))
    for at, channel in _names(_mapping(data.get("alerts")), ("alerts", "send_to")):
        if channel not in channels:
            document.report(at, _unknown("channel", channel, channels))


def nearest(word: str, words: Iterable[str]) -> str:
    """`; did you mean 'x'?` for a near miss, else nothing."""
    spelled = {known.lower(): known for known in words}
    close = difflib.get_close_matches(word.lower(), spelled, n=1, cutoff=0.6)
    return f"; did you mean {spelled[close[0]]!r}?" if close else ""


def _unknown(what: str, name: str, names: Iterable[str]) -> str:
    return f"there is no {what} {name!r}{nearest(name, names)}"


def _feeds(document: Document, data: dict[str, Any]) -> set[str]:
    """Everything a digest may name a feed by; reports what names two feeds."""
    feeds = data.get("feeds")
    seen: dict[str, Key] = {}
    tags: set[str] = set()
    for n, listed in enumerate(feeds if isinstance(feeds, list) else []):
        feed = _mapping({"url": listed} if isinstance(listed, str) else listed)
        for part in ("url", "name"):
            value = feed.get(part)
            if not isinstance(value, str):
                continue
            if part == "url":
                value = without_credentials(value)[0]
            if value in seen and seen[value][1] != n:
                first = document.line(seen[value])
                document.report(
                    ("feeds", n, part), f"two feeds have this {part}; the first is on line {first}"
                )
            seen.setdefault(value, ("feeds", n, part))
            if part == "name" and value == "all":
                document.report(("feeds", n, part), "all stands for every feed; name it otherwise")
        tagged = feed.get("tags")
        tags.update(f"tag:{tag}" for tag in (tagged if isinstance(tagged, list) else []))
    return {*seen, *tags}


def _email_needs_smtp(document: Document, data: dict[str, Any], channels: dict[str, Any]) -> None:
    if data.get("smtp") is not None:
        return
    for name, channel in channels.items():
        if _mapping(channel).get("kind") == "email":
            document.report(
                ("channels", name, "kind"), "email needs a mail server; add the section smtp"
            )


def _subscribing_needs_pages(
    document: Document, data: dict[str, Any], channels: dict[str, Any]
) -> None:
    url = _mapping(data.get("web")).get("public_url")
    if isinstance(url, str) and url.lower().startswith("https://"):
        return
    for name, channel in channels.items():
        if _mapping(channel).get("subscribe") == "open":
            document.report(
                ("channels", name, "subscribe"),
                "readers subscribe on a page; set web.public_url, with https://",
            )


def _names(digest: dict[str, Any], key: Key) -> list[tuple[Key, str]]:
    value = digest.get(str(key[-1]))
    if isinstance(value, str):
        return [(key, value)]
    if not isinstance(value, list):
        return []
    return [((*key, n), name) for n, name in enumerate(value) if isinstance(name, str)]


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
