"""What feeds are called before readers: no feed by the name of another."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from typing import TYPE_CHECKING

from digest.editions.plain_names import plain_name
from digest.editions.similarity.links import fold_host
from digest.feeds.hosts import host_of
from digest.feeds.lookalikes import skeleton, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# What is put behind a name to make it another: `(Official)`, `[live]`.
_ADDED = re.compile(r"(?<=\S)\s*[(\[{<].*")
_SIGNS = str.maketrans("", "", "™℠®©")
_OFFICIAL = skeleton("official")
_HOST = re.compile(r"[\w-]+(?:[.\u3002][\w-]+)*[.\u3002][^\W\d_]{2,}")


def feed_names(
    given: Mapping[str, str | None], own: Mapping[str, str], reserved: Iterable[str] = ()
) -> dict[str, str]:
    """The name of each feed, by address: as the operator calls it, as it calls itself, its host.

    One that calls itself like another feed, like what is `reserved` or like a host that is not its
    own has its host beside it. `own` is what feeds call themselves.
    """
    names = {url: given.get(url) or _own_name(url, own) for url in {**given, **own}}
    called = Counter(_heard(name) for name in names.values() if name)
    called.update(map(_heard, reserved))
    return {
        url: name if given.get(url) else _told_apart(name, url, called)
        for url, name in names.items()
    }


def _own_name(url: str, own: Mapping[str, str]) -> str:
    title = own.get(url, "")
    return plain_name(title, fold_host(host_of(url))) if visible(title) else ""


def _told_apart(name: str, url: str, called: Mapping[str, int]) -> str:
    # A kind may stand before a web address, and an account before a host that has none: neither is
    # anything for readers.
    host = host_of(url) or host_of(url.partition(":")[2])
    place = host or url.rpartition("@")[2]
    if not name:
        return place
    # What an address of a kind has in it is what the operator wrote: `llama.cpp` is no host.
    own = [host] if host else _HOST.findall(place)
    if called[_heard(name)] > 1 or _names_other(name, own):
        return f"{name} ({place})"
    return name


def _heard(name: str) -> str:
    """What of a name is remembered: its letters and digits, without what is put behind it."""
    plain = unicodedata.normalize("NFKC", name.translate(_SIGNS))
    looks = skeleton(_ADDED.sub("", plain))
    letters = "".join(filter(str.isalnum, looks))
    return letters.removesuffix(_OFFICIAL).removeprefix(_OFFICIAL) or letters or looks


def _names_other(name: str, own: Iterable[str]) -> bool:
    """Whether there is a host in a name that is none of the feed's own, nor below one."""
    owned = tuple(f".{fold_host(host)}" for host in own)
    hosts = map(fold_host, _HOST.findall(unicodedata.normalize("NFKC", name)))
    return any(not f".{host}".endswith(owned) for host in hosts)
