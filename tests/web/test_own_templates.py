"""Pages in templates of somebody's own, which may fail, and take their time."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from digest.signing.web_links import edition_url
from tests import limits
from tests.feed_xml import item, rss
from tests.servers import Reply
from tests.web.site import Servers, serve, settings_for

if TYPE_CHECKING:
    from pathlib import Path

FAILS = "{% if edition.digest != 'sample' %}{{ nowhere }}{% endif %}"
ENDLESS = """\
{% if edition.digest != 'sample' %}
{% for _ in range(99999) %}{% for _ in range(99999) %}{% endfor %}{% endfor %}
{% endif %}"""


def own(folder: Path, **files: str) -> dict[str, object]:
    """Digests with a folder of templates; `html` is edition.html."""
    (folder / "own").mkdir()
    for suffix, text in files.items():
        (folder / "own" / f"edition.{suffix}").write_text(text)
    digest = {"title": "Weekly reading", "schedule": "every monday at 09:00", "send_to": ["vault"]}
    return {"weekly": {**digest, "first_edition": "3650d", "template": "own"}}


async def test_pages_show_the_themes_own_where_a_template_fails(
    servers: Servers, tmp_path: Path
) -> None:
    servers.feeds.replies["/feed"] = Reply(rss(item(1)))
    digests = own(tmp_path, html=FAILS, txt=FAILS, md="Mine")
    async with serve(settings_for(tmp_path, servers, digests=digests), tmp_path) as site:
        await site.log_in()
        for page in ("/digests/weekly", "/digests/weekly/preview/email"):
            assert "Story 1" in await site.page(page)
        await site.send()
        record = await site.daemon.read(lambda store: store.deliveries.edition(1))
        key = await site.daemon.read(lambda store: store.keys.key("links"))
        path = edition_url("", key, record.digest, record.scheduled_for)
        answer, text = await site.answer(path)
        assert (answer.status, "Story 1" in text) == (200, True)


async def test_pages_are_answered_while_a_template_takes_its_time(
    servers: Servers, tmp_path: Path
) -> None:
    servers.feeds.replies["/feed"] = Reply(rss(item(1)))
    digests = own(tmp_path, html=ENDLESS)
    async with serve(settings_for(tmp_path, servers, digests=digests), tmp_path) as site:
        await site.log_in()
        slow = asyncio.create_task(site.page("/digests/weekly/preview/email"))
        answered = 0
        while not slow.done():
            async with asyncio.timeout(limits.seconds(2)):
                await site.answer("/healthz")
            answered += 1
            await asyncio.wait([slow], timeout=0.05)
        assert "Story 1" in slow.result()
        assert answered > 5
