"""Builds the titles, summaries and contents of a feed, as feedparser would; for the fast reader."""

from __future__ import annotations

import html
from typing import Any
from urllib.parse import urljoin

from digest.feeds.parsing.namespaces import NoRuleError
from digest.feeds.parsing.repairs import repaired, without_container
from digest.feeds.parsing.text_types import DEFAULT_TYPES, HTML, PLAIN, XHTML, text_type

Attributes = dict[str, str]

RDF_ABOUT = "http://www.w3.org/1999/02/22-rdf-syntax-ns# about"
_XML_BASE = "http://www.w3.org/XML/1998/namespace base"
# Attributes that are read, and so may not have a prefix, which feedparser would ignore.
READ_ATTRIBUTES = {
    *("about", "base", "domain", "duration", "href", "ispermalink", "label", "lastmod", "medium"),
    *("mode", "rel", "role", "scheme", "term", "text", "type", "uri", "url", "version"),
}
_ADDRESSES = {"href", "uri", "url"}


class TextBuilder:
    """Collects the fields of a feed and its entries; this half does their texts.

    `parts` are the texts since the last element began, `open` has one item for each element that
    is open, `base` is the address that links are relative to, where the document gives one.
    """

    def __init__(self) -> None:
        self.feed: dict[str, Any] = {}
        self.entries: list[dict[str, Any]] = []
        self.version = ""
        self.base = ""
        self.parts: list[str] = []
        self.open: list[Any] = []
        # The fields of the feed or entry that is being read, and how deep its texts stood.
        self.fields = self.feed
        self.depths: dict[str, int] = {}
        self.has_content = False
        self._detail: dict[str, str] = {}
        self._markup: list[str] = []
        self._as_content = False

    def attributes(self, written: Attributes) -> Attributes:
        """The attributes of an element as feedparser names them; takes note of a base.

        Raises:
            NoRuleError: one that is read has a prefix.
        """
        found = {}
        for name, value in written.items():
            prefix, _, local = name.lower().rpartition(" ")
            if name == _XML_BASE:
                self._rebase(value)
            elif local == "base" or (prefix and local in READ_ATTRIBUTES and name != RDF_ABOUT):
                raise NoRuleError
            found[name if prefix else local] = value.lower() if local in {"rel", "type"} else value
        return found

    def _rebase(self, address: str) -> None:
        if not address:
            return
        try:
            base = urljoin(self.base, address)
            stays = base == urljoin(base, base)
        except ValueError:
            raise NoRuleError from None
        if not stays or not address.startswith(("http://", "https://")) or ":///" in address:
            raise NoRuleError
        self.base = base

    def text(self) -> str:
        """The text of the element that ends."""
        return repaired("".join(self.parts).strip())

    def resolved(self, address: str) -> str:
        """An address as feedparser makes it absolute.

        Raises:
            NoRuleError: it has slashes that feedparser takes away.
        """
        if ":///" in address:
            raise NoRuleError
        if not self.base:
            return address
        try:
            return urljoin(self.base, address)
        except ValueError:
            return ""

    def _resolved(self, attributes: Attributes) -> Attributes:
        """Attributes with their addresses absolute by the base that is in force."""
        return {
            name: self.resolved(value) if name in _ADDRESSES else value
            for name, value in attributes.items()
        }

    def begin_text(self, name: str, attributes: Attributes) -> None:
        """A text of the type in its attributes, or else the usual one of elements of this name.

        Raises:
            NoRuleError: it is no text, or in a form that only feedparser reads.
        """
        kind = text_type(attributes.get("type", ""), DEFAULT_TYPES[name])
        if not kind or (kind == XHTML and self.version != "atom10") or "mode" in attributes:
            raise NoRuleError
        self._detail = {"type": kind, "base": self.base}
        self._markup = []

    def begin_markup(self, tag: str, attributes: Attributes) -> None:
        """An element of XHTML within text of that type."""
        if self._detail["type"] != XHTML or any(" " in name for name in attributes):
            raise NoRuleError
        written = (f' {name}="{_quoted(attributes[name])}"' for name in attributes)
        self._markup += _escaped("".join(self.parts)), f"<{tag}{''.join(written)}>"

    def end_markup(self, tag: str) -> None:
        """The end of an element of XHTML."""
        self._markup += _escaped("".join(self.parts)), f"</{tag}>"
        self.parts.clear()

    def _end_text(self) -> str:
        if self._detail["type"] == XHTML:
            pieces = [*self._markup, _escaped("".join(self.parts))]
            return repaired("".join(without_container(pieces)).strip())
        return self.text()

    def _keep(self, key: str, text: str) -> None:
        """Keep a text; in an entry only if none was kept that stood less deep."""
        depth = len(self.open)
        if self.fields is self.feed or depth <= self.depths.setdefault(key, depth):
            self.depths[key] = depth
            self.fields[key] = text
        self.fields[f"{key}_detail"] = self._detail

    def end_title(self, _argument: str) -> None:
        """The end of a title: the first with a text counts."""
        text = self._end_text()
        if not self.fields.get("title"):
            self._keep("title", text)

    def end_last_resort(self, name: str) -> None:
        """The end of a title or text that stands in for a missing one."""
        self._keep(name.replace(":", "_"), self._end_text())

    def begin_description(self, name: str, attributes: Attributes) -> None:
        """A description or summary; a second one is content, unless there was content before."""
        self._as_content = "summary" in self.fields and not self.has_content
        if self._as_content:
            self.begin_content("content", attributes)
        else:
            self.begin_text(name, attributes)

    def end_description(self, name: str) -> None:
        """The end of a description or summary."""
        if self._as_content:
            self.end_content(name)
        else:
            self._keep("summary", self._end_text())

    def begin_content(self, name: str, attributes: Attributes) -> None:
        """A content."""
        self.has_content = True
        self.begin_text(name, attributes)

    def end_content(self, _argument: str) -> None:
        """The end of a content; it stands in for a missing summary."""
        value = self._end_text()
        self.fields.setdefault("content", []).append({**self._detail, "value": value})
        if self._detail["type"] in {HTML, XHTML, PLAIN}:
            self.fields.setdefault("summary", value)


# As xml.sax.saxutils does, which loads an HTTP client.
def _escaped(text: str) -> str:
    return html.escape(text, quote=False)


def _quoted(text: str) -> str:
    return _escaped(text).replace('"', "&quot;")
