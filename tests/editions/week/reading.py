"""The ordinary week as a digest reads it: an edition on the Monday before, then two polls a day."""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from digest.jobs.pictures import PictureFetcher
from tests.editions.newsroom import open_newsroom
from tests.editions.week import BEFORE, NOW, bodies, settings
from tests.pictures import png

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from pathlib import Path

    from digest.model import Edition, Pictures
    from tests.editions.newsroom import Newsroom

# Where feeds have their pictures, without queries, and how large these are.
PICTURES = {
    "https://avatars.githubusercontent.com/u/512300998": (60, 60),
    "https://avatars.githubusercontent.com/u/699000417": (60, 60),
    "https://avatars.githubusercontent.com/u/700112233": (60, 60),
    "https://cdn.machikado.example/images/clock.png": (800, 600),
    "https://cdn.machikado.example/images/vending.png": (800, 600),
    "https://files.social.example/media_attachments/files/115/630/original/heron.jpg": (1200, 800),
    "https://i2.ytimg.com/vi/Br1dgeM0ves/hqdefault.jpg": (480, 360),
    "https://i2.ytimg.com/vi/T0llb00ths1/hqdefault.jpg": (480, 360),
    "https://imgs.dottedline.example/comics/compass.png": (740, 300),
    "https://imgs.dottedline.example/comics/queueing_theory.png": (740, 320),
    "https://imgs.dottedline.example/comics/version_zero.png": (420, 380),
    "https://media.theledger.example/1d0e/northlight.jpg": (1200, 720),
    "https://media.theledger.example/4c4c/keyboards.jpg": (1200, 720),
    "https://media.theledger.example/77ab/larder.jpg": (1200, 720),
    "https://media.theledger.example/8f2c/booth.jpg": (1200, 720),
    "https://preview.redd.it/sh0ecupb0ard.jpg": (640, 480),
    "https://substackcdn.com/image/fetch/f_auto,q_auto:good,fl_progressive:steep/"
    "https%3A%2F%2Fbucket.example%2Fpublic%2Fimages%2Fcables.jpeg": (1456, 971),
    "https://substackcdn.com/image/fetch/f_auto,q_auto:good,fl_progressive:steep/"
    "https%3A%2F%2Fbucket.example%2Fpublic%2Fimages%2Fmeter.jpeg": (1456, 971),
}


@asynccontextmanager
async def open_week(folder: Path, **digest: Any) -> AsyncIterator[Newsroom]:
    """A newsroom on the Monday at nine; what came before the week is in an edition already."""
    opening = open_newsroom(
        folder, bodies(BEFORE), BEFORE - timedelta(hours=1), feeds=settings(), **digest
    )
    async with opening as newsroom:
        clock = newsroom.bench.clock
        await newsroom.poll()
        clock.now = BEFORE
        await newsroom.publish()
        while clock.now < NOW:
            clock.turn(hours=12)
            newsroom.shelf.bodies = bodies(clock.now)
            await newsroom.poll()
        yield newsroom


async def illustrated(
    newsroom: Newsroom, edition: Edition, drawn: Mapping[str, bytes] | None = None
) -> tuple[Edition, Pictures]:
    """The edition with its pictures: those that are `drawn`, or blank ones of the right size."""
    blank = {url: png(*size) for url, size in PICTURES.items()}
    newsroom.shelf.bodies = dict(drawn or blank)
    fetcher = PictureFetcher(newsroom.bench.settings, lambda _: newsroom.shelf)
    return await fetcher.illustrate(edition)
