"""Addresses of pages of well-known services: what they are read as, and that all others stay."""

from __future__ import annotations

import re
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import pytest

from digest.config.known_addresses import known_source
from digest.config.known_pages import PAGES
from digest.config.sources import SOURCE_KINDS, addresses_of, long_form, page_address
from digest.config.yaml.document import read_document
from digest.config.yaml.edits import source_settings
from tests.config.pasted_addresses import AS_THEY_ARE, PASTED

if TYPE_CHECKING:
    from collections.abc import Iterator

SHARED = [Path("/work/shared/corpora"), Path("/work/shared/feeds")]
ALL = {address: source for pasted in PASTED.values() for address, source in pasted.items()}


@pytest.mark.parametrize("service", PASTED)
def test_pasted_addresses_are_read_as_their_source(service: str) -> None:
    pasted = PASTED[service]

    assert len(pasted) >= 10
    assert {address: known_source(address) for address in pasted} == pasted


def test_every_service_is_pasted() -> None:
    assert {page.service for page in PAGES} == {*PASTED}


def test_every_page_is_met_by_its_own_example_first() -> None:
    for page in PAGES:
        rest = page.example.removeprefix("https://")
        groups = re.fullmatch(page.pattern + r"/?(?:[?&].*)?", rest)
        assert groups, page.example
        assert known_source(page.example) == page.source.format_map(groups.groupdict())


@pytest.mark.parametrize("address", AS_THEY_ARE)
def test_what_is_a_feed_or_no_page_of_these_stays(address: str) -> None:
    assert known_source(address) == address
    if "://" in address:
        assert long_form(address) == {"kind": "feed", "url": address}


def test_what_was_made_of_an_address_stays() -> None:
    for source in {*ALL.values(), *(known_source(page.example) for page in PAGES)}:
        assert known_source(source) == source


def test_the_kinds_understand_what_is_made_for_them() -> None:
    for address, source in ALL.items():
        kind, _, rest = source.partition(":")
        if rest.startswith("//"):
            assert addresses_of(address) == (source,)
        elif kind in SOURCE_KINDS:
            assert addresses_of(address) == addresses_of(source) != ()
            assert SOURCE_KINDS[kind].model_validate(long_form(address)).address
        else:
            # Until there is its kind, it is the page's feed, as it was.
            assert long_form(address) == {"kind": "feed", "url": address}


def test_what_an_address_is_read_as_can_be_written_out() -> None:
    """As `feeds pause` and `feeds add` with a tag have it."""
    for address in ALL:
        written = "\n".join(source_settings(address, f'"{address}"'))
        settings = read_document(written, {}).data
        assert long_form(settings) == long_form(address)


def test_a_map_with_an_address_alone_is_read_too() -> None:
    item = {"tags": ["hn"], "url": "https://news.ycombinator.com/best"}
    assert long_form(item) == {"kind": "hackernews", "list": "best", "tags": ["hn"]}
    item = {"url": "https://name.substack.com", "name": "Name"}
    feed = {"kind": "feed", "url": "https://name.substack.com/feed", "name": "Name"}
    assert long_form(item) == feed


@pytest.mark.parametrize("more", [{"kind": "feed"}, {"headers": {"Cookie": "x"}}])
def test_a_map_that_says_more_is_a_feed_at_any_address(more: dict[str, object]) -> None:
    item = {"url": "https://news.ycombinator.com/best", **more}

    assert page_address(item) is None
    assert long_form(item) == {"kind": "feed", **item}


def own_addresses() -> Iterator[str]:
    """What feeds of the corpora say that their own addresses are."""
    paths = [path for folder in SHARED for path in folder.rglob("*") if path.is_file()]
    if not paths:
        pytest.skip(f"{SHARED[0]} is not here")
    for path in paths:
        text = path.read_text("utf-8", "replace")
        for tag in re.findall(r"<[\w:]*link\b[^>]{1,500}>", text):
            if re.search(r"""rel=["']?self""", tag):
                yield from re.findall(r"""https?://[^"'\s<>]+""", tag)
        yield from re.findall(r'"feed_url"\s*:\s*"([^"]*)"', text)


def test_no_feed_of_the_corpora_changes() -> None:
    addresses = {*own_addresses()}

    assert len(addresses) > 50
    assert {address for address in addresses if addresses_of(address) != (address,)} == set()


def test_an_ordinary_address_costs_microseconds() -> None:
    addresses = [f"https://site{n}.example.com/blog/{n}/feed.xml" for n in range(2_000)]
    started = perf_counter()
    for address in addresses:
        known_source(address)
    # About 0.5 µs each; a table that is gone through takes 50.
    assert perf_counter() - started < 2_000 * 20e-6
