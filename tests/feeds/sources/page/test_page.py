"""What only pages have: items that are gone, what stands in front of a page, what is proposed."""

from __future__ import annotations

import json
from time import perf_counter
from typing import TYPE_CHECKING

import pytest

from digest.config.sources import SOURCE_KINDS
from digest.errors import FeedError
from digest.feeds.limits import MAX_ENTRIES
from digest.feeds.parsing.charset import to_utf_8
from digest.feeds.sources import Document, source_of
from tests import limits
from tests.feeds.sources.examples import cases_of
from tests.servers import Reply

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.feeds.sources.conftest import Follow
    from tests.feeds.sources.examples import Case

URL = "https://site.example/list/"
CASES = cases_of("page")
HTML = {"Content-Type": "text/html; charset=utf-8"}


def parsed(body: bytes | str, **selectors: str) -> list[tuple[str, str, str]]:
    """The title, the link and the day of each entry."""
    settings = SOURCE_KINDS["page"].model_validate({"kind": "page", "url": URL, **selectors})
    source = source_of("page")
    text = body.encode() if isinstance(body, str) else body
    feed = source.parse([Document(text, URL)], source.options(settings))
    return [
        (entry.title, entry.link, f"{entry.published:%Y-%m-%d}" if entry.published else "")
        for entry in feed.entries
    ]


def listed(*titles: str) -> Reply:
    items = "".join(f'<li><a href="/{title}">Title {title}</a>' for title in titles)
    return Reply(f"<title>News</title><ul class=news>{items}</ul>", headers=HTML)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_what_is_proposed_finds_the_items_of_a_page(case: Case) -> None:
    (document,) = case.documents
    proposal = source_of("page").proposal(document)
    settings = SOURCE_KINDS["page"].model_validate({"kind": "page", "url": URL, **proposal})
    options = source_of("page").options(settings)
    found = source_of("page").parse([Document(document.body, document.url)], options)
    right = json.loads(case.golden.read_text("utf-8"))["entries"]

    assert len(proposal) <= 5
    assert [(entry.title, entry.link) for entry in found.entries] == [
        (entry["title"], entry["link"]) for entry in right
    ]
    for entry, expected in zip(found.entries, right, strict=True):
        if expected["published"]:
            assert entry.published
            assert entry.published.isoformat() == expected["published"]


def test_there_are_ten_pages_of_different_make_each_read_by_five_lines() -> None:
    given = [json.loads((case.folder / "settings.json").read_text("utf-8")) for case in CASES]
    assert len(given) == 10
    assert all(len(settings.keys() - {"url"}) <= 5 for settings in given)


@pytest.mark.parametrize(
    "body",
    [
        "<p>Nothing is listed here.",
        "<nav><li><a href=/a>About the company<li><a href=/b>Our offices<li><a href=/c>Terms</nav>",
        "",
        "{}",
    ],
)
def test_nothing_is_proposed_for_what_lists_nothing(body: str) -> None:
    assert source_of("page").proposal(Document(body.encode(), URL)) == {}


@pytest.mark.parametrize(
    ("body", "selectors", "entry"),
    [
        ("<li><a href=x><img></a><a href=y>T</a>", {}, ("T", f"{URL}y", "")),
        (
            "<li><h2><a href=/x>T</a></h2><a href=/y>more",
            {"title": "h2"},
            ("T", "https://site.example/x", ""),
        ),
        ("<a href=x><li><b>T</b></li></a>", {"title": "b"}, ("T", f"{URL}x", "")),
        (
            "<li data-u=/x data-t=T>",
            {"title": "@data-t", "link": "@data-u"},
            ("T", "https://site.example/x", ""),
        ),
        ("<li id=v1>Version 1", {}, ("Version 1", f"{URL}#v1", "")),
        ("<base href=/b/><li><a href=x>T", {}, ("T", "https://site.example/b/x", "")),
        ("<li><a href=javascript:go()>T</a>", {}, ("T", "", "")),
        ("<li><a href=file:///etc/passwd>T</a>", {}, ("T", "", "")),
        (
            "<li><a href=x>T</a><i>Ada | 3. März 2026 | 5 min",
            {"date": "i"},
            ("T", f"{URL}x", "2026-03-03"),
        ),
        (
            "<li><a href=x>T</a><time datetime=2026-05-06>gestern",
            {"date": "time"},
            ("T", f"{URL}x", "2026-05-06"),
        ),
        (
            '<li><a href=x>T</a><i data-at="2026-05-06">',
            {"date": "i@data-at"},
            ("T", f"{URL}x", "2026-05-06"),
        ),
        ('<li><a class="a@b" href=x>T', {"link": '[class="a@b"]'}, ("T", f"{URL}x", "")),
        (
            "<li><script>no()</script><a href=x>T<style>b{}</style>",
            {"title": "*"},
            ("T", f"{URL}x", ""),
        ),
    ],
)
def test_what_selectors_take(
    body: str, selectors: dict[str, str], entry: tuple[str, str, str]
) -> None:
    assert parsed(body, item="li", **selectors) == [entry]


def test_a_page_in_shift_jis_is_read_by_its_own_word_for_it() -> None:
    (case,) = (case for case in CASES if case.folder.name == "japan")
    raw = (case.folder / "first.html").read_bytes()

    (title, *_), *_ = parsed(to_utf_8(raw), item="ul.news > li", title="a")
    assert title == "年末年始のごみ収集日程について"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("<title>News</title><p>x", "may have been redesigned; `digest feeds test` shows"),
        (
            "<title>Just a moment...</title><p>x",
            "asks whether a person is there ('Just a moment...')",
        ),
        ("<title>Bevor Sie fortfahren</title><p>x", "asks to accept cookies"),
        ("<title>Log in</title><form>", "asks for a login"),
        ("<li class=x><img></li>", "none has a title or a link"),
        ("", "is not a page of HTML"),
    ],
)
def test_a_page_without_items_is_an_error(body: str, reason: str) -> None:
    with pytest.raises(FeedError) as error:
        parsed(body, item="li.x")
    assert reason in error.value.reason
    assert error.value.reason.isprintable()


async def test_a_redesign_forgets_nothing_and_alarms_the_second_time(follow: Follow) -> None:
    service = await follow({"kind": "page", "url": URL, "item": "ul.news li"})
    assert (await service.poll(listed("a", "b", "c"))).new == 3
    redesigned = Reply("<title>News</title><div class=list>all new", headers=HTML)

    async def incidents() -> list[str]:
        found = await service.bench.store.transact(lambda store: store.incidents.open_ones())
        return [incident.kind for incident in found]

    result = await service.poll(redesigned)
    assert result.outcome == "failed"
    assert "the selector 'ul.news li' finds nothing in the page" in (result.error or "")
    assert await incidents() == []
    await service.poll(redesigned)
    assert await incidents() == ["feed"]

    result = await service.poll(listed("d", "a", "b", "c"))
    assert (result.new, result.known) == (1, 3)
    assert await incidents() == []


def deep() -> bytes:
    return b"<ul>" + b"<li><div>" * 100_000 + b"<a href=x>T"


def many() -> bytes:
    return b"".join(b"<li><a href=/%d>Title of %d</a>" % (n, n) for n in range(30_000))


def long() -> bytes:
    return b"<li><a href=x>" + b"word " * 1_000_000


def attributes() -> bytes:
    return b"<li " + b" ".join(b"a%d=1" % n for n in range(50_000)) + b"><a href=x>T"


@pytest.mark.slow
@pytest.mark.parametrize("page", [deep, many, long, attributes])
def test_pages_that_are_too_much_are_read_within_the_time_of_a_worker(
    page: Callable[[], bytes],
) -> None:
    body = page()
    began = perf_counter()

    assert 0 < len(parsed(body, item="li")) <= MAX_ENTRIES
    source_of("page").proposal(Document(body, URL))

    assert perf_counter() - began < limits.seconds(10)
