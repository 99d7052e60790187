"""The fast reader answers what the tolerant one answers, or leaves a body to it."""

from __future__ import annotations

import random
import xml.sax
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING
from xml.sax.handler import ContentHandler
from xml.sax.saxutils import escape

import pytest
from feedparser.api import PREFERRED_XML_PARSERS
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.errors import FeedError
from digest.feeds.parsing import fast, tolerant
from digest.feeds.parsing.charset import to_utf_8
from digest.feeds.parsing.fast_rules import RULES
from digest.feeds.parsing.places import PLACES
from tests.feed_xml import item, rss
from tests.feeds.reshaping import ATTRIBUTES, NAMES, NAMESPACES, TEXTS, reshape
from tests.feeds.test_mutations import mutate

if TYPE_CHECKING:
    from digest.model import ParsedFeed

URL = "https://site.example/feeds/feed.xml"
CASES = Path(__file__).parents[1] / "cases"
NO_FEEDS = {"LICENSE", "README.md", "manifest.json", "expected.json"}


def tolerantly(body: bytes) -> ParsedFeed | str:
    try:
        return tolerant.parse(body, URL)
    except FeedError as error:
        return str(error)


def is_taken(body: bytes) -> bool:
    """Whether the fast reader takes a body; it has to read it as the tolerant one does."""
    body = to_utf_8(body)
    said: ParsedFeed | str | None
    try:
        said = fast.parse(body, URL)
    except FeedError as error:
        said = str(error)
    assert said is None or said == tolerantly(body), body[:20_000].decode(errors="replace")
    return said is not None


def bodies(folder: Path, largest: int = 10_000_000) -> list[bytes]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    feeds = [path for path in paths if path.name not in NO_FEEDS and "LICENSES" not in path.parts]
    return [to_utf_8(path.read_bytes()) for path in feeds if path.stat().st_size <= largest]


# Of each folder the feeds, how many at least the fast reader takes, and how many to compare:
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
    assert sum(fast.parse(body, URL) is not None for body in everything) >= taken
    for body in everything[::step]:
        is_taken(body)


def test_our_own_cases_read_the_same() -> None:
    assert sum(is_taken(body) for body in bodies(CASES)) >= 11


def test_changed_feeds_read_the_same() -> None:
    feeds = [*bodies(CASES), rss(item(1), item(2)).encode()]
    taken = [body for body in feeds if fast.parse(body, URL)]
    chance = random.Random(2030)
    changed = [reshape(chance.choice(taken), feeds, chance) for _ in range(1_200)]
    changed += [mutate(chance.choice(taken), chance) for _ in range(300)]
    assert sum(map(is_taken, changed)) > 400


TEXT = st.sampled_from([text.decode() for text in TEXTS])
# One odd thing makes a document odd, so that there may only be few.
SOME_ATTRIBUTES = st.sampled_from([""] * 400 + [f" {said.decode()}" for said in ATTRIBUTES])
ODD_NAMES = [name.decode() for name in NAMES]
FORMS = [
    ("<rss version='2.0'{0}><channel>{1}", "<item>{0}</item>", "</channel></rss>"),
    ("<feed xmlns='http://www.w3.org/2005/Atom'{0}>{1}", "<entry>{0}</entry>", "</feed>"),
    (
        "<rdf:RDF xmlns='http://purl.org/rss/1.0/'{0}><channel>{1}</channel>",
        "<item rdf:about='r'>{0}</item>",
        "</rdf:RDF>",
    ),
]
TOPS = ("channel", "feed", "channel")


@st.composite
def elements(draw: st.DrawFn, place: str) -> str:
    """Elements that have a rule in a place, some of them with others inside, and rarely any."""
    known = [name for name in PLACES[place] if name.partition(":")[0] in {*NAMESPACES, name}]
    plain = [name for name in known if name not in {"item", "entry"}]
    said = []
    for _ in range(draw(st.integers(0, 8))):
        name = draw(st.sampled_from(plain * 20 + ODD_NAMES))
        inside = PLACES[place].get(name, draw(st.sampled_from(["leaf", "entry"])))
        has_children = bool(PLACES[inside]) and draw(st.booleans())
        nested = draw(elements(inside) if has_children else TEXT)
        said.append(f"<{name}{draw(SOME_ATTRIBUTES)}>{nested}</{name}>")
    return "\n ".join(said)


@st.composite
def prefixes(draw: st.DrawFn) -> dict[str, str]:
    """The usual prefixes, of which one may mean something else than it usually does."""
    if draw(st.integers(0, 3)):
        return NAMESPACES
    others = [*NAMESPACES.values(), "urn:x", "http://purl.org/rss/1.0/"]
    return NAMESPACES | {draw(st.sampled_from(sorted(NAMESPACES))): draw(st.sampled_from(others))}


@st.composite
def documents(draw: st.DrawFn) -> bytes:
    number = draw(st.integers(0, 2))
    opening, entry, closing = FORMS[number]
    declared = draw(prefixes())
    if number == 2:
        declared = {prefix: uri for prefix, uri in declared.items() if prefix != "atom"}
    head = opening.format(
        "".join(f' xmlns:{prefix}="{uri}"' for prefix, uri in declared.items()),
        draw(elements(TOPS[number])),
    )
    entries = "\n".join(
        entry.format(said) for said in draw(st.lists(elements("entry"), max_size=2))
    )
    return f"{head}{entries}{closing}".encode()


@given(documents())
@settings(max_examples=250)
def test_any_elements_in_any_order_read_the_same(body: bytes) -> None:
    is_taken(body)


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
    assert fast.parse(body, URL)
    assert not any(fast.parse(body[:end], URL) for end in range(len(body)))


def test_every_rule_is_of_an_element_that_counts_somewhere() -> None:
    counting = {name for place in PLACES.values() for name in place}
    assert {name.rpartition("/")[2] for name in RULES} <= counting


def test_feedparser_gets_a_text_in_one_piece() -> None:
    pieces = []

    class Collector(ContentHandler):
        def characters(self, content: str) -> None:
            pieces.append(content)

    parser = xml.sax.make_parser(["digest.feeds.parsing.sax"])
    parser.setContentHandler(Collector())
    parser.parse(StringIO("<x>one\ntwo &amp; three\nfour</x>"))
    assert pieces == ["one\ntwo & three\nfour"]
    tolerant.parse(rss(item(1)).encode(), URL)
    assert PREFERRED_XML_PARSERS == ["digest.feeds.parsing.sax"]
