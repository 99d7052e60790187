"""What a document has said so far, kept in the fields of feedparser and filled as it does."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urljoin
from xml.sax.saxutils import escape

from digest.feeds.dates import read_date
from digest.feeds.entries import FOREIGN
from digest.feeds.guesses import looks_like_html, repaired, without_container
from digest.feeds.namespaces import OddError

Attributes = dict[str, str]

_VERSIONS = {"0.91": "rss091u", "0.92": "rss092", "0.93": "rss093", "0.94": "rss094"}
_TYPES = {
    **dict.fromkeys(("text", "plain", "text/plain"), "text/plain"),
    **dict.fromkeys(("html", "text/html"), "text/html"),
}
_XHTML = "application/xhtml+xml"
_TYPES_OF_ATOM = {**_TYPES, "xhtml": _XHTML, _XHTML: _XHTML}
_PAGES = {"text/html", "html", "application/xhtml+xml", "xhtml"}
_RDF_ABOUT = "http://www.w3.org/1999/02/22-rdf-syntax-ns# about"
_XML_BASE = "http://www.w3.org/XML/1998/namespace base"
# Attributes that are read, and so may not have a prefix, which feedparser would ignore.
_READ = {
    *("about", "base", "duration", "href", "ispermalink", "lastmod", "medium", "mode", "rel"),
    *("role", "type", "uri", "url", "version"),
}
# What feedparser leaves of the parameters of an address.
_SEEMING_ENTITY = re.compile("&([A-Za-z0-9_]+);")
_QUOTED = {'"': "&quot;"}


class Saying:
    """What a document has said so far.

    `parts` are the texts since the last element began, `open` has one thing for each element that
    is open, `base` is the address that links are relative to, where the document says one.
    """

    def __init__(self) -> None:
        self.feed: dict[str, Any] = {}
        self.entries: list[dict[str, Any]] = []
        self.version = ""
        self.base = ""
        self.parts: list[str] = []
        self.open: list[Any] = []
        # The fields of the feed or the entry at hand, and how deep the elements were.
        self._said = self.feed
        self._depths: dict[str, int] = {}
        self._title_depth = -1
        self._has_content = False
        self._detail: dict[str, str] = {}
        self._markup: list[str] = []
        self._as_content = False
        self._link: Attributes | None = None
        self._is_link = False
        self._person: Attributes = {}

    def attributes(self, said: Attributes) -> Attributes:
        """The attributes of an element as feedparser names them; takes note of a base.

        Raises:
            OddError: one that is read has a prefix.
        """
        found = {}
        for name, value in said.items():
            prefix, _, local = name.lower().rpartition(" ")
            if name == _XML_BASE:
                self._rebase(value)
            elif local == "base" or (prefix and local in _READ and name != _RDF_ABOUT):
                raise OddError
            found[name if prefix else local] = value.lower() if local in {"rel", "type"} else value
        return found

    def _rebase(self, said: str) -> None:
        if not said:
            return
        try:
            base = urljoin(self.base, said)
            stays = base == urljoin(base, base)
        except ValueError:
            raise OddError from None
        if not stays or not said.startswith(("http://", "https://")) or ":///" in said:
            raise OddError
        self.base = base

    # Text

    def _text(self) -> str:
        return repaired("".join(self.parts).strip())

    def _resolved(self, address: str) -> str:
        if ":///" in address:
            raise OddError
        if not self.base:
            return address
        try:
            return urljoin(self.base, address)
        except ValueError:
            return ""

    def begin_text(self, usual: str, attributes: Attributes) -> None:
        """Text of a type that is said or usual."""
        types = _TYPES_OF_ATOM if self.version == "atom10" else _TYPES
        kind = types.get(attributes.get("type", usual))
        if kind is None or "mode" in attributes:
            raise OddError
        self._detail = {"type": kind, "base": self.base}
        self._markup = []

    def begin_markup(self, tag: str, attributes: Attributes) -> None:
        """An element of XHTML within text of that type."""
        if self._detail["type"] != _XHTML or any(" " in name for name in attributes):
            raise OddError
        said = (f' {name}="{escape(attributes[name], _QUOTED)}"' for name in attributes)
        self._markup += escape("".join(self.parts)), f"<{tag}{''.join(said)}>"

    def end_markup(self, tag: str) -> None:
        """The end of it."""
        self._markup += escape("".join(self.parts)), f"</{tag}>"
        self.parts.clear()

    def _end_text(self) -> str:
        if self._detail["type"] == _XHTML:
            pieces = [*self._markup, escape("".join(self.parts))]
            return repaired("".join(without_container(pieces)).strip())
        text = self._text()
        guessed = self._detail["type"] == "text/plain" and self.version != "atom10"
        if guessed and looks_like_html(text):
            self._detail["type"] = "text/html"
        return text

    def _keep(self, key: str, text: str) -> None:
        """Keep a text, in an entry unless one was kept that was less deep."""
        depth = len(self.open)
        if self._said is self.feed or depth <= self._depths.setdefault(key, depth):
            self._depths[key] = depth
            self._said[key] = text
        self._said[f"{key}_detail"] = self._detail

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
        if not attributes.keys().isdisjoint(_READ):
            raise OddError

    def begin_entry(self, word: str, attributes: Attributes) -> None:
        """An entry."""
        self.begin_channel(word, attributes)
        self._said = {}
        self._depths = {}
        self._title_depth = -1
        if about := attributes.get(_RDF_ABOUT):
            self._said["id"] = about
        self.entries.append(self._said)

    def end_entry(self, _word: str) -> None:
        """The end of an entry."""
        self._said = self.feed
        self._has_content = False

    # Titles and texts

    def forget_title(self, _word: str, _attributes: Attributes) -> None:
        """An element after which another title may take the place of the first."""
        self._title_depth = -1

    def end_inner_title(self, _word: str) -> None:
        """A title of something else."""
        if self._text():
            self._title_depth = len(self.open)

    def end_title(self, _word: str) -> None:
        """A title: the first that has any text."""
        if self._keep_title():
            self._title_depth = len(self.open)

    def end_media_title(self, _word: str) -> None:
        """A title of a picture or recording: it stands in until there is one."""
        self._keep_title()

    def _keep_title(self) -> str:
        text = self._end_text()
        if not -1 < self._title_depth <= len(self.open):
            self._keep("title", text)
        return text

    def begin_description(self, word: str, attributes: Attributes) -> None:
        """A description or summary; before there is any content, a second one is content."""
        self._as_content = "summary" in self._said and not self._has_content
        if self._as_content:
            self.begin_content("text/plain", attributes)
        else:
            self.begin_text("text/plain" if word == "summary" else "text/html", attributes)

    def end_description(self, word: str) -> None:
        """The end of one."""
        if self._as_content:
            self.end_content(word)
        elif self._said is self.feed and word == "description":
            self._end_text()
        else:
            self._keep("summary", self._end_text())

    def begin_content(self, usual: str, attributes: Attributes) -> None:
        """The content."""
        self._has_content = True
        self.begin_text(usual, attributes)

    def end_content(self, _word: str) -> None:
        """The end of it; it stands in for a summary."""
        value = self._end_text()
        self._said.setdefault("content", []).append({**self._detail, "value": value})
        self._said.setdefault("summary", value)

    # Links and pictures

    def begin_link(self, _word: str, attributes: Attributes) -> None:
        """A link, in an attribute or as text."""
        link = {"rel": "alternate", **attributes}
        link.setdefault("type", "application/atom+xml" if link["rel"] == "self" else "text/html")
        _name_address(link)
        self._link = None if "href" in link else link
        if "href" in link:
            link["href"] = self._resolved(link["href"])
            if link["rel"] == "alternate" and link["type"] in _PAGES:
                self._said["link"] = link["href"]
        self._said.setdefault("links", []).append(link)

    def end_link(self, _word: str) -> None:
        """The end of a link."""
        if self._link is None:
            return
        said = "".join(self.parts).strip()
        address = repaired(self._resolved(said)) if said else ""
        if self._said is not self.feed:
            address = address.replace("&amp;", "&")
        if "&" in address:
            address = _SEEMING_ENTITY.sub(r"&\1", address)
        self._said["link"] = address
        if address:
            self._link["href"] = address

    def begin_id(self, _word: str, attributes: Attributes) -> None:
        """A guid or an id."""
        self._is_link = attributes.get("ispermalink", "true") == "true"

    def end_id(self, _word: str) -> None:
        """The end of one: it stands in for a link, unless it says otherwise."""
        said = "".join(self.parts).strip()
        value = repaired(self._resolved(said) if self._is_link and said else said)
        self._said["id"] = value
        self._said.setdefault("guidislink", self._is_link and "link" not in self._said)
        if self._is_link:
            self._said.setdefault("link", value)

    def begin_enclosure(self, _word: str, attributes: Attributes) -> None:
        """A file that belongs to an entry."""
        link = dict(attributes)
        _name_address(link)
        self._said.setdefault("links", []).append({**link, "rel": "enclosure"})

    def begin_image(self, _word: str, attributes: Attributes) -> None:
        """The picture of an episode."""
        if address := attributes.get("href") or attributes.get("url"):
            self._said["image"] = {"href": address}

    def begin_media(self, word: str, attributes: Attributes) -> None:
        """Something of Media RSS that may be there several times."""
        self._said.setdefault(word, []).append(dict(attributes))

    def end_thumbnail(self, _word: str) -> None:
        """A small picture."""
        if self._text():
            raise OddError

    def end_credit(self, _word: str) -> None:
        """Who made something."""
        if text := self._text():
            self._said["media_credit"][-1]["content"] = text

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
        text, person = self._text(), self._person
        if text and person:
            raise OddError
        name, email = person.get("name", text), person.get("email", "")
        former = self._said.get("author", "")
        if former and ("@" in f"{former}{name}" or email or (person and "name" not in person)):
            raise OddError
        if text:
            self._said["author_detail"] = {}
        elif person and "author_detail" in self._said:
            raise OddError
        self._said["author"] = f"{name} ({email})" if name and email else name or email
        self._said.setdefault("authors", []).append({"name": name})

    # Fields

    def begin_bare(self, _word: str, attributes: Attributes) -> None:
        """A field that feedparser does not know: attributes would take the place of its text."""
        if attributes:
            raise OddError

    def end_field(self, word: str) -> None:
        """A field that is text."""
        self._said[word] = self._text()

    def end_date(self, word: str) -> None:
        """A date, unless only feedparser knows its language."""
        self._said[word] = text = self._text()
        if FOREIGN.search(text) and not read_date(text):
            raise OddError

    def begin_skipped(self, word: str, _attributes: Attributes) -> None:
        """Hours or days, which are read from the text of the document."""
        self._said[word] = ""


def _name_address(link: Attributes) -> None:
    """Move an address to where feedparser has it."""
    if address := link.get("url", link.get("uri", link.get("href"))):
        link.pop("url", None)
        link.pop("uri", None)
        link["href"] = address
