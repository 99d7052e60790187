"""OPML 2.0, the format in which feed readers hand over their subscriptions."""

from __future__ import annotations

import html
import re
import unicodedata
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from itertools import count
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from msgspec import Struct

from digest.feeds.discovery import plain_address
from digest.feeds.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lxml import etree

_MAX_NAME = 120
_MAX_TAG = 64
_TAG = re.compile(rf"[A-Za-z0-9][A-Za-z0-9_-]{{0,{_MAX_TAG - 1}}}")
_AMPERSAND = re.compile(r"&(?:(amp|lt|gt|quot|apos);|(#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6});)?")
_DECLARATION = re.compile(r"\s*<\?xml\b[^>]*>")
_ENCODING = re.compile(rb"""\s*<\?xml\b[^>]*\bencoding\s*=\s*["']([\w.-]+)["']""")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufeff\ufffe\uffff]")


class Subscription(Struct, frozen=True):
    """A feed as readers hand it over."""

    url: str
    name: str = ""
    """Empty where it has none."""
    tags: tuple[str, ...] = ()


def read_opml(body: bytes) -> tuple[Subscription, ...]:
    """The subscriptions of an OPML document, each address once and as it stands there.

    Tags are the folders around a feed, outermost first, then its categories, all spelled as
    tags. Bare ampersands, wrong encodings and attributes in any case are seen through.

    Raises:
        ValueError: it is no OPML.
    """
    outlines = [_Outline(element) for element in _root(_text(body)).iter("*")]
    feeds = [outline for outline in outlines if outline.url]
    tags = _spelled(label for feed in feeds for label in feed.labels)
    found: dict[str, Subscription] = {}
    for feed in feeds:
        known = found.get(feed.url, Subscription(feed.url))
        own = (tags[label] for label in feed.labels)
        found[feed.url] = Subscription(
            feed.url, known.name or feed.name, tuple(dict.fromkeys((*known.tags, *own)))
        )
    return tuple(found.values())


def write_opml(title: str, subscriptions: Iterable[Subscription]) -> bytes:
    """An OPML 2.0 document in UTF-8: each feed in the folder of its first tag, all as category."""
    from lxml import etree

    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = title
    body = etree.SubElement(root, "body")
    folders = {"": body}
    for feed in subscriptions:
        folder = feed.tags[0] if feed.tags else ""
        if folder not in folders:
            folders[folder] = etree.SubElement(body, "outline", text=folder)
        attributes = {"type": _type(feed.url), "text": feed.name or feed.url}
        if feed.name:
            attributes["title"] = feed.name
        attributes["xmlUrl"] = feed.url
        if feed.tags:
            attributes["category"] = ",".join(feed.tags)
        etree.SubElement(folders[folder], "outline", attributes)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _type(address: str) -> str:
    """`rss` for what any feed reader can poll, the kind for what has no address of the web."""
    kind, has_host, _ = address.partition("://")
    return "rss" if has_host else kind.partition(":")[0]


class _Outline:
    """An element of a document; one without `url` is no feed."""

    def __init__(self, element: etree._Element) -> None:
        own = _attributes(element)
        self.url = plain_address(own.get("xmlurl", ""))
        self.name = ""
        self.labels: tuple[str, ...] = ()
        if self.url:
            names = (_name(own.get(key, "")) for key in ("text", "title"))
            self.name = next((name for name in names if name.strip() not in {"", self.url}), "")
            # Categories are paths like folders (OPML 2.0, "Special attributes").
            categories = re.split("[,/]", own.get("category", ""))
            labels = (label.strip() for label in (*_folders(element), *categories))
            self.labels = tuple(filter(None, labels))


def _folders(element: etree._Element) -> list[str]:
    """The names of the outlines around an element that are no feeds, outermost first."""
    around = [_attributes(outline) for outline in element.iterancestors("*")]
    folders = [own for own in around if not own.get("xmlurl")]
    return [own.get("text") or own.get("title", "") for own in reversed(folders)]


def _attributes(element: etree._Element) -> dict[str, str]:
    return {str(key).lower(): str(value) for key, value in element.attrib.items()}


def _name(text: str) -> str:
    """A name as the settings take it: visible characters on one line, not too many."""
    if text.isprintable() and len(text) <= _MAX_NAME:
        return text
    return one_line("".join(c if c.isprintable() else " " for c in text), _MAX_NAME)


def _spelled(labels: Iterable[str]) -> dict[str, str]:
    """For each label a tag of its own; a label that can be a tag is one."""
    every = dict.fromkeys(labels)
    tags = {label: label for label in every if _TAG.fullmatch(label)}
    taken = set(tags)
    for label in every:
        if label not in tags:
            tags[label] = next(tag for tag in _spellings(label) if tag not in taken)
            taken.add(tags[label])
    return tags


def _spellings(label: str) -> Iterator[str]:
    letters = unicodedata.normalize("NFKD", label.casefold()).encode("ascii", "ignore").decode()
    tag = re.sub("[^a-z0-9]+", "-", letters)[: _MAX_TAG - 6].strip("-") or "folder"
    yield tag
    for number in count(2):
        yield f"{tag}-{number}"


def _text(body: bytes) -> str:
    """The document's text, without an encoding declaration, which may be wrong."""
    if body.startswith((BOM_UTF16_BE, BOM_UTF16_LE)):
        return body.decode("utf-16", "replace")
    declared = _ENCODING.match(body)
    # What reads as UTF-8 is that, whatever it says.
    for encoding in ("utf-8", declared[1].decode() if declared else "ascii"):
        try:
            return body.decode(encoding)
        except (UnicodeError, LookupError):
            continue
    return body.decode("cp1252", "replace")


def _root(text: str) -> etree._Element:
    from lxml import etree

    text = _AMPERSAND.sub(_reference, _DECLARATION.sub("", text, count=1))
    # The references left are to characters, so there is nothing to expand.
    parser = etree.XMLParser(
        encoding="utf-8", recover=True, resolve_entities=False, no_network=True, load_dtd=False
    )
    try:
        root = etree.fromstring(_NOT_XML.sub("", text).encode(), parser)
    except etree.XMLSyntaxError:
        root = None
    if root is None or etree.QName(root).localname.lower() != "opml":
        raise ValueError("is not OPML")
    return root


def _reference(match: re.Match[str]) -> str:
    """A reference to a character that XML has, or to what was meant by a bare ampersand."""
    _, number = match.groups()
    if number:
        return escape(html.unescape(match[0]), {'"': "&quot;", "'": "&apos;"})
    return match[0] if match[1] else "&amp;"
