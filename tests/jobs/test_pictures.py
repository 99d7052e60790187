"""The pictures of an edition: fetched, measured, and never in its way."""

from __future__ import annotations

import asyncio
import logging
import threading
from email import message_from_bytes
from email.policy import default
from typing import TYPE_CHECKING, Any, cast

import pytest
from msgspec.structs import replace

from digest.app.drafting import open_pictures
from digest.app.http_clients import open_picture_client
from digest.channels import open_channels
from digest.feeds.http.fetch import Fetcher
from digest.feeds.http.messages import Response
from digest.jobs.delivery_actions import DeliveryActions
from digest.jobs.pictures import PictureFetcher, without_embedded
from digest.model import NO_PICTURES, Picture
from digest.signing.web_links import EditionLinks
from tests.jobs.bench import LINKS_KEY, open_bench, settings_of
from tests.pictures import WEBP, gif, png
from tests.rendering.samples import edition, story
from tests.servers import HttpServer, Reply, running
from tests.store import build

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from digest.config import Settings
    from digest.feeds.http.messages import Request
    from digest.jobs.deliver import DeliverJob
    from digest.model import Edition

INBOX = {"kind": "email", "to": ["ada@example.com"]}
VAULT = {"kind": "file", "path": "{digest}.html", "format": "html"}


def settings(folder: Path, images: str, **more: Any) -> Settings:
    digest = {"schedule": "every monday at 09:00", "send_to": ["inbox"], "images": images}
    return settings_of(
        folder,
        more.pop("feeds", ["https://site.example/feed.xml"]),
        channels={"inbox": INBOX, "vault": VAULT},
        smtp={"host": "127.0.0.1", "from": "digest@example.com"},
        digests={"weekly": digest},
        **more,
    )


@pytest.fixture
def server() -> Iterator[HttpServer]:
    made = HttpServer()
    with running(made):
        yield made


def of(*images: str) -> Edition:
    return edition(*(story(number, image=image) for number, image in enumerate(images, 1)))


async def embedded(folder: Path, whole: Edition, **more: Any) -> list[tuple[int, int] | None]:
    """The sizes of the pictures that its stories have."""
    illustrated, pictures = await open_pictures(settings(folder, "embedded", **more)).illustrate(
        whole
    )
    shown = [one.picture for one in illustrated.stories]
    assert {one.content_id for one in shown if one} == set(pictures)
    return [(one.width, one.height) if one else None for one in shown]


class Shelf(Fetcher):
    """Has answers by address, in place of a network."""

    def __init__(self, **bodies: tuple[str, bytes]) -> None:
        self.bodies = bodies
        self.asked: list[str] = []

    async def __aenter__(self) -> Shelf:
        return self

    async def __aexit__(self, *_: object) -> None:
        pass

    async def fetch(
        self, request: Request, ready: object = None, allowance: object = None
    ) -> Response:
        del ready, allowance
        self.asked.append(request.url)
        name = request.url.rpartition("/")[2]
        url, body = self.bodies[name]
        return Response(200, url or request.url, body=body)


async def remote(folder: Path, shelf: Shelf, whole: Edition) -> Edition:
    config = settings(folder, "remote")
    illustrated, pictures = await PictureFetcher(config, lambda _: shelf).illustrate(whole)
    assert pictures == NO_PICTURES
    return illustrated


async def test_nothing_is_fetched_unless_it_is_asked_for(
    tmp_path: Path, server: HttpServer
) -> None:
    whole = of(f"{server.url}/a.png")

    assert await open_pictures(settings(tmp_path, "none")).illustrate(whole) == (
        whole,
        NO_PICTURES,
    )
    assert server.seen == []


async def test_a_picture_is_what_its_bytes_say(tmp_path: Path, server: HttpServer) -> None:
    server.replies["/a.webp"] = Reply(png(640, 480), headers={"Content-Type": "image/webp"})
    server.replies["/b.png"] = Reply(gif(320, 200))

    sizes = await embedded(tmp_path, of(f"{server.url}/a.webp", "", f"{server.url}/b.png"))

    assert sizes == [(640, 480), None, (320, 200)]
    [asked] = server.requests_to("/b.png")
    assert asked.headers["Accept"] == "image/jpeg, image/png, image/gif"
    assert asked.headers["User-Agent"].startswith("digest/")


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Reply("no", 404), "answered 404 Not Found"),
        (Reply(WEBP), "it is not PNG, JPEG or GIF"),
        (Reply(gif(1, 1)), "it has 1 x 1 pixels: too small, or none"),
        (Reply(png(640, 480, size=500_001)), "the body is larger than 500,000 bytes"),
        (Reply(b""), "answered with an empty body"),
        (
            Reply(status=302, headers={"Location": "https://pixel.wp.com:0/"}),
            "the address cannot be used: ",
        ),
    ],
)
async def test_what_cannot_be_shown_is_left_out_and_told(
    tmp_path: Path,
    server: HttpServer,
    caplog: pytest.LogCaptureFixture,
    reply: Reply,
    reason: str,
) -> None:
    caplog.set_level(logging.INFO, "digest")
    server.replies |= {"/bad": reply, "/good": Reply(png(640, 480))}

    sizes = await embedded(tmp_path, of(f"{server.url}/bad", f"{server.url}/good"))

    assert sizes == [None, (640, 480)]
    [record] = caplog.records
    fields = record.__dict__["fields"]
    assert (record.levelname, record.getMessage()) == ("INFO", "picture left out")
    assert (fields["digest"], fields["url"]) == ("weekly", f"{server.url}/bad")
    assert fields["reason"].startswith(reason)


async def test_a_private_network_is_asked_only_where_that_is_allowed(
    tmp_path: Path, server: HttpServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "digest")
    server.replies["/a.png"] = Reply(png(640, 480))
    guarded = {"polling": {"allow_private_networks": False}}

    assert await embedded(tmp_path, of(f"{server.url}/a.png"), **guarded) == [None]
    assert server.seen == []
    assert "is not a public address" in str(caplog.records[0].__dict__["fields"]["reason"])


async def test_a_feed_that_may_be_inside_has_its_pictures_from_its_own_host(
    tmp_path: Path, server: HttpServer
) -> None:
    server.replies["/a.png"] = Reply(png(640, 480))
    guarded: dict[str, Any] = {"polling": {"allow_private_networks": False}}
    guarded["feeds"] = [{"url": f"{server.url}/feed", "allow_private_networks": True}]
    elsewhere = f"{server.url}/a.png".replace("127.0.0.1", "127.0.0.2")

    seen = await embedded(tmp_path, of(f"{server.url}/a.png", elsewhere), **guarded)

    assert seen == [(640, 480), None]
    assert len(server.seen) == 1


async def test_a_picture_that_takes_too_long_is_left_out(
    tmp_path: Path, server: HttpServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "digest")
    release = threading.Event()
    server.replies |= {"/slow": Reply(png(640, 480), hold=release), "/fast": Reply(gif(320, 200))}
    config = settings(tmp_path, "embedded")
    illustrating = PictureFetcher(config, lambda most: open_picture_client(config, most), 0.5)

    illustrated, pictures = await illustrating.illustrate(
        of(f"{server.url}/slow", f"{server.url}/fast")
    )

    release.set()
    assert [one.picture is not None for one in illustrated.stories] == [False, True]
    assert len(pictures) == 1
    assert caplog.records[0].__dict__["fields"]["reason"] == "it took too long"


async def test_a_stop_ends_what_is_being_fetched(tmp_path: Path, server: HttpServer) -> None:
    release = threading.Event()
    server.replies["/slow"] = Reply(png(640, 480), hold=release)
    illustrating = open_pictures(settings(tmp_path, "embedded"))
    task = asyncio.create_task(illustrating.illustrate(of(f"{server.url}/slow")))
    await asyncio.to_thread(server.arrived.wait, 10)

    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    release.set()
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_a_bug_costs_no_more_than_the_picture(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    # The shelf has no such thing, and raises KeyError.
    illustrated = await remote(tmp_path, Shelf(), of("https://site.example/nothing"))

    assert illustrated.stories[0].picture is None
    [record] = caplog.records
    assert (record.levelname, record.getMessage()) == ("ERROR", "bug while fetching")
    assert record.exc_info


async def test_a_picture_of_several_stories_is_for_the_first(
    tmp_path: Path, server: HttpServer
) -> None:
    server.replies["/logo"] = Reply(png(640, 480))

    assert await embedded(tmp_path, of(*[f"{server.url}/logo"] * 3)) == [(640, 480), None, None]
    assert len(server.seen) == 1


async def test_trackers_are_not_asked(tmp_path: Path) -> None:
    shelf = Shelf()

    await remote(tmp_path, shelf, of("https://pixel.wp.com/b.gif", "https://x.gravatar.com/a"))

    assert shelf.asked == []


async def test_a_remote_picture_is_where_its_feed_says(tmp_path: Path) -> None:
    shelf = Shelf(a=("https://cdn.example/a", png(640, 480)), b=("", png(320, 200)))

    illustrated = await remote(
        tmp_path, shelf, of("https://site.example/a", "http://site.example/b")
    )

    # Without encryption only where there is none; mail programs do not load those.
    assert [one.picture for one in illustrated.stories] == [
        Picture("https://site.example/a", 640, 480),
        Picture("https://site.example/b", 320, 200),
    ]


async def test_a_host_without_a_name_has_no_certificate(tmp_path: Path) -> None:
    shelf = Shelf(a=("", png(640, 480)))

    illustrated = await remote(tmp_path, shelf, of("http://127.0.0.1:18080/a"))

    assert illustrated.stories[0].picture == Picture("http://127.0.0.1:18080/a", 640, 480)


async def test_no_picture_is_fetched_for_a_line(tmp_path: Path) -> None:
    shelf = Shelf(a=("", png(640, 480)))

    await remote(tmp_path, shelf, edition(story(1, image="https://x.example/a", brief=True)))

    assert shelf.asked == []


@pytest.mark.parametrize("leads_to", ["http://site.example/a", "https://ad.doubleclick.net/a"])
async def test_a_remote_picture_leads_nowhere_else(tmp_path: Path, leads_to: str) -> None:
    shelf = Shelf(a=(leads_to, png(640, 480)))

    illustrated = await remote(tmp_path, shelf, of("https://site.example/a"))

    assert illustrated.stories[0].picture is None


async def test_a_message_has_three_megabytes_of_pictures_at_most(
    tmp_path: Path, server: HttpServer
) -> None:
    for number in range(9):
        server.replies[f"/{number}"] = Reply(png(640, 480 + number, size=490_000))
    server.replies["/8"] = Reply(png(640, 480))

    sizes = await embedded(tmp_path, of(*(f"{server.url}/{number}" for number in range(9))))

    # From the top; what is small still fits.
    assert [number for number, size in enumerate(sizes) if size] == [0, 1, 2, 3, 4, 5, 8]


async def test_a_host_is_asked_one_thing_at_a_time(tmp_path: Path, server: HttpServer) -> None:
    open_now, most = 0, 0
    lock = threading.Lock()

    def answer(_: object) -> Reply:
        nonlocal open_now, most
        with lock:
            open_now += 1
            most = max(most, open_now)
        # Long enough for another to arrive beside it.
        threading.Event().wait(0.03)
        with lock:
            open_now -= 1
        return Reply(png(640, 480))

    server.replies |= {f"/{number}": answer for number in range(4)}

    sizes = await embedded(
        tmp_path, of(*(f"{server.url}/{number}" for number in range(4))), polling={"per_host": 1}
    )

    assert len([size for size in sizes if size]) == 4
    assert most == 1


async def test_an_edition_goes_out_with_its_pictures(tmp_path: Path, server: HttpServer) -> None:
    server.replies["/a.png"] = Reply(png(640, 480))
    config = settings(tmp_path, "embedded")
    async with open_bench(config, tmp_path) as bench:
        entry = replace(build.entry("a"), image=f"{server.url}/a.png")
        windows = {name: digest.reach for name, digest in config.digests.items()}
        await bench.store.transact(lambda store: build.learn(store, entry, windows=windows))
        channels = open_channels(config)
        published = await bench.publishing(channels).publish_now("weekly", ["inbox", "vault"])
        assert published is not None
        rows = (await bench.store.transact(build.dump))["renditions"]
        stored = await bench.store.transact(lambda store: store.editions.load(published.edition_id))

    payloads = {str(row[1]): row[4] for row in rows}
    mail, page = payloads["inbox"], payloads["vault"]
    [image] = [
        part for part in message_from_bytes(mail, policy=default).walk()
        if part.get_content_type() == "image/png"
    ]  # fmt: skip
    assert image.get_payload(decode=True) == png(640, 480)
    assert b"data:image/png;base64," in page
    assert stored is not None
    picture = stored.stories[0].picture
    assert picture is not None
    assert image["Content-ID"] == f"<{picture.content_id}>"


class Nobody:
    """Delivers nothing."""

    async def try_channels(self) -> None:
        pass

    async def deliver_due(self) -> None:
        pass


async def test_an_edition_that_is_sent_elsewhere_goes_without_what_was_embedded(
    tmp_path: Path, server: HttpServer
) -> None:
    server.replies["/a.png"] = Reply(png(640, 480))
    config = settings(tmp_path, "embedded")
    channels = open_channels(config)
    async with open_bench(config, tmp_path) as bench:
        entry = replace(build.entry("a"), excerpt="About it.", image=f"{server.url}/a.png")
        windows = {name: digest.reach for name, digest in config.digests.items()}
        await bench.store.transact(lambda store: build.learn(store, entry, windows=windows))
        published = await bench.publishing(channels).publish_now("weekly")
        assert published is not None
        delivering = cast("DeliverJob", Nobody())
        links = EditionLinks(LINKS_KEY, config.links_url)
        actions = DeliveryActions(bench.context(channels), links, delivering)
        await actions.resend(published.edition_id, "vault")
        rows = (await bench.store.transact(build.dump))["renditions"]

    [page] = [row[4] for row in rows if row[1] == "vault"]
    assert b"<h3" in page
    assert b"<img" not in page
    assert len(server.seen) == 1


def test_what_was_embedded_is_not_shown_where_it_is_not() -> None:
    linked, inside = Picture("https://x.example/1", 640, 480), Picture("x", 640, 480, "1@x")
    whole = edition(story(1, picture=linked), story(2, picture=inside), story(3))

    assert [one.picture for one in without_embedded(whole).stories] == [linked, None, None]
