"""What readers get who have a link: an edition, and a feed of editions."""

from __future__ import annotations

import pickle
import re
import subprocess
import sys
from base64 import b64encode
from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from digest.feeds.parsing.body import Body
from digest.feeds.parsing.read import read_body
from digest.signing.web_links import (
    EditionLinks,
    digest_feed_url,
    digest_token,
    edition_due,
    edition_url,
    urn_of,
)
from tests.feed_xml import NOW, item, rss
from tests.pictures import png
from tests.servers import Reply
from tests.store.build import edition_of, name_message
from tests.web.site import Servers, Site, serve, settings_for

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import tzinfo

    from digest.model import Edition
    from digest.store import Store

pytestmark = pytest.mark.asyncio(loop_scope="module")

KEY = b"k" * 32


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def read(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    """A site with two editions, to somebody who is not logged in."""
    folder = tmp_path_factory.mktemp("read")
    async with serve(settings_for(folder, servers), folder) as site:
        await site.send()
        titled = [item(9, title="Ninth <b>& last</b>", html="<p>Much \x01 & more</p>")]
        servers.feeds.replies["/feed"] = Reply(rss(*titled).replace("\x01", "&#x7f;"))
        await site.daemon.carry_out(lambda runtime: runtime.poll([]))
        await site.send()
        yield site


async def test_it_has_the_pictures_that_the_email_has(
    servers: Servers, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("pictured")
    html = f'<img src="{servers.feeds.url}/heron.png"><p>By the weir.</p>'
    servers.feeds.replies["/pictured"] = Reply(rss(item(1, title="A heron", html=html)))
    servers.feeds.replies["/heron.png"] = Reply(png(640, 480))
    settings = settings_for(folder, servers, feeds=[f"{servers.feeds.url}/pictured"])
    weekly = settings.digests["weekly"].model_copy(update={"images": "embedded"})
    settings = settings.model_copy(update={"digests": {"weekly": weekly}})
    async with serve(settings, folder) as site:
        await site.send()
        answer, text = await site.answer(await first(site))
        assert answer.status == 200
        assert b64encode(png(640, 480)).decode() in text
        assert "cid:" not in text
        assert "/heron.png" not in text


async def links(site: Site) -> bytes:
    return await site.daemon.read(lambda store: store.keys.key("links"))


async def first(site: Site) -> str:
    """The path of the first edition."""
    record = await site.daemon.read(lambda store: store.deliveries.edition(1))
    return edition_url("", await links(site), record.digest, record.scheduled_for)


async def test_an_edition_in_the_browser(read: Site) -> None:
    answer, text = await read.answer(await first(read))
    assert answer.status == 200
    assert "Story 1" in text
    assert "Ninth" not in text
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    for personal in ("ada@one.example", "grace@two.example", "View in browser"):
        assert personal not in text


async def test_a_link_is_of_one_edition_and_one_installation(read: Site) -> None:
    path, key = await first(read), await links(read)
    second = await read.daemon.read(lambda store: store.deliveries.edition(2))
    other_time = edition_url("", key, "weekly", second.scheduled_for).split("/")
    other_digest = edition_url("", key, "other", second.scheduled_for).split("/")
    _, e, digest, due, token = path.split("/")
    spoiled = [path[:at] + chr(ord(path[at]) ^ 1) + path[at + 1 :] for at in range(3, len(path))]
    others = [
        [e, digest, due, other_time[-1]],
        [e, digest, other_time[-2], token],
        [e, digest, other_time[-2], other_digest[-1]],
        [e, "other", due, token],
        [e, digest, f"{due[:-1]}.000000Z", token],
        [e, digest, due, token[:-1]],
        [e, digest, due, f"{token}A"],
        [e, digest, due, token.lower()],
        [e, digest, due, digest_token(key, digest)],
        edition_url("", KEY, "weekly", second.scheduled_for).split("/")[1:],
    ]
    for other in [*spoiled, *("/" + "/".join(one) for one in others)]:
        answer, text = await read.answer(other)
        assert answer.status == 404, other
        assert "Story" not in text


async def test_a_link_to_no_edition_is_of_nothing(read: Site) -> None:
    never = edition_url("", await links(read), "weekly", NOW)
    assert (await read.answer(never))[0].status == 404


@pytest.mark.parametrize("name", ["Z-_9--", "0" * 64, "morning.weekly"])
async def test_whatever_a_digest_is_called(site: Site, name: str) -> None:
    edition = replace(edition_of(), digest=name, subject=f"Of {name}")
    await site.daemon.read(
        lambda store: store.editions.publish(edition, NOW, [], name_message, None)
    )
    url = edition_url("https://d.example", await links(site), name, NOW)
    assert len(url) < 130
    answer, text = await site.answer(url.removeprefix("https://d.example"))
    assert answer.status == 200
    assert f"<title>Of {name}</title>" in text


@given(
    st.from_regex("[A-Za-z0-9][A-Za-z0-9_-]{0,63}", fullmatch=True),
    st.datetimes(datetime(2000, 1, 1), datetime(9000, 1, 1)),  # noqa: DTZ001
    st.timezones(),
)
async def test_an_address_says_which_edition(name: str, at: datetime, zone: tzinfo) -> None:
    at = at.replace(tzinfo=UTC).astimezone(zone)
    url = edition_url("", KEY, name, at)
    _, _, digest, due, token = url.split("/")
    assert (digest, edition_due(KEY, digest, due, token)) == (name, at)
    assert len(token) == 22
    # What programs take for the end of a sentence is not taken for that of a link.
    assert token[-1].isalnum()
    assert re.fullmatch("[A-Za-z0-9/_.-]+", url)


@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=40))
async def test_what_is_no_token_is_of_nothing(digest: str, due: str, token: str) -> None:
    assert edition_due(KEY, digest, due, token) is None


async def test_addresses_are_under_the_public_one() -> None:
    at = datetime(2026, 11, 25, 9, tzinfo=timezone(timedelta(hours=1)))
    for public in ("https://d.example", "https://d.example/"):
        url = edition_url(public, KEY, "weekly", at)
        assert url.rpartition("/")[0] == "https://d.example/e/weekly/20261125T080000Z"
        assert EditionLinks(KEY, public).url("weekly", at) == url
        feed = f"https://d.example/digests/weekly/{digest_token(KEY, 'weekly')}.atom"
        assert digest_feed_url(public, KEY, "weekly") == feed


async def test_without_a_public_address_there_is_no_link() -> None:
    assert EditionLinks(KEY, None).url("weekly", NOW) == ""


async def test_the_key_is_not_shown() -> None:
    for shown in (repr(EditionLinks(KEY, "https://d.example")), str(EditionLinks(KEY, None))):
        assert "kkk" not in shown


async def atom(site: Site) -> bytes:
    path = digest_feed_url("", await links(site), "weekly")
    answer, text = await site.answer(path)
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    return text.encode()


async def test_the_feed_is_atom(read: Site) -> None:
    root = ET.fromstring(await atom(read))
    names = {"a": "http://www.w3.org/2005/Atom"}
    # RFC 4287, sections 4.1.1 and 4.1.2
    for path in ("a:id", "a:title", "a:updated", "a:author/a:name"):
        assert len(root.findall(path, names)) == 1
    (own,) = root.findall("a:link[@rel='self']", names)
    assert own.get("href", "").startswith(read.url)
    entries = root.findall("a:entry", names)
    assert len(entries) == 2
    ids = {entry.findtext("a:id", None, names) for entry in entries}
    assert len(ids) == 2
    assert all(one and one.startswith("urn:uuid:") for one in ids)
    for entry in entries:
        for path in ("a:title", "a:updated", "a:published", "a:content"):
            assert len(entry.findall(path, names)) == 1
        updated = datetime.fromisoformat(entry.findtext("a:updated", "", names))
        assert updated.tzinfo == UTC
        (link,) = entry.findall("a:link", names)
        path = link.get("href", "").removeprefix(read.url)
        assert (await read.answer(path))[0].status == 200


async def names(site: Site) -> list[str]:
    """What the entries of the feed are called, the newest first."""
    return re.findall("<entry>.*?<id>(.*?)</id>", (await atom(site)).decode(), re.DOTALL)


def _publish(edition: Edition, due: datetime, store: Store) -> None:
    store.editions.publish(edition, due, [], name_message, None)


async def test_an_edition_has_the_same_name_in_every_database(
    read: Site, servers: Servers, tmp_path_factory: pytest.TempPathFactory
) -> None:
    before = await names(read)
    editions = await read.daemon.read(lambda store: store.archive.editions(("weekly",), 2))
    folder = tmp_path_factory.mktemp("made again")
    async with serve(settings_for(folder, servers), folder) as again:
        other = replace(edition_of(), digest="other")
        await again.daemon.read(partial(_publish, other, NOW))
        anew = replace(edition_of(), digest="weekly", subject="Another")
        for one in reversed(editions):
            publish = partial(_publish, anew, one.scheduled_for)
            await again.daemon.read(publish)
        assert await links(again) != await links(read)
        assert await names(again) == before
        await again.daemon.rotate_keys(forget=True)
        assert await names(again) == before


async def test_names_are_of_one_digest_due_time_and_site() -> None:
    at = NOW + timedelta(microseconds=1)
    found = {
        urn_of(url, digest, due)
        for url in (None, "https://one.example", "https://other.example:8443/x")
        for digest in ("weekly", "weekly-2")
        for due in (NOW, at, None)
    }
    assert len(found) == 18
    elsewhere = NOW.astimezone(timezone(timedelta(hours=5)))
    assert urn_of(None, "weekly", elsewhere) == urn_of(None, "weekly", NOW)


@pytest.mark.parametrize("urn", [None, "urn:uuid:f5c9c610-b7bd-49ba-ac8c-0a2a0b7b1b3f"])
async def test_an_edition_keeps_its_name_whatever_is_renamed(
    servers: Servers, tmp_path_factory: pytest.TempPathFactory, urn: str | None
) -> None:
    folder = tmp_path_factory.mktemp("renamed")
    settings = settings_for(folder, servers)
    async with serve(settings, folder) as site:
        if urn is None:
            await site.send()
        else:
            old = replace(edition_of(), digest="weekly")
            await site.daemon.read(
                lambda store: store.editions.publish(old, NOW, [], name_message, None, urn=urn)
            )
        path, before = digest_feed_url("", await links(site), "weekly"), await names(site)
        assert before == [urn or before[0]]
    (digest,) = settings.digests.values()
    public = settings.web.model_copy(update={"public_url": "https://new.example"})  # type: ignore[union-attr]
    renamed = settings.model_copy(update={"digests": {"monday": digest}, "web": public})
    async with serve(renamed, folder) as site:
        await site.daemon.carry_out(lambda runtime: runtime.renames.move_digest("weekly", "monday"))
        _, text = await site.answer(path)
        assert re.findall("<entry>.*?<id>(.*?)</id>", text, re.DOTALL) == before


def read_elsewhere(body: bytes) -> Any:
    """What feedparser makes of a body, in a process that knows nothing of how we use it."""
    program = (
        "import feedparser, io, pickle, sys;"
        "found = feedparser.parse(io.BytesIO(sys.stdin.buffer.read()));"
        "sys.stdout.buffer.write(pickle.dumps(found))"
    )
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, input=body, capture_output=True, check=True)
    return pickle.loads(done.stdout)


async def test_other_readers_and_ours_read_it(read: Site) -> None:
    body = await atom(read)
    parsed = read_elsewhere(body)
    assert not parsed.bozo
    assert parsed.version == "atom10"
    assert [entry.title for entry in parsed.entries] == [
        "Weekly reading: Ninth & last",
        "Weekly reading: Story 1, and 2 more",
    ]
    assert "Ninth &amp; last" in parsed.entries[0].content[0].value
    ours = read_body(Body(raw=body, coding="", limit=10**6, url=read.url, charset=None))
    assert len(ours.entries) == 2
    assert {one.entry.link for one in ours.entries} == {entry.link for entry in parsed.entries}


async def test_a_feed_before_the_first_edition_is_one_too(site: Site) -> None:
    parsed = read_elsewhere(await atom(site))
    assert not parsed.bozo
    assert parsed.feed.title == "Weekly reading"


async def test_what_no_xml_may_say_is_replaced(
    servers: Servers, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("odd")
    edition = replace(edition_of(), subject="Odd \x0b \ufffe ]]> & <b>")
    async with serve(settings_for(folder, servers), folder) as site:
        await site.daemon.read(
            lambda store: store.editions.publish(edition, NOW, [], name_message, None)
        )
        parsed = read_elsewhere(await atom(site))
    assert not parsed.bozo
    assert parsed.entries[0].title_detail.value == r"Odd \x0b " + "\ufffd ]]> & <b>"


async def test_a_feed_is_of_one_digest(read: Site) -> None:
    key = await links(read)
    for path in ("other", f"weekly/{digest_token(key, 'other')}.atom", "weekly/x.atom"):
        assert (await read.answer(f"/digests/{path}"))[0].status in {303, 404}
