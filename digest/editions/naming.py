"""What feeds are called before readers: no feed by the name of another."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from digest.feeds.hosts import host_of
from digest.feeds.lookalikes import skeleton, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def feed_names(
    given: Mapping[str, str | None], own: Mapping[str, str], reserved: Iterable[str] = ()
) -> dict[str, str]:
    """The name of each feed, by address: as the operator calls it, as it calls itself, its host.

    One that calls itself like another feed, or like what is `reserved`, has its host beside it.
    `own` is what feeds call themselves.
    """
    names = {
        url: given.get(url) or (own.get(url) if visible(own.get(url, "")) else "") or ""
        for url in {**given, **own}
    }
    called = Counter(skeleton(name) for name in names.values() if name)
    called.update(skeleton(name) for name in reserved)
    return {
        url: name if given.get(url) else _told_apart(name, url, called)
        for url, name in names.items()
    }


def _told_apart(name: str, url: str, called: Mapping[str, int]) -> str:
    host = host_of(url) or url
    if not name:
        return host
    return f"{name} ({host})" if called[skeleton(name)] > 1 else name
