"""YouTube: what a channel or a playlist has, by the feeds that need no account."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from digest.errors import FeedError
from digest.feeds.http.messages import Request
from digest.feeds.parsing.bounds import bounded
from digest.feeds.parsing.dates import read_date
from digest.feeds.parsing.media import read_seconds
from digest.feeds.sources import Document, Options, Source
from digest.feeds.text import one_line, paragraphs
from digest.model import Fact, FeedState, ParsedEntry, ParsedFeed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from digest.config.sources.youtube import YoutubeSettings

_HOME = "https://www.youtube.com"
_FEEDS = "/feeds/videos.xml"
_NAMES = {
    "atom": "http://www.w3.org/2005/Atom",
    "media": "http://search.yahoo.com/mrss/",
    "yt": "http://www.youtube.com/xml/schemas/2015",
}
# Lists that YouTube makes of each channel, called by the channel's id without its `UC`.
_VIDEOS, _SHORTS, _STREAMS = "UULF", "UUSH", "UULV"
_LINK_TAG = re.compile(r"<link\b[^<>]{0,600}>")
_TELLS_CHANNEL = re.compile(r"\brel=\"canonical\"|\btype=\"application/rss\+xml\"")
_CHANNEL_ID = re.compile(r"(?:channel_id=|/channel/)(UC[\w-]{22})[\"&]")
_MISSING = 404
_NOT_THERE = {_MISSING, 410, 500}
_ASKS_FOR_CONSENT = "answered with a page about cookies in place of the channel"
_MEND = "give the channel's id (`channel: UC...`), which its page has under About, Share channel"


class Youtube(Source["YoutubeSettings"]):
    """A channel by its lists of videos, shorts and streams, or a playlist; the newest 15 of each.

    Of a handle the channel's page is asked first, and its id is what is asked for from then on.
    What nobody has seen yet is left out: premieres and streams are listed before they begin, and
    so are videos for members only.
    """

    fails_for_days: ClassVar[bool] = True
    # Most channels have no streams, and many no shorts.
    further_may_be_missing: ClassVar[bool] = True

    def request(self, settings: YoutubeSettings, state: FeedState | None, now: datetime) -> Request:
        """The first list, or the page that tells which channel has the name."""
        del now
        if settings.playlist:
            return Request(_list(settings.playlist))
        channel = settings.channel or (state.resolved if state else "")
        if not channel:
            page = f"{_HOME}/{quote(settings.handle or '', safe='@/')}"
            return Request(page, accept="text/html")
        return Request(_lists(channel, self.options(settings))[0])

    def options(self, settings: YoutubeSettings) -> Options:
        """Which lists of a channel are wanted; of a playlist, that it is one."""
        wanted = {"shorts": settings.shorts, "live": settings.live}
        return {**wanted, "playlist": settings.playlist or ""}

    def further(self, first: Document, options: Options) -> Sequence[str]:
        """The lists that the first answer was not."""
        if not _is_feed(first):
            return _lists(_channel_in(first), options)
        (listed,) = parse_qs(urlsplit(first.url).query).get("playlist_id", [""])[:1]
        is_first = listed.startswith(_VIDEOS) and not options["playlist"]
        return _lists(f"UC{listed.removeprefix(_VIDEOS)}", options)[1:] if is_first else ()

    def parse(self, documents: Sequence[Document], options: Options) -> ParsedFeed:
        """The videos of all lists, the newest first; of a playlist, in its order."""
        first, *rest = documents
        channel = "" if _is_feed(first) else _channel_in(first)
        feeds = [_root(document) for document in (rest if channel else documents)]
        if not feeds:
            # As the list itself would answer: there is no knowing what its channel has.
            raise FeedError(f"answered 404 Not Found for the lists of {first.url}", status=_MISSING)
        entries = {entry.guid: entry for feed in feeds for entry in _entries(feed)}
        # Of each list the newest comes first; playlists have an order of their own.
        newest_first = sorted(entries.values(), key=_age) if len(feeds) > 1 else entries.values()
        title, home = _about(feeds[0], options)
        feed = ParsedFeed(title, tuple(newest_first), "youtube", home, resolved=channel)
        return bounded(feed, first.url)

    def remedy(self, settings: YoutubeSettings, status: int) -> str:
        """Where to look whether it is there: the feeds fail for days at times."""
        if status not in _NOT_THERE:
            return ""
        by_id = f"channel/{settings.channel}" if settings.channel else settings.handle
        path = f"playlist?list={settings.playlist}" if settings.playlist else by_id
        return f"see whether {_HOME}/{path} is there"


def _list(playlist: str) -> str:
    return f"{_HOME}{_FEEDS}?{urlencode({'playlist_id': playlist})}"


def _lists(channel: str, options: Options) -> list[str]:
    """The feeds of a channel: one of everything, or one for each sort of video."""
    if options["shorts"] and options["live"]:
        return [f"{_HOME}{_FEEDS}?{urlencode({'channel_id': channel})}"]
    wanted = {_VIDEOS: True, _SHORTS: options["shorts"], _STREAMS: options["live"]}
    return [_list(each + channel.removeprefix("UC")) for each in wanted if wanted[each]]


def _is_feed(document: Document) -> bool:
    return urlsplit(document.url).path == _FEEDS


def _channel_in(page: Document) -> str:
    """The id of the channel that a page is of.

    Raises:
        FeedError: it names none.
    """
    text = page.body.decode("utf-8", "replace")
    for tag in _LINK_TAG.findall(text):
        if _TELLS_CHANNEL.search(tag) and (found := _CHANNEL_ID.search(tag)):
            return found[1]
    if (urlsplit(page.url).hostname or "").startswith("consent.") or "consent.youtube" in text:
        raise FeedError(f"{_ASKS_FOR_CONSENT}; {_MEND}", status=200)
    raise FeedError(f"answered with a page of no channel; {_MEND}", status=200)


def _root(document: Document) -> Any:
    """The root of a feed.

    Raises:
        FeedError: it is none.
    """
    # Only worker processes need it.
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    try:
        root = etree.fromstring(document.body, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise FeedError(one_line(f"is no feed of YouTube: {error}", 200), status=200) from None
    if root.tag != f"{{{_NAMES['atom']}}}feed":
        raise FeedError("is no feed of YouTube: it has another root", status=200)
    return root


def _about(feed: Any, options: Options) -> tuple[str, str]:
    """What the source is called, and its home page: a channel's lists are all called `Videos`."""
    if options["playlist"]:
        return _text(feed, "atom:title"), f"{_HOME}/playlist?list={options['playlist']}"
    return _text(feed, "atom:author/atom:name"), _text(feed, "atom:author/atom:uri")


def _entries(feed: Any) -> Iterator[ParsedEntry]:
    for entry in feed.iterfind("atom:entry", _NAMES):
        views = _attribute(entry, ".//media:statistics", "views")
        if views != "0" and (video := _text(entry, "yt:videoId")):
            yield _entry(entry, video, int(views) if re.fullmatch("[0-9]{1,15}", views) else None)


def _entry(entry: Any, video: str, views: int | None) -> ParsedEntry:
    link = _attribute(entry, "atom:link[@rel='alternate']", "href")
    return ParsedEntry(
        guid=f"yt:video:{video}",
        link=link or f"{_HOME}/watch?v={quote(video)}",
        title=_text(entry, "atom:title"),
        author=_text(entry, "atom:author/atom:name"),
        published=read_date(_text(entry, "atom:published")),
        html=paragraphs(about_video(_text(entry, "media:group/media:description"))),
        image=_attribute(entry, "media:group/media:thumbnail", "url"),
        seconds=read_seconds(_attribute(entry, "media:group/media:content", "duration")),
        facts=() if views is None else (Fact("views", views),),
        video=True,
    )


def _age(entry: ParsedEntry) -> float:
    return -entry.published.timestamp() if entry.published else 0.0


def _text(element: Any, path: str) -> str:
    return (element.findtext(path, "", _NAMES) or "").strip()


def _attribute(element: Any, path: str, name: str) -> str:
    found = element.find(path, _NAMES)
    return "" if found is None else found.get(name, "")


_LINK = re.compile(r"https?://\S+|\bwww\.\S+", re.IGNORECASE)
_TIME_CODE = re.compile(r"\W*\d{1,2}:\d{2}(?::\d{2})?\b")
# What makers ask of their viewers, in the languages that are met most.
_ASKED = re.compile(
    r"\b(?:subscribe|patreon|ko-?fi|join (?:this|the|our|my) channel|become a (?:member|patron)"
    r"|follow (?:me|us)|sponsor(?:s|ed|ing|ship)?|affiliate|discount|promo code|use (?:my )?code"
    r"|\d+ ?% off|merch|newsletter|social media|business (?:inquiries|enquiries)"
    r"|like and share|turn on notifications|abonnier\w*|folgt? (?:mir|uns)|kanalmitglied\w*"
    r"|werbung|abonne[zr]|suscr[ií]be\w*|iscriviti|inscreva-se)\b",
    re.IGNORECASE,
)
# With more words around it a link or a wish is part of what the video is about.
_FEW_WORDS, _SOME_WORDS = 7, 30
# YouTube takes 5,000.
_LONGEST = 10_000


def about_video(description: str) -> str:
    """What of a description is about the video.

    Without lists of links and chapters, hashtags, and what is asked of viewers in every one; a
    heading over what is left out goes with it.
    """
    kept: list[str] = []
    is_kept = False
    for line in reversed(description[:_LONGEST].splitlines()):
        shown = _without_hashtags(line) if _is_told(line) else ""
        if line.strip():
            is_kept = bool(shown) and (is_kept or not shown.endswith(":"))
        kept.append(shown if is_kept else "")
    return "\n".join(reversed(kept)).strip()


def _without_hashtags(line: str) -> str:
    words = line.split()
    while words and words[-1][:1] == "#" and words[-1][1:2].isalpha():
        words.pop()
    return " ".join(words)


def _is_told(line: str) -> bool:
    """Whether a line says something, and not where to go, when what comes, or what to do."""
    if not any(map(str.isalpha, line)) or _TIME_CODE.match(line):
        return False
    words = len(_LINK.sub("", line).split())
    if _LINK.search(line) and words < _FEW_WORDS:
        return False
    return words >= _SOME_WORDS or not _ASKED.search(line)


SOURCE = Youtube()
