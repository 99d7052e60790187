"""The texts of a document as feedparser reads them: titles, summaries and contents."""

from __future__ import annotations

import html
from typing import Any
from urllib.parse import urljoin

from digest.feeds.parsing.namespaces import OddError
from digest.feeds.parsing.repairs import looks_like_html, repaired, without_container

Attributes = dict[str, str]

RDF_ABOUT = "http://www.w3.org/1999/02/22-rdf-syntax-ns# about"
_XML_BASE = "http://www.w3.org/XML/1998/namespace base"
# Attributes that are read, and so may not have a prefix, which feedparser would ignore.
READ = {
    *("about", "base", "domain", "duration", "href", "ispermalink", "label", "lastmod", "medium"),
    *("mode", "rel", "role", "scheme", "term", "text", "type", "uri", "url", "version"),
}
_TYPES = {
    **dict.fromkeys(("text", "plain", "text/plain"), "text/plain"),
    **dict.fromkeys(("html", "text/html"), "text/html"),
}
_XHTML = "application/xhtml+xml"
_TYPES_OF_ATOM = {**_TYPES, "xhtml": _XHTML, _XHTML: _XHTML}


class TextBuilder:
    """The texts of a document, and what it has said so far.

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
        # The fields of the feed or the entry at hand, and how deep its texts were.
        self.said = self.feed
        self.depths: dict[str, int] = {}
        self.title_depth = -1
        self.has_content = False
        self._detail: dict[str, str] = {}
        self._markup: list[str] = []
        self._as_content = False

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
            elif local == "base" or (prefix and local in READ and name != RDF_ABOUT):
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

    def text(self) -> str:
        """What stands in the element that ends."""
        return repaired("".join(self.parts).strip())

    def resolved(self, address: str) -> str:
        """An address as feedparser makes it absolute.

        Raises:
            OddError: it has slashes that feedparser takes away.
        """
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
        said = (f' {name}="{_quoted(attributes[name])}"' for name in attributes)
        self._markup += _escaped("".join(self.parts)), f"<{tag}{''.join(said)}>"

    def end_markup(self, tag: str) -> None:
        """The end of it."""
        self._markup += _escaped("".join(self.parts)), f"</{tag}>"
        self.parts.clear()

    def _end_text(self) -> str:
        if self._detail["type"] == _XHTML:
            pieces = [*self._markup, _escaped("".join(self.parts))]
            return repaired("".join(without_container(pieces)).strip())
        text = self.text()
        guessed = self._detail["type"] == "text/plain" and self.version != "atom10"
        if guessed and looks_like_html(text):
            self._detail["type"] = "text/html"
        return text

    def _keep(self, key: str, text: str) -> None:
        """Keep a text, in an entry unless one was kept that was less deep."""
        depth = len(self.open)
        if self.said is self.feed or depth <= self.depths.setdefault(key, depth):
            self.depths[key] = depth
            self.said[key] = text
        self.said[f"{key}_detail"] = self._detail

    def forget_title(self, _word: str, _attributes: Attributes) -> None:
        """An element after which another title may take the place of the first."""
        self.title_depth = -1

    def end_inner_title(self, _word: str) -> None:
        """A title of something else."""
        if self.text():
            self.title_depth = len(self.open)

    def end_title(self, _word: str) -> None:
        """A title: the first that has any text."""
        if self._keep_title():
            self.title_depth = len(self.open)

    def end_media_title(self, _word: str) -> None:
        """A title of a picture or recording: it stands in until there is one."""
        self._keep_title()

    def _keep_title(self) -> str:
        text = self._end_text()
        if not -1 < self.title_depth <= len(self.open):
            self._keep("title", text)
        return text

    def begin_description(self, word: str, attributes: Attributes) -> None:
        """A description or summary; before there is any content, a second one is content."""
        self._as_content = "summary" in self.said and not self.has_content
        if self._as_content:
            self.begin_content("text/plain", attributes)
        else:
            self.begin_text("text/plain" if word == "summary" else "text/html", attributes)

    def end_description(self, word: str) -> None:
        """The end of one."""
        if self._as_content:
            self.end_content(word)
        elif self.said is self.feed and word == "description":
            self._end_text()
        else:
            self._keep("summary", self._end_text())

    def begin_content(self, usual: str, attributes: Attributes) -> None:
        """The content."""
        self.has_content = True
        self.begin_text(usual, attributes)

    def end_content(self, _word: str) -> None:
        """The end of it; it stands in for a summary."""
        value = self._end_text()
        self.said.setdefault("content", []).append({**self._detail, "value": value})
        self.said.setdefault("summary", value)


# As xml.sax.saxutils does, which loads an HTTP client.
def _escaped(text: str) -> str:
    return html.escape(text, quote=False)


def _quoted(text: str) -> str:
    return _escaped(text).replace('"', "&quot;")
