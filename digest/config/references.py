"""Names that point at other parts of the file: each must exist, and stand for one thing.

Works on plain data, so that dangling names are found together with everything else wrong.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from digest.config.channels import CHANNEL_KINDS
from digest.config.digests import DigestSettings
from digest.config.sources import SOURCE_KINDS, addresses_of, canonical_name, long_form
from digest.config.spelling import nearest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from digest.config.yaml.document import Document, Key

# What pydantic takes for true.
_YES = {"true", "t", "yes", "y", "on", "1"}
# More names than these hide the one that is meant.
_MOST_NAMED = 5
_MOST_ENTRIES = DigestSettings.model_fields["max_entries"].default


def check_references(document: Document) -> None:
    """Report every dangling or ambiguous name."""
    data = _mapping(document.data)
    feeds = _feeds(document, data)
    channels = _mapping(data.get("channels"))
    _smtp_is_there(document, data, channels)
    _subscribing_needs_pages(document, data, channels)
    _feedback_needs_pages(document, data)
    for name, given in _mapping(data.get("digests")).items():
        digest = _mapping(given)
        key: Key = ("digests", name)
        for at, channel in _names(digest, (*key, "send_to")):
            if channel not in channels:
                document.report(at, _unknown_channel(channel, channels))
        _check_forms(document, digest, (*key, "send_to"))
        _model_is_there(document, data, digest, (*key, "summary"))
        for at, name_or_url in _names(digest, (*key, "feeds")):
            feed = canonical_name(name_or_url)
            if feed not in feeds and feed != "all":
                document.report(at, _unknown("feed or tag", feed, [*feeds, "all"]))
    for at, channel in _names(_mapping(data.get("alerts")), ("alerts", "send_to")):
        if channel not in channels:
            document.report(at, _unknown_channel(channel, channels))


def _unknown(what: str, name: str, names: Iterable[str]) -> str:
    return f"there is no {what} {name!r}{nearest(name, names)}"


def _unknown_channel(name: str, channels: Collection[str]) -> str:
    """What is wrong with the name of a channel; where there are few, and none is near, all."""
    words, few = _unknown("channel", name, channels), len(channels) <= _MOST_NAMED
    if few and not nearest(name, channels):
        words += f"; the file has {', '.join(channels) or 'none'}"
    return words


def _feeds(document: Document, data: dict[str, Any]) -> set[str]:
    """Everything a digest may name a feed by; reports what names two feeds."""
    feeds = data.get("feeds")
    seen: dict[str, Key] = {}
    tags: set[str] = set()
    for n, feed in enumerate(feeds if isinstance(feeds, list) else []):
        for key, value in _labels(n, feed):
            if value in seen and seen[value][1] != n:
                _report_twice(document, key, seen[value])
            seen.setdefault(value, key)
        settings = _mapping(feed)
        if settings.get("name") == "all":
            document.report(("feeds", n, "name"), "all stands for every feed; name it otherwise")
        tagged = settings.get("tags")
        tags.update(f"tag:{tag}" for tag in (tagged if isinstance(tagged, list) else []))
    return {*seen, *tags}


def _labels(number: int, feed: Any) -> Iterator[tuple[Key, str]]:
    """The addresses and the name of an item of `feeds`, each with where it stands."""
    try:
        # Text in place of a map is an address too.
        settings = _mapping(long_form(feed))
    except ValueError:
        return
    for address in addresses_of(settings):
        part = ("url",) if "url" in SOURCE_KINDS[settings["kind"]].model_fields else ()
        yield ("feeds", number, *part), address
    if isinstance(name := settings.get("name"), str):
        yield ("feeds", number, "name"), name


def _report_twice(document: Document, key: Key, first: Key) -> None:
    part = key[2] if len(key) > 2 else "address"
    line = document.line(first)
    document.report(key, f"two feeds have this {part}; the first is on line {line}")


def _smtp_is_there(document: Document, data: dict[str, Any], channels: dict[str, Any]) -> None:
    if data.get("smtp") is not None:
        return
    for name, channel in channels.items():
        kind = _mapping(channel).get("kind")
        model = CHANNEL_KINDS.get(kind) if isinstance(kind, str) else None
        if model and model.needs_smtp:
            document.report(
                ("channels", name, "kind"), f"{kind} needs a mail server; add the section smtp"
            )


def _subscribing_needs_pages(
    document: Document, data: dict[str, Any], channels: dict[str, Any]
) -> None:
    if _has_pages(data):
        return
    for name, channel in channels.items():
        if _mapping(channel).get("subscribe") == "open":
            document.report(
                ("channels", name, "subscribe"),
                "readers subscribe on a page; set web.public_url, with https://",
            )


def _has_pages(data: dict[str, Any]) -> bool:
    """Whether readers have pages of their own."""
    url = _mapping(data.get("web")).get("public_url")
    return isinstance(url, str) and url.lower().startswith("https://")


def _feedback_needs_pages(document: Document, data: dict[str, Any]) -> None:
    for name, digest in _mapping(data.get("digests")).items():
        wanted = str(_mapping(digest).get("feedback", "")).lower() in _YES
        if wanted and not _has_pages(data):
            document.report(
                ("digests", name, "feedback"),
                "readers give feedback on a page; set web.public_url, with https://",
            )


def _names(digest: dict[str, Any], key: Key) -> list[tuple[Key, str]]:
    value = digest.get(str(key[-1]))
    if isinstance(value, str):
        return [(key, value)]
    if not isinstance(value, list):
        return []
    named = [((*key, n), name) for n, name in enumerate(value) if isinstance(name, str)]
    # The items of `send_to` may be maps.
    forms = ((n, _mapping(item).get("channel")) for n, item in enumerate(value))
    return named + [((*key, n, "channel"), name) for n, name in forms if isinstance(name, str)]


def _check_forms(document: Document, digest: dict[str, Any], key: Key) -> None:
    """Report channels that a digest gives two forms, and forms that can have no effect."""
    given = Counter(name for _, name in _names(digest, key))
    items = digest.get("send_to")
    for n, item in enumerate(items if isinstance(items, list) else ()):
        form, at = _mapping(item), (*key, n)
        if given[str(form.get("channel"))] > 1:
            again = f"{form['channel']} is in send_to more than once; give it one form"
            document.report((*at, "channel"), again)
        if form.get("only") == "watched" and not digest.get("watch"):
            nothing = "the digest watches for nothing, so nothing would go there; set watch"
            document.report((*at, "only"), nothing)
        most = _number(digest.get("max_entries", _MOST_ENTRIES))
        own = _number(form.get("max_entries"))
        if most and own and own > most:
            more = f"is more than the {most} of the whole digest; raise that, or lower this"
            document.report((*at, "max_entries"), more)


def _model_is_there(
    document: Document, data: dict[str, Any], digest: dict[str, Any], key: Key
) -> None:
    """Report summaries of a model where the file has none."""
    summary = digest.get("summary")
    kind = summary.get("kind") if isinstance(summary, dict) else summary
    if kind == "model" and not data.get("models"):
        document.report(key, "there is no model; add the section models, or write lead")


def _number(value: Any) -> int | None:
    """A whole number, which may be text where a variable had it."""
    text = str(value)
    return int(text) if text.isascii() and text.isdecimal() else None


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
