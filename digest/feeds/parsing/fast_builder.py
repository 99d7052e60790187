"""What a document has said so far, kept in the fields of feedparser and filled as it does."""

from __future__ import annotations

import re

from digest.feeds.parsing.dates import read_date
from digest.feeds.parsing.fast_text import RDF_ABOUT, READ, Attributes, TextBuilder
from digest.feeds.parsing.namespaces import OddError
from digest.feeds.parsing.normalise import FOREIGN
from digest.feeds.parsing.repairs import repaired

_VERSIONS = {"0.91": "rss091u", "0.92": "rss092", "0.93": "rss093", "0.94": "rss094"}
_PAGES = {"text/html", "html", "application/xhtml+xml", "xhtml"}
# What feedparser leaves of the parameters of an address.
_SEEMING_ENTITY = re.compile("&([A-Za-z0-9_]+);")


class FeedBuilder(TextBuilder):
    """What a document has said so far."""

    def __init__(self) -> None:
        super().__init__()
        self._link: Attributes | None = None
        self._is_link = False
        self._person: Attributes = {}

    # Documents, feeds and entries

    def begin_rss(self, _word: str, attributes: Attributes) -> None:
        """RSS, but for its version without a number, and that of RDF."""
        version = attributes.get("version", "")
        self.version = "rss20" if version.startswith("2.") else _VERSIONS.get(version, "")
        if not self.version:
            raise OddError

    def begin_atom(self, _word: str, _attributes: Attributes) -> None:
        """An Atom feed."""
        self.version = "atom10"

    def begin_rdf(self, _word: str, _attributes: Attributes) -> None:
        """RSS 1.0."""
        self.version = "rss10"

    def begin_channel(self, _word: str, attributes: Attributes) -> None:
        """A channel."""
        if not attributes.keys().isdisjoint(READ):
            raise OddError

    def begin_entry(self, word: str, attributes: Attributes) -> None:
        """An entry."""
        self.begin_channel(word, attributes)
        self.said = {}
        self.depths = {}
        self.title_depth = -1
        if about := attributes.get(RDF_ABOUT):
            self.said["id"] = about
        self.entries.append(self.said)

    def end_entry(self, _word: str) -> None:
        """The end of an entry."""
        self.said = self.feed
        self.has_content = False

    # Links and pictures

    def begin_link(self, _word: str, attributes: Attributes) -> None:
        """A link, in an attribute or as text."""
        link = {"rel": "alternate", **attributes}
        link.setdefault("type", "application/atom+xml" if link["rel"] == "self" else "text/html")
        _name_address(link)
        self._link = None if "href" in link else link
        if "href" in link:
            link["href"] = self.resolved(link["href"])
            if link["rel"] == "alternate" and link["type"] in _PAGES:
                self.said["link"] = link["href"]
        self.said.setdefault("links", []).append(link)

    def end_link(self, _word: str) -> None:
        """The end of a link."""
        if self._link is None:
            return
        said = "".join(self.parts).strip()
        address = repaired(self.resolved(said)) if said else ""
        if self.said is not self.feed:
            address = address.replace("&amp;", "&")
        if "&" in address:
            address = _SEEMING_ENTITY.sub(r"&\1", address)
        self.said["link"] = address
        if address:
            self._link["href"] = address

    def begin_id(self, _word: str, attributes: Attributes) -> None:
        """A guid or an id."""
        self._is_link = attributes.get("ispermalink", "true") == "true"

    def end_id(self, _word: str) -> None:
        """The end of one: it stands in for a link, unless it says otherwise."""
        said = "".join(self.parts).strip()
        value = repaired(self.resolved(said) if self._is_link and said else said)
        self.said["id"] = value
        self.said.setdefault("guidislink", self._is_link and "link" not in self.said)
        if self._is_link:
            self.said.setdefault("link", value)

    def begin_enclosure(self, _word: str, attributes: Attributes) -> None:
        """A file that belongs to an entry."""
        link = dict(attributes)
        _name_address(link)
        self.said.setdefault("links", []).append({**link, "rel": "enclosure"})

    def begin_image(self, _word: str, attributes: Attributes) -> None:
        """The picture of an episode."""
        if address := attributes.get("href") or attributes.get("url"):
            self.said["image"] = {"href": address}

    def begin_media(self, word: str, attributes: Attributes) -> None:
        """Something of Media RSS that may be there several times."""
        self.said.setdefault(word, []).append(dict(attributes))

    def end_thumbnail(self, _word: str) -> None:
        """A small picture."""
        if self.text():
            raise OddError

    def end_credit(self, _word: str) -> None:
        """Who made something."""
        if text := self.text():
            self.said["media_credit"][-1]["content"] = text

    # Authors

    def begin_author(self, _word: str, _attributes: Attributes) -> None:
        """An author, as text or in parts."""
        self._person = {}

    def begin_part(self, _word: str, _attributes: Attributes) -> None:
        """A part of an author."""
        if "".join(self.parts).strip():
            raise OddError

    def end_part(self, word: str) -> None:
        """The end of a part."""
        self._person[word] = "".join(self.parts).strip()
        self.parts.clear()

    def end_author(self, _word: str) -> None:
        """The end of an author; of several, feedparser mixes up what is not plain."""
        text, person = self.text(), self._person
        if text and person:
            raise OddError
        name, email = person.get("name", text), person.get("email", "")
        former = self.said.get("author", "")
        if former and ("@" in f"{former}{name}" or email or (person and "name" not in person)):
            raise OddError
        if text:
            self.said["author_detail"] = {}
        elif person and "author_detail" in self.said:
            raise OddError
        self.said["author"] = f"{name} ({email})" if name and email else name or email
        self.said.setdefault("authors", []).append({"name": name})

    # Categories

    def begin_category(self, scheme: str, attributes: Attributes) -> None:
        """A category, in an attribute or as text."""
        about = attributes.get("scheme", scheme or attributes.get("domain"))
        self._tag(attributes.get("term"), about, attributes.get("label"))

    def begin_podcast_category(self, scheme: str, attributes: Attributes) -> None:
        """A category of Apple's."""
        self._tag(attributes.get("text"), scheme, None)

    def end_category(self, _word: str) -> None:
        """The end of one: its text belongs to the last that has none, whichever that is."""
        if not (text := self.text()):
            return
        tags = self.said["tags"]
        if tags and not tags[-1]["term"]:
            tags[-1]["term"] = text
        else:
            self._tag(text, None, None)

    def end_keywords(self, scheme: str) -> None:
        """Categories between commas."""
        for term in filter(None, map(str.strip, self.text().split(","))):
            self._tag(term, scheme or None, None)

    def _tag(self, term: str | None, scheme: str | None, label: str | None) -> None:
        tags = self.said.setdefault("tags", [])
        tag = {"term": term, "scheme": scheme, "label": label}
        if (term or scheme or label) and tag not in tags:
            tags.append(tag)

    # Fields

    def begin_bare(self, _word: str, attributes: Attributes) -> None:
        """A field that feedparser does not know: attributes would take the place of its text."""
        if attributes:
            raise OddError

    def end_field(self, word: str) -> None:
        """A field that is text."""
        self.said[word] = self.text()

    def end_date(self, word: str) -> None:
        """A date, unless only feedparser knows its language."""
        self.said[word] = text = self.text()
        if FOREIGN.search(text) and not read_date(text):
            raise OddError

    def begin_skipped(self, word: str, _attributes: Attributes) -> None:
        """Hours or days, which are read from the text of the document."""
        self.said[word] = ""


def _name_address(link: Attributes) -> None:
    """Move an address to where feedparser has it."""
    if address := link.get("url", link.get("uri", link.get("href"))):
        link.pop("url", None)
        link.pop("uri", None)
        link["href"] = address
