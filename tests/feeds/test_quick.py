"""The quick reader answers what the tolerant one answers, or leaves a body to it."""

from __future__ import annotations

import random
import xml.sax
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING
from xml.sax.handler import ContentHandler
from xml.sax.saxutils import escape

import pytest
from feedparser.api import PREFERRED_XML_PARSERS, StrictFeedParser
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.errors import FeedError
from digest.feeds.elements import TABLES, rule_for
from digest.feeds.namespaces import OddError
from digest.feeds.parse import parse_tolerantly
from digest.feeds.quick import parse_quickly
from tests.feed_xml import item, rss
from tests.feeds.reshaping import ATTRIBUTES, NAMES, NAMESPACES, TEXTS, reshape
from tests.feeds.test_mutations import mutate

if TYPE_CHECKING:
    from digest.model import ParsedFeed

URL = "https://site.example/feeds/feed.xml"
CASES = Path(__file__).parent / "cases"
NO_FEEDS = {"LICENSE", "README.md", "manifest.json", "expected.json"}


def tolerantly(body: bytes) -> ParsedFeed | str:
    try:
        return parse_tolerantly(body, URL)
    except FeedError as error:
        return str(error)


def is_taken(body: bytes) -> bool:
    """Whether the quick reader takes a body; it has to read it as the tolerant one does."""
    said: ParsedFeed | str | None
    try:
        said = parse_quickly(body, URL)
    except FeedError as error:
        said = str(error)
    assert said is None or said == tolerantly(body), body[:20_000].decode(errors="replace")
    return said is not None


def bodies(folder: Path, largest: int = 10_000_000) -> list[bytes]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    feeds = [path for path in paths if path.name not in NO_FEEDS and "LICENSES" not in path.parts]
    return [path.read_bytes() for path in feeds if path.stat().st_size <= largest]


# Of each folder the feeds, how many at least the quick reader takes, and how many to compare:
# the large ones are versions of one another, and the tolerant reader takes its time.
@pytest.mark.parametrize(
    ("folder", "taken", "step"),
    [
        ("feeds", 3, 1),
        ("corpora/timeseries", 118, 10),
        # Of 72 that are well-formed feeds.
        ("corpora/realworld", 56, 1),
        # Most others are of formats that are gone.
        ("corpora/feedparser", 423, 1),
    ],
)
def test_the_feeds_of_others_read_the_same(
    shared: Path, folder: str, taken: int, step: int
) -> None:
    everything = bodies(shared / folder)
    assert sum(parse_quickly(body, URL) is not None for body in everything) >= taken
    for body in everything[::step]:
        is_taken(body)


def test_our_own_cases_read_the_same() -> None:
    assert sum(is_taken(body) for body in bodies(CASES)) >= 11


def test_changed_feeds_read_the_same() -> None:
    feeds = [*bodies(CASES), rss(item(1), item(2)).encode()]
    taken = [body for body in feeds if parse_quickly(body, URL)]
    chance = random.Random(2030)
    changed = [reshape(chance.choice(taken), feeds, chance) for _ in range(1_200)]
    changed += [mutate(chance.choice(taken), chance) for _ in range(300)]
    assert sum(map(is_taken, changed)) > 400


TEXT = st.sampled_from([text.decode() for text in TEXTS])
ATTRIBUTE = st.sampled_from([f" {attribute.decode()}" for attribute in ATTRIBUTES])
NAME = st.sampled_from([name.decode() for name in NAMES])
# Mostly none: two that are alike make no XML, and many are odd.
SOME_ATTRIBUTES = st.one_of(st.just(""), st.just(""), ATTRIBUTE)


@st.composite
def leaves(draw: st.DrawFn) -> str:
    name = draw(NAME)
    return f"<{name}{draw(SOME_ATTRIBUTES)}>{draw(TEXT)}</{name}>"


@st.composite
def branches(draw: st.DrawFn) -> str:
    name = draw(st.sampled_from(["author", "media:group", "media:content", "source", "image", "x"]))
    inside = "\n".join(draw(st.lists(leaves(), max_size=3)))
    return f"<{name}{draw(SOME_ATTRIBUTES)}>{inside}</{name}>"


ELEMENTS = st.lists(st.one_of(leaves(), leaves(), branches()), max_size=6).map("\n ".join)
# A prefix may mean something else than it usually does, in the whole document.
PREFIXES = st.dictionaries(
    st.sampled_from(sorted(NAMESPACES)),
    st.sampled_from([*NAMESPACES.values(), "urn:x", "urn:y", "http://purl.org/rss/1.0/"]),
    max_size=2,
).map(lambda others: "".join(f' xmlns:{p}="{u}"' for p, u in {**NAMESPACES, **others}.items()))
FORMS = [
    ("<rss version='2.0'{0}><channel>{1}", "<item>{0}</item>", "</channel></rss>"),
    ("<feed xmlns='http://www.w3.org/2005/Atom'{0}>{1}", "<entry>{0}</entry>", "</feed>"),
    (
        "<rdf:RDF xmlns='http://purl.org/rss/1.0/'{0}><channel>{1}</channel>",
        "<item rdf:about='r'>{0}</item>",
        "</rdf:RDF>",
    ),
]


@given(form=st.sampled_from(FORMS), prefixes=PREFIXES, feed=ELEMENTS, entries=st.lists(ELEMENTS))
@settings(max_examples=250)
def test_any_elements_in_any_order_read_the_same(
    form: tuple[str, str, str], prefixes: str, feed: str, entries: list[str]
) -> None:
    opening, entry, closing = form
    if "RDF" in opening:
        prefixes = prefixes.replace(f' xmlns:atom="{NAMESPACES["atom"]}"', "")
    within = "\n".join(entry.format(elements) for elements in entries)
    is_taken(f"{opening.format(prefixes, feed)}{within}{closing}".encode())


def one_entry(form: str, name: str, text: str) -> bytes:
    element = f"<{name}>{text}</{name}>"
    if form == "atom":
        return (
            f"<feed xmlns='http://www.w3.org/2005/Atom'><title>t</title><entry>{element}</entry>"
            "</feed>"
        ).encode()
    return rss(f"<item>{element}</item>").encode()


@pytest.mark.parametrize("form", ["rss", "atom"])
@given(
    name=st.sampled_from(["title", "link", "guid", "id", "description", "summary", "author"]),
    text=st.text(
        st.one_of(
            st.sampled_from("<>&;#/ \t\n\xa0\x85\x96\xc3\xa9ab:"), st.characters(codec="utf-8")
        )
    ),
)
def test_any_text_reads_the_same(form: str, name: str, text: str) -> None:
    is_taken(one_entry(form, name, escape(text)).replace(b"\r", b"&#13;"))
    is_taken(one_entry(form, name, f"<![CDATA[{text}]]>"))


@pytest.mark.parametrize(
    ("encoding", "declaration"),
    [
        ("utf-8", ""),
        ("utf-8", '<?xml version="1.0"?>'),
        ("utf-8-sig", "<?xml version='1.0' encoding='UTF-8' standalone='yes'?>"),
        ("iso-8859-1", '<?xml version="1.0" encoding="ISO-8859-1"?>\n'),
        ("windows-1252", '<?xml version="1.0" encoding="windows-1252"?>\n'),
    ],
)
def test_a_plain_encoding_is_taken(encoding: str, declaration: str) -> None:
    feed = rss(item(1, title="Über “X”" if "8859" not in encoding else "Über X"))
    body = feed.partition("\n")[2]
    assert is_taken(f"{declaration}{body}".encode(encoding))


@pytest.mark.parametrize(
    "head",
    [
        *("<!DOCTYPE rss>", "<!DOCTYPE rss [<!ENTITY x 'y'>]>", "<!--\n<!DOCTYPE x -->"),
        *(" ", "<?xml version='1.1'?>", "<?xml version='1.0' encoding='utf-16'?>", "<?xmlx y?>"),
        *("<?xml version='1.0' encoding='x-no'?>", "<?xml version='1.0'?><?a encoding='b' ?>"),
        *("<!--\n<!ENTITY x>-->", "<?xml version='1.0' encoding='us-ascii'?>"),
    ],
)
def test_an_odd_head_is_left_to_the_tolerant_reader(head: str) -> None:
    is_taken(f"{head}{rss(item(1)).partition(chr(10))[2]}".encode())
    is_taken(f"{head}{rss(item(1, title='Ü')).partition(chr(10))[2]}".encode())


def test_half_a_feed_is_left_to_the_tolerant_reader() -> None:
    body = rss(item(1), item(2)).encode()
    assert parse_quickly(body, URL)
    assert not any(parse_quickly(body[:end], URL) for end in range(len(body)))


def test_every_name_that_feedparser_knows_has_a_rule_or_is_odd() -> None:
    handlers = {name for name in dir(StrictFeedParser) if name.startswith(("_start_", "_end_"))}
    for handler in handlers:
        name = handler.split("_", 2)[2].replace("_", ":", 1)
        for place in ("entry", "channel", "feed", "skipped freely"):
            if name.lower() not in TABLES[place]:
                with pytest.raises(OddError):
                    rule_for(name.lower(), place)


def test_feedparser_gets_a_text_in_one_piece() -> None:
    pieces = []

    class Collector(ContentHandler):
        def characters(self, content: str) -> None:
            pieces.append(content)

    parser = xml.sax.make_parser(["digest.feeds.sax"])
    parser.setContentHandler(Collector())
    parser.parse(StringIO("<x>one\ntwo &amp; three\nfour</x>"))
    assert pieces == ["one\ntwo & three\nfour"]
    parse_tolerantly(rss(item(1)).encode(), URL)
    assert PREFERRED_XML_PARSERS == ["digest.feeds.sax"]
