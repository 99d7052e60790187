"""Fetches and measures pictures before an edition is rendered, where its digest shows them."""

from __future__ import annotations

import asyncio
import logging
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import replace

from digest.editions.weekly import configured
from digest.errors import FeedError
from digest.feeds.http.decode import decode_body
from digest.feeds.http.messages import Request
from digest.log import event
from digest.model import NO_PICTURES
from digest.rendering.pictures import is_tracker, read_picture

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from digest.config import Settings
    from digest.feeds.http.fetch import Fetcher
    from digest.model import Edition, Images, Picture, PictureFile, Pictures

_log = logging.getLogger(__name__)

_ACCEPT = "image/jpeg, image/png, image/gif"
# No edition waits longer for its pictures.
_TOTAL_SECONDS = 20.0
# Bytes of one picture: what is embedded every reader gets whole.
_LARGEST: dict[Images, int] = {"none": 0, "remote": 1_000_000, "embedded": 500_000}
_MOST_EMBEDDED = 3_000_000


class _Seen(Struct, frozen=True):
    picture: Picture
    file: PictureFile


class PictureFetcher:
    """Gives the stories of editions their pictures.

    `open_fetcher` makes a client that takes bodies of so many bytes at most; nothing is opened
    where no picture is asked for.
    """

    def __init__(
        self,
        settings: Settings,
        open_fetcher: Callable[[int], Fetcher],
        total_seconds: float = _TOTAL_SECONDS,
    ) -> None:
        self._settings = settings
        self._open_fetcher = open_fetcher
        self._total_seconds = total_seconds

    async def illustrate(self, edition: Edition) -> tuple[Edition, Pictures]:
        """The edition with what pictures it may show, and those that are to be in its messages.

        A picture that cannot be had in time, or is none, is left out.
        """
        images = self._settings.digests[configured(edition.digest)].images
        wanted = {} if images == "none" else self._wanted(edition, images)
        if not wanted:
            return edition, NO_PICTURES
        seen = await self._see_all(edition.digest, set(wanted.values()), _LARGEST[images])
        chosen = {number: seen[url] for number, url in wanted.items() if url in seen}
        if images == "embedded":
            chosen = _within_the_most(chosen)
            pictures = {picture.picture.content_id: picture.file for picture in chosen.values()}
            return _with(edition, {n: picture.picture for n, picture in chosen.items()}), pictures
        remote = {n: replace(picture.picture, content_id="") for n, picture in chosen.items()}
        return _with(edition, remote), NO_PICTURES

    def _wanted(self, edition: Edition, images: Images) -> dict[int, str]:
        """The addresses to ask by the numbers of stories; one that several have is for the first.

        No form shows a picture with a line.
        """
        wanted: dict[str, int] = {}
        for number, story in enumerate(edition.stories):
            url = story.image
            if images == "remote" and url.startswith("http:") and not _is_number(url):
                # Mail programs warn of pictures without encryption, or do not load them.
                url = f"https:{url.removeprefix('http:')}"
            if url and not story.brief and not is_tracker(url):
                wanted.setdefault(url, number)
        return {number: url for url, number in wanted.items()}

    async def _see_all(self, digest: str, urls: Collection[str], largest: int) -> dict[str, _Seen]:
        async with self._open_fetcher(largest) as fetcher:
            tasks = {asyncio.create_task(self._see(fetcher, url, largest)): url for url in urls}
            try:
                await asyncio.wait(tasks, timeout=self._total_seconds)
            finally:
                for task in tasks:
                    task.cancel()
                outcomes = await asyncio.gather(*tasks, return_exceptions=True)
        seen = {}
        for url, outcome in zip(tasks.values(), outcomes, strict=True):
            if isinstance(outcome, _Seen):
                seen[url] = outcome
            else:
                _note(digest, url, outcome)
        return seen

    def _may_be_private(self, url: str) -> bool:
        # Of those inside, an edition has only what is at the host of the entry's own feed.
        inside = self._settings.hosts_inside
        return self._settings.polling.allow_private_networks or urlsplit(url).hostname in inside

    async def _see(self, fetcher: Fetcher, url: str, largest: int) -> _Seen:
        request = Request(url, accept=_ACCEPT, allow_private_networks=self._may_be_private(url))
        response = await fetcher.fetch(request)
        if is_tracker(response.url):
            raise ValueError("it leads to what counts readers")
        if url.startswith("https:") and not response.url.startswith("https:"):
            raise ValueError("it leads to http")
        body = decode_body(response.body or b"", response.coding, largest)
        return _Seen(*read_picture(url, body))


def _is_number(url: str) -> bool:
    """Whether a host goes by its number, which has no certificate."""
    try:
        ip_address(urlsplit(url).hostname or "")
    except ValueError:
        return False
    return True


def without_embedded(edition: Edition, but: Collection[str] = ()) -> Edition:
    """The edition without the pictures that are nowhere but in the messages it went out with.

    `but` are the content ids of those that are at hand.
    """
    kept = {
        number: story.picture
        for number, story in enumerate(edition.stories)
        if story.picture and story.picture.content_id in {"", *but}
    }
    return _with(edition, kept)


def without_pictures(edition: Edition) -> Edition:
    """The edition without any."""
    return _with(edition, {})


def _note(digest: str, url: str, outcome: BaseException) -> None:
    if isinstance(outcome, FeedError | ValueError):
        reason = str(outcome)
    elif isinstance(outcome, asyncio.CancelledError):
        reason = "it took too long"
    else:
        # A bug is logged whole, and the edition goes out.
        fields = {"digest": digest, "url": url}
        _log.error("bug while fetching", exc_info=outcome, extra={"fields": fields})
        return
    event(_log, logging.INFO, "picture left out", digest=digest, url=url, reason=reason)


def _within_the_most(seen: Mapping[int, _Seen]) -> dict[int, _Seen]:
    """As many as one message may have in it, from the top."""
    chosen, size = {}, 0
    for number, picture in sorted(seen.items()):
        if size + len(picture.file.data) <= _MOST_EMBEDDED:
            chosen[number] = picture
            size += len(picture.file.data)
    return chosen


def _with(edition: Edition, pictures: Mapping[int, Picture]) -> Edition:
    numbers = iter(range(len(edition.stories)))
    sections = tuple(
        replace(
            section,
            stories=tuple(
                replace(story, picture=pictures.get(next(numbers))) for story in section.stories
            ),
        )
        for section in edition.sections
    )
    return replace(edition, sections=sections)
