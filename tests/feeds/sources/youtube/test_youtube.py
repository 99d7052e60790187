"""What only YouTube has: lists by sorts of video, handles, days of 404, descriptions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError

from digest.config.sources.youtube import YoutubeSettings
from digest.errors import FeedError
from digest.feeds.sources import Document, youtube
from tests.feed_xml import NOW
from tests.feeds.sources.examples import documented
from tests.servers import Reply

if TYPE_CHECKING:
    from digest.store import Store
    from tests.feeds.sources.conftest import Follow, Service

HERE = Path(__file__).parent
CHANNEL = "UCabcdefghijklmnopqrstuv"
FEED = "https://www.youtube.com/feeds/videos.xml?"
VIDEOS, SHORTS, STREAMS = (
    f"{FEED}playlist_id={kind}{CHANNEL[2:]}" for kind in ("UULF", "UUSH", "UULV")
)
PAGE = (HERE / "handle/first.html").read_text()
LIST = (HERE / "videos/first.xml").read_text()
PLAYLIST = (HERE / "playlist/first.xml").read_text()
MISSING = Reply("<!DOCTYPE html><title>Error 404 (Not Found)!!1</title>", 404)


def settings(**given: Any) -> YoutubeSettings:
    return YoutubeSettings.model_validate({"kind": "youtube", **given})


def asked(**given: Any) -> list[str]:
    """All that a poll asks for, where nothing is missing."""
    wanted = settings(**given)
    first = youtube.SOURCE.request(wanted, None, NOW).url
    document = Document(PAGE.encode(), first)
    return [first, *youtube.SOURCE.further(document, youtube.SOURCE.options(wanted))]


@pytest.mark.parametrize(
    ("given", "addresses"),
    [
        ({}, [VIDEOS]),
        ({"shorts": True}, [VIDEOS, SHORTS]),
        ({"live": True}, [VIDEOS, STREAMS]),
        ({"shorts": True, "live": True}, [f"{FEED}channel_id={CHANNEL}"]),
    ],
)
def test_which_lists_are_asked_for(given: dict[str, bool], addresses: list[str]) -> None:
    page = "https://www.youtube.com/@night.trains"

    assert asked(channel=CHANNEL, **given) == addresses
    assert asked(handle="@Night.Trains", **given) == [page, *addresses]


def test_a_playlist_is_one_list() -> None:
    assert asked(playlist="UULFabcdefghijklmnopqrstuv") == [VIDEOS]


@pytest.mark.parametrize(
    ("handle", "address"),
    [
        ("@Night.Trains", "@night.trains"),
        ("https://m.youtube.com/@N%C3%A4chtezug?si=x", "@nächtezug"),
        ("https://www.youtube.com/c/Night-Trains/videos", "c/night-trains"),
        ("/user/Night", "user/night"),
    ],
)
def test_a_handle_has_one_spelling(handle: str, address: str) -> None:
    named = settings(handle=handle)

    assert named.address == f"youtube:{address}"
    assert youtube.SOURCE.request(named, None, NOW).url.isascii()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "takes one of channel, handle and playlist; none is there"),
        ({"handle": "@a", "channel": CHANNEL}, "not channel and handle"),
        ({"handle": "nighttrains"}, "must be '@name'"),
        ({"handle": "https://vimeo.com/@a"}, "must be '@name'"),
        ({"channel": "@nighttrains"}, "channel"),
        ({"playlist": "PL0123456789ab", "shorts": True}, "a playlist has what it has"),
    ],
)
def test_settings_that_are_refused(given: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        settings(**given)


async def incidents(service: Service) -> list[str]:
    def read(store: Store) -> list[str]:
        return [incident.message for incident in store.incidents.open_ones()]

    return await service.bench.store.transact(read)


async def test_a_handle_is_looked_up_once_and_days_of_404_are_no_death(
    follow: Follow, feed_server: Any
) -> None:
    service = await follow({"kind": "youtube", "handle": "@nighttrains", "live": True})

    # The channel has no streams.
    result = await service.poll(Reply(PAGE), Reply(LIST), MISSING)

    assert (result.outcome, result.new, result.name) == ("updated", 2, "Night Trains & Co")
    assert "/@nighttrains" in feed_server.seen[0].path
    feed_server.seen.clear()
    for _ in range(6):
        service.bench.clock.turn(hours=11)
        assert (await service.poll(MISSING)).outcome == "failed"
    assert await incidents(service) == []
    service.bench.clock.turn(hours=14)
    await service.poll(Reply("", 500))
    (message,) = await incidents(service)
    assert message.endswith("see whether https://www.youtube.com/@nighttrains is there")
    for _ in range(2):
        assert (await service.poll(Reply(LIST), MISSING)).outcome == "unchanged"
    assert await incidents(service) == []
    assert {f"https://www.youtube.com{seen.path}" for seen in feed_server.seen} == {VIDEOS, STREAMS}


async def test_a_page_about_cookies_is_told_as_any_failure_is(follow: Follow) -> None:
    service = await follow({"kind": "youtube", "handle": "@nighttrains"})

    for _ in range(6):
        result = await service.poll(Reply('<form action="https://consent.youtube.com/save">'))
        assert (result.outcome, result.status) == ("failed", 200)
        service.bench.clock.turn(hours=5)

    (message,) = await incidents(service)
    assert "a page about cookies" in message


async def test_a_handle_without_a_list_is_a_failure_and_no_flood_later(follow: Follow) -> None:
    service = await follow({"kind": "youtube", "handle": "@nighttrains", "live": True})

    missing = await service.poll(Reply(PAGE), MISSING, MISSING)

    assert (missing.outcome, missing.status) == ("failed", 404)
    assert str(missing.error).endswith("for the lists of https://www.youtube.com/@nighttrains")
    old = LIST.replace(">2026-", ">2019-")
    assert (await service.poll(Reply(PAGE), Reply(old), MISSING)).outcome == "updated"
    assert await service.pending() == []


@pytest.mark.parametrize(
    ("item", "answers"),
    [*zip(documented("youtube"), [[PAGE, LIST], [LIST, LIST], [PLAYLIST]], strict=True)],
)
async def test_what_the_guide_shows(follow: Follow, item: Any, answers: list[str]) -> None:
    service = await follow(item)

    assert (await service.poll(*map(Reply, answers))).new == 2


async def test_a_premiere_is_new_once_somebody_has_seen_it(follow: Follow) -> None:
    service = await follow({"kind": "youtube", "channel": CHANNEL})
    assert (await service.poll(Reply(LIST))).new == 2

    assert (await service.poll(Reply(LIST.replace('views="0"', 'views="1"')))).new == 1

    assert {entry.video for entry in await service.pending()} == {True}


def test_only_what_a_page_says_of_itself_tells_its_channel() -> None:
    options = youtube.SOURCE.options(settings(handle="@a"))
    other = '<link rel="preload" href="https://www.youtube.com/channel/UCzzzzzzzzzzzzzzzzzzzzzz">'
    page = Document(f"{other}<link <link>{PAGE}".encode(), "https://www.youtube.com/@a")

    assert youtube.SOURCE.further(page, options) == [VIDEOS]


@pytest.mark.parametrize(
    ("url", "body", "words"),
    [
        (
            "https://consent.youtube.com/m?continue=x",
            "<h1>Before you continue</h1>",
            "about cookies",
        ),
        (
            "https://www.youtube.com/@a",
            '<form action="https://consent.youtube.com/save">',
            "cookies",
        ),
        ("https://www.youtube.com/@a", "<title>YouTube</title>", "a page of no channel"),
    ],
)
def test_pages_that_tell_no_channel(url: str, body: str, words: str) -> None:
    options = youtube.SOURCE.options(settings(handle="@a"))

    with pytest.raises(FeedError, match=rf"{words}.*give the channel's id \(`channel: UC"):
        youtube.SOURCE.further(Document(body.encode(), url), options)


@pytest.mark.parametrize(
    ("description", "about"),
    [
        ("", ""),
        ("About bridges. #engineering #bridges", "About bridges."),
        ("#shorts #bridges", ""),
        ("We solve issue #12 in C #", "We solve issue #12 in C #"),
        (
            "About bridges.\n\nMy gear:\nCamera: https://shop.example/1\nhttps://shop.example/2",
            "About bridges.",
        ),
        ("Read:\nthe first chapter", "Read:\nthe first chapter"),
        ("Über Brücken.\nAbonniert den Kanal!\n► Folgt mir auf Instagram", "Über Brücken."),
        ("0:00 Start\n1:02:03 - End\nIt was built in 1904.", "It was built in 1904."),
        ("━━━━━━━━\nJoin this channel to get access to perks", ""),
        (
            "The paper that we mention in the film is https://papers.example/1 and free to read.",
            "The paper that we mention in the film is https://papers.example/1 and free to read.",
        ),
    ],
)
def test_what_of_a_description_is_about_the_video(description: str, about: str) -> None:
    assert youtube.about_video(description) == about
