"""What only JSON by paths has: lists that are not there, templates of links, what is proposed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from digest.config.sources import SOURCE_KINDS
from digest.errors import FeedError
from digest.feeds.sources import Document, source_of
from tests.feeds.sources.examples import cases_of

if TYPE_CHECKING:
    from digest.model import ParsedEntry
    from tests.feeds.sources.conftest import Follow

URL = "https://api.site.example/list"


def parsed(document: Any, **paths: str) -> tuple[ParsedEntry, ...]:
    settings = SOURCE_KINDS["json"].model_validate({"kind": "json", "url": URL, **paths})
    source = source_of("json")
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return source.parse([Document(body, URL)], source.options(settings)).entries


@pytest.mark.parametrize(
    ("item", "paths", "read"),
    [
        ({"t": "T", "n": 12345678901234567890}, {"id": "n"}, ("12345678901234567890", "", "")),
        (
            {"t": "T", "n": 7},
            {"id": "n", "link": "/item/{n}"},
            ("7", "https://api.site.example/item/7", ""),
        ),
        (
            {"t": "T", "n": "a b&c"},
            {"link": "https://x.example/?q={n}"},
            ("", "https://x.example/?q=a%20b%26c", ""),
        ),
        ({"t": "T"}, {"link": "https://x.example/{n}"}, ("", "", "")),
        ({"t": "T", "n": True}, {"id": "n"}, ("", "", "")),
        ({"t": "T", "l": "file:///etc/passwd"}, {"link": "l"}, ("", "", "")),
        ({"t": "T", "w": [{"n": "Ada"}, {"n": "Ben"}]}, {"author": "w[].n"}, ("", "", "Ada, Ben")),
        ({"t": "T", "w": 3}, {"author": "join(', ', w)"}, ("", "", "")),
    ],
)
def test_what_paths_take(item: Any, paths: dict[str, str], read: tuple[str, str, str]) -> None:
    (entry,) = parsed([item], title="t", **paths)
    assert (entry.guid, entry.link, entry.author) == read


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (
            {"data": {}, "meta": 1},
            "the path 'data.items' finds no list: the document has 'data', 'meta'",
        ),
        ([1], "finds no list: the document is a list"),
        ({"data": {"items": [{"name": "x"}]}}, "none has a title or a link"),
        (b"[" * 100_000, "nested too deeply"),
        (b"<html>", "is not valid JSON"),
    ],
)
def test_a_document_without_the_list_is_an_error(document: Any, reason: str) -> None:
    with pytest.raises(FeedError, match=reason):
        parsed(document, items="data.items", title="title")


async def test_an_empty_list_is_fine(follow: Follow) -> None:
    service = await follow({"kind": "json", "url": URL, "items": "list", "title": "t"})
    assert (await service.poll({"list": [{"t": "a"}, {"t": "b"}]})).new == 2
    assert (await service.poll({"list": []})).outcome == "unchanged"
    assert (await service.poll({"error": "try later"})).outcome == "failed"
    assert (await service.poll({"list": [{"t": "a"}, {"t": "c"}]})).new == 1


def test_what_is_proposed_finds_the_items_of_most_documents() -> None:
    right = 0
    for case in cases_of("json"):
        (document,) = case.documents
        proposal = source_of("json").proposal(document)
        if proposal:
            entries = parsed(document.body, **proposal)
            golden = json.loads(case.golden.read_text("utf-8"))["entries"]
            titles = [entry.title for entry in entries]
            right += {entry["title"] for entry in golden} <= {*titles}
    assert right == 4


def test_a_huge_document_is_held_to_the_limits() -> None:
    items = [{"t": f"Title {n}", "l": f"https://x.example/{n}"} for n in range(100_000)]
    assert len(parsed(items, title="t", link="l")) == 2_000
