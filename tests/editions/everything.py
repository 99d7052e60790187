"""One edition of everything: a source of each kind, real feeds, a full text and every block.

Kinds are found by their examples: the first case of each in `tests/feeds/sources`, and what
`tests/blocks` has. To look at it in every form, run

    python -m tests.editions.everything FOLDER [FOLDER_OF_FEEDS]

which writes the texts, and pages and pictures of every theme, light, dark and narrow. The pictures
need Chromium.
"""

from __future__ import annotations

import asyncio
import json
import sys
from contextlib import asynccontextmanager, closing
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from digest.app.http_clients import user_agent
from digest.config.channels import CHANNEL_KINDS
from digest.feeds.http.messages import Response
from digest.jobs.article_client import ArticleClient
from digest.jobs.ask_source import SourceClient
from digest.jobs.drafts import Drafter
from digest.jobs.full_text import FullTextJob
from digest.rendering.templates import THEMES, Templates
from tests.blocks.examples import body_of
from tests.blocks.stand_ins import OpenMeteo
from tests.channels.places import places_of
from tests.feed_xml import item, rss
from tests.feeds.sources.examples import FOLDER, KINDS, cases_of
from tests.jobs.bench import InPlace, open_bench, settings_of
from tests.jobs.test_blocks import adder
from tests.rendering import article_pages
from tests.rendering.screenshots import shoot, shots
from tests.servers import HttpServer, Reply, running

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from digest.config import Settings, SourceSettings
    from digest.model import Edition
    from tests.feeds.sources.examples import Case

FULL_TEXT = "The old bridge reopens"
_HEIGHT = 4_000


def sources() -> dict[str, Case]:
    """The first case of each kind, by the address of its source."""
    return {case.settings.address: case for case in (cases_of(kind)[0] for kind in KINDS)}


def _given(case: Case) -> dict[str, Any]:
    """The settings of a case, as `feeds` has them."""
    own = case.folder / "settings.json"
    if own.is_file():
        return {"kind": case.kind, **json.loads(own.read_text("utf-8"))}
    first: dict[str, Any] = json.loads((FOLDER / case.kind / "settings.json").read_text("utf-8"))[0]
    return {"kind": case.kind, **first}


def _response(body: bytes, url: str) -> Response:
    return Response(200, url, body=body, body_hash=sha256(body).hexdigest())


def _answering(cases: Mapping[str, Case]) -> Any:
    """What asks sources: those of the cases have their answers, all others are asked."""
    ask = SourceClient.ask

    async def answer(
        client: SourceClient, settings: SourceSettings, request: Any, *more: Any
    ) -> Response:
        if settings.address not in cases:
            return await ask(client, settings, request, *more)
        first, *further = (
            _response(document.body, document.url) for document in cases[settings.address].documents
        )
        return Response(
            200, first.url, body=first.body, body_hash=first.body_hash, further=tuple(further)
        )

    return patch.object(SourceClient, "ask", answer)


def _blocks(server: HttpServer, weather: OpenMeteo) -> list[dict[str, Any]]:
    """Both blocks, of the stand-ins."""
    path = "/calendar.ics"
    server.replies[path] = Reply(body_of("calendar") or b"")
    return [
        {"kind": "weather", "place": "Berlin, DE", "url": weather.url, "places_url": weather.url},
        {"kind": "calendar", "url": server.url + path, "name": "This week"},
    ]


def _feeds(server: HttpServer, real: Path | None) -> list[dict[str, Any]]:
    """A feed whose texts are fetched from their pages, and the real ones of a folder."""
    entry = item(1, title=FULL_TEXT, link=f"{server.url}/bridge", html=article_pages.TEASER)
    server.replies["/full.xml"] = Reply(rss(entry))
    server.replies["/bridge"] = Reply(article_pages.SEMANTIC.html)
    for path in sorted(real.glob("*.xml")) if real else ():
        server.replies[f"/{path.name}"] = Reply(path.read_bytes())
    full = {"url": f"{server.url}/full.xml", "full_text": True, "name": "Full texts"}
    others = [{"url": server.url + path} for path in server.replies if path[-3:] == "xml"]
    return [full, *(feed for feed in others if feed["url"] != full["url"])]


def _settings(folder: Path, server: HttpServer, weather: OpenMeteo, real: Path | None) -> Settings:
    feeds = [*_feeds(server, real), *(_given(case) for case in sources().values())]
    weekly = {
        "title": "Everything",
        "schedule": "daily at 07:00",
        "timezone": "Europe/Berlin",
        "send_to": ["vault"],
        "first_edition": "3650d",
        "max_entries": 100,
        "blocks": _blocks(server, weather),
    }
    return settings_of(
        folder,
        [{"max_entries": 2, **feed} for feed in feeds],
        digests={"weekly": weekly},
        polling={"timeout": "10s"},
    )


@asynccontextmanager
async def open_everything(folder: Path, real: Path | None) -> AsyncIterator[Edition]:
    """The edition, of sources that are polled in `folder`; `real` is a folder of feeds."""
    server, weather = HttpServer(), OpenMeteo()
    with running(server, weather), _answering(sources()):
        settings = _settings(folder, server, weather, real)
        async with open_bench(settings, folder) as bench, bench.polling(InPlace()) as poll_job:
            results = await poll_job.poll([feed.address for feed in settings.feeds])
            failed = {result.name: result.error for result in results if result.error}
            assert not failed
            client = ArticleClient(
                settings, poll_job.fetcher, user_agent(settings), bench.clock, InPlace()
            )
            with closing(FullTextJob(bench.context(), client, poll_job.backoffs)) as job:
                await job.fetch_due()
            draft = await Drafter(bench.context()).edition("weekly", bench.clock())
            yield await adder(bench).add(draft.edition)


def forms(edition: Edition) -> dict[str, str]:
    """Each form of an edition, by the name of its file: of themes, and of each kind of channel."""
    themes = {f"{theme}.html": Templates(theme=theme).fitted(edition) for theme in THEMES}
    posts = [places_of(kind)[0].golden(edition) for kind in CHANNEL_KINDS]
    texts = {"edition.txt": Templates().text(edition), "edition.md": Templates().markdown(edition)}
    return themes | texts | {name: text for files in posts for name, text in files.items()}


async def _write(folder: Path, real: Path | None) -> None:
    with TemporaryDirectory() as work:
        async with open_everything(Path(work), real) as edition:
            for name, text in forms(edition).items():
                (folder / name).write_text(text, "utf-8")


def main(folder: str, real: str = "") -> None:
    """Write every form, and shoot every theme."""
    target = Path(folder).absolute()
    target.mkdir(parents=True, exist_ok=True)
    asyncio.run(_write(target, Path(real) if real else None))
    for theme in THEMES:
        for name, shot in shots(theme, _HEIGHT).items():
            shoot(target / f"{theme}.html", target / f"{name}.png", shot)


if __name__ == "__main__":
    main(*sys.argv[1:3])
