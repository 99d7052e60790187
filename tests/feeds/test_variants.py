"""Generated feeds: all fields of every form are read, and a fault costs the field that has it.

Two hundred combinations of format, encoding, date, id, link and text, each as it should be, and
with one of five faults in one field of its second entry.
"""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import cycle, islice, product
from xml.sax.saxutils import escape

import pytest
from msgspec import Struct

from digest.feeds.parsing import fast
from digest.feeds.text import one_line, without_markup
from tests.feed_xml import parse_feed

URL = "https://site.example/feed.xml"
ENTRIES = range(3)
BROKEN = 1
# A codec, its label, a text in it, and a character of one wrong byte (two in UTF-16).
ENCODINGS = [
    ("utf-8", "utf-8", "Größe – “für” 日本", b"\xff"),
    ("utf-8", "UTF-8", "Русский канал", b"\xe9"),
    ("utf-8-sig", "utf-8", "Ελληνικά νέα", b"\xc0"),
    ("utf-16", "utf-16", "Größe 日本", b"\x00\xd8"),
    ("cp1252", "iso-8859-1", "Größe – “für”", b"\x81"),
    ("cp1251", "windows-1251", "Русский канал", b"\x98"),
    ("iso8859-2", "ISO-8859-2", "Příliš žluťoučký", b"\x81"),
    ("koi8-r", "koi8-r", "Русский канал", b"\x00"),
    ("cp932", "Shift_JIS", "①髙橋の日記", b"\x85"),
    ("euc_jp", "EUC-JP", "日本語の題", b"\xff"),
    ("gbk", "gb2312", "朱镕基与裏面", b"\xff"),
    ("big5hkscs", "Big5", "繁體中文標題", b"\xff"),
    ("cp949", "euc-kr", "똠방각하 펲시콜라", b"\xff"),
]
FORMATS = ["rss", "rss with extensions", "rdf", "atom", "prefixed atom"]
IDS = ["permalink", "tag", "number"]
LINKS = ["plain", "query", "section"]
TEXTS = ["escaped", "section", "plain", "markup"]
FIELDS = ["title", "text"]
# "~" stands for the wrong byte, which cannot be written as a character.
FAULTS = {
    "a bare ampersand": " AT&T, Q&A &lang=en",
    "an unknown entity": " &foo; &hellip; &nbsp;",
    "a control character": " \x1f \x0b \x08",
    "an unclosed tag": " <b>bold",
    "a wrong byte": " ~ ",
}


class Variant(Struct, frozen=True):
    """How a feed is written, and which field of the broken entry has the fault.

    `has_end` is whether that field is closed, where the fault is an unclosed tag.
    """

    form: str
    codec: str
    label: str
    words: str
    wrong: bytes
    said_by: str
    date: str
    id: str
    link: str
    text: str
    field: str
    has_end: bool


def variants(count: int = 200) -> list[Variant]:
    chance = random.Random(2026)
    pairs = list(product(FORMATS, ENCODINGS))
    return [
        Variant(
            *(form, *encoding),
            said_by=chance.choice(["declaration", "server", "both"]),
            date=chance.choice(["number", "name", "none"]),
            id=chance.choice(IDS),
            link=chance.choice(LINKS),
            text=chance.choice(TEXTS),
            field=chance.choice(FIELDS),
            has_end=chance.random() < 0.5,
        )
        for form, encoding in islice(cycle(pairs), count)
    ]


def moment(number: int) -> datetime:
    return datetime(2026, 11, 20, 10, tzinfo=UTC) - timedelta(hours=number)


def address(variant: Variant, number: int) -> str:
    query = "?a=1&lang=en&copy=2" if variant.link == "query" else ""
    return f"https://site.example/{number}{query}"


def identifier(variant: Variant, number: int) -> str:
    forms = {"permalink": address(variant, number), "tag": f"tag:site.example,2026:{number}"}
    return forms.get(variant.id, f"{number}")


def title(variant: Variant, number: int) -> str:
    return f"{variant.words} {number}"


def text(variant: Variant, number: int) -> str:
    return f"{variant.words} & {number}, more of it"


def date(variant: Variant, number: int) -> str:
    if variant.date == "none":
        return ""
    if variant.form.startswith("rss"):
        written = format_datetime(moment(number))
        return written.replace("+0000", "GMT") if variant.date == "name" else written
    written = moment(number).isoformat()
    return written.replace("+00:00", "Z") if variant.date == "name" else written


def element(name: str, content: str, attributes: str = "", *, has_end: bool = True) -> str:
    return f"<{name}{attributes}>{content}" + (f"</{name}>" if has_end else "")


def section(content: str) -> str:
    return f"<![CDATA[{content}]]>"


def fields(variant: Variant, number: int, fault: str) -> dict[str, str]:
    """The markup of a title and a text, one of them with a fault in it."""
    paragraph = f"<p>{escape(text(variant, number))}</p>"
    is_atom = "atom" in variant.form
    written = {
        "escaped": escape(paragraph),
        "section": section(paragraph),
        "plain": escape(text(variant, number)),
        "markup": f'<div xmlns="http://www.w3.org/1999/xhtml">{paragraph}</div>'
        if is_atom
        else escape(paragraph),
    }
    found = {"title": escape(title(variant, number)), "text": written[variant.text]}
    if number == BROKEN:
        inside = found[variant.field].removesuffix("]]>").removesuffix("</div>")
        rest = found[variant.field][len(inside) :]
        found[variant.field] = f"{inside}{fault}{rest}"
    return found


def entry(variant: Variant, number: int, fault: str) -> str:
    """An entry in the names of Atom, or in those of RSS."""
    broken = fields(variant, number, fault)
    has_end = dict.fromkeys(FIELDS, True)
    if fault == FAULTS["an unclosed tag"] and number == BROKEN:
        has_end[variant.field] = variant.has_end
    page = address(variant, number)
    link = section(page) if variant.link == "section" else escape(page)
    if "atom" in variant.form:
        kinds = {"markup": "xhtml", "plain": "text"}
        kind = kinds.get(variant.text, "html")
        parts = [
            element("id", escape(identifier(variant, number))),
            element("title", broken["title"], has_end=has_end["title"]),
            f'<link href="{escape(page)}"/>',
            element("updated", date(variant, number)) if date(variant, number) else "",
            element("content", broken["text"], f' type="{kind}"', has_end=has_end["text"]),
        ]
        return element("entry", "".join(parts))
    name = "content:encoded" if variant.form == "rss with extensions" else "description"
    stamp = "pubDate" if variant.form == "rss" else "dc:date"
    permalink = "" if variant.id == "permalink" else ' isPermaLink="false"'
    about = f' rdf:about="{escape(identifier(variant, number))}"' if variant.form == "rdf" else ""
    parts = [
        element("title", broken["title"], has_end=has_end["title"]),
        element("link", link),
        element("guid", escape(identifier(variant, number)), permalink) if not about else "",
        element(name, broken["text"], has_end=has_end["text"]),
        element(stamp, date(variant, number)) if date(variant, number) else "",
    ]
    return element("item", "".join(parts), about)


ROOTS = {
    "rss": '<rss version="2.0"><channel>{}</channel></rss>',
    "rss with extensions": '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    ' xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>{}</channel></rss>',
    "rdf": '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
    ' xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">{}</rdf:RDF>',
    "atom": '<feed xmlns="http://www.w3.org/2005/Atom">{}</feed>',
    "prefixed atom": '<feed xmlns="http://www.w3.org/2005/Atom">{}</feed>',
}


def document(variant: Variant, fault: str = "") -> bytes:
    head = element("title", variant.words) + element("link", "https://site.example/")
    if "atom" in variant.form:
        head = element("title", variant.words) + element("id", "urn:feed")
    if variant.form == "rdf":
        head = element("channel", head)
    entries = "".join(entry(variant, number, fault) for number in ENTRIES)
    root = ROOTS[variant.form].format(head + entries)
    if variant.form == "prefixed atom":
        root = prefixed(root)
    encoding = "" if variant.said_by == "server" else f' encoding="{variant.label}"'
    before, tilde, after = f'<?xml version="1.0"{encoding}?>\n{root}'.partition("~")
    if not tilde:
        return before.encode(variant.codec)
    # A byte order mark stands at the beginning only.
    further = variant.codec if variant.codec not in {"utf-16", "utf-8-sig"} else variant.codec[:6]
    further = "utf-16-le" if further == "utf-16" else further.removesuffix("-")
    return before.encode(variant.codec) + variant.wrong + after.encode(further)


def prefixed(root: str) -> str:
    names = ("feed", "entry", "title", "link", "id", "updated", "content")
    for name in names:
        root = root.replace(f"<{name}>", f"<a:{name}>").replace(f"<{name} ", f"<a:{name} ")
        root = root.replace(f"</{name}>", f"</a:{name}>")
    return root.replace("xmlns=", "xmlns:a=", 1)


def shown(body: bytes, variant: Variant) -> list[dict[str, object]]:
    """What is read of each entry, its text without markup."""
    charset = variant.label if variant.said_by != "declaration" else None
    return [
        {
            "id": each.guid,
            "link": each.link,
            "date": each.published,
            "title": each.title,
            "text": one_line(without_markup(each.html), 1_000),
        }
        for each in parse_feed(body, URL, charset).entries
    ]


def expected(variant: Variant) -> list[dict[str, object]]:
    return [
        {
            "id": identifier(variant, number),
            "link": address(variant, number),
            "date": moment(number) if variant.date != "none" else None,
            "title": title(variant, number),
            "text": text(variant, number),
        }
        for number in ENTRIES
    ]


def garbled(variant: Variant, fault: str) -> list[tuple[int, str, object, object]]:
    """The fields that are not as they should be, but for the one that has the fault."""
    found, right = shown(document(variant, fault), variant), expected(variant)
    if len(found) != len(right):
        return [(-1, "entries", len(found), len(right))]
    return [
        (number, name, found[number][name], value)
        for number in ENTRIES
        for name, value in right[number].items()
        if found[number][name] != value
        and not (fault and number == BROKEN and name == variant.field)
    ]


@pytest.mark.parametrize("fault", ["", *FAULTS])
def test_a_fault_costs_the_field_that_has_it(fault: str) -> None:
    wrong = {
        variant: fields
        for variant in variants()
        if (fields := garbled(variant, FAULTS.get(fault, "")))
    }
    assert wrong == {}


@pytest.mark.parametrize("fault", ["", *FAULTS])
def test_with_the_tolerant_reader_too(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # As if the fast reader had no rule for any feed.
    monkeypatch.setattr(fast, "parse", lambda *_: None)
    wrong = {
        variant: fields
        for variant in variants()[::5]
        if (fields := garbled(variant, FAULTS.get(fault, "")))
    }
    assert wrong == {}


def test_ampersands_and_unknown_names_are_shown_as_they_stand() -> None:
    for variant in variants():
        for fault, end in (
            ("a bare ampersand", "AT&T, Q&A &lang=en"),
            ("an unknown entity", "&foo; …"),
        ):
            if variant.text != "section" or variant.field == "title":
                field = shown(document(variant, FAULTS[fault]), variant)[BROKEN][variant.field]
                assert str(field).endswith(end), (variant, fault)
