"""The names of elements, by the namespaces they are in, whatever prefixes a document uses."""

from __future__ import annotations

from itertools import product

_STANDARD = {
    # Those of whole formats: their names have no prefix.
    **dict.fromkeys(
        (
            "http://blogs.law.harvard.edu/tech/rss",
            "http://purl.org/rss/1.0/",
            "http://purl.org/rss/1.0/modules/rss091#",
            "http://purl.org/net/rss1.1#",
            "http://my.netscape.com/rdf/simple/0.9/",
            "http://example.com/newformat#",
            "http://example.com/necho",
            "http://purl.org/echo/",
            "http://purl.org/pie/",
            "http://purl.org/atom/ns#",
            "http://www.w3.org/2005/atom",
        ),
        "",
    ),
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://purl.org/dc/elements/1.0/": "dc",
    "http://purl.org/dc/terms/": "dcterms",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes",
    "http://example.com/dtds/podcast-1.0.dtd": "itunes",
    "http://search.yahoo.com/mrss/": "media",
    "http://prismstandard.org/namespaces/1.2/basic/": "prism",
    "http://prismstandard.org/namespaces/basic/2.0/": "prism",
    "http://prismstandard.org/namespaces/basic/2.1/": "prism",
    "http://prismstandard.org/namespaces/basic/3.0/": "prism",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf",
    "http://www.w3.org/1999/xhtml": "xhtml",
    "http://purl.org/rss/1.0/modules/content/": "content",
    "http://purl.org/rss/1.0/modules/slash/": "slash",
    "http://purl.org/rss/1.0/modules/syndication/": "sy",
}
# What a prefix means that nothing declares.
URIS = {prefix: uri for uri, prefix in reversed(_STANDARD.items()) if prefix} | {
    "atom": "http://www.w3.org/2005/Atom"
}
# Publishers write `https:`, and leave out the slash at the end.
_PREFIXES = {
    scheme + ending: prefix
    for uri, prefix in _STANDARD.items()
    for scheme, ending in product(
        ("http", "https"), (uri.removeprefix("http"), uri.removeprefix("http").rstrip("/"))
    )
} | {"uri/of/echo/namespace#": ""}
_USUAL = {"content", "dc", "dcterms", "itunes", "media", "prism", "slash", "sy"}
# Where one of these is the namespace, whatever it is called, the names are those of RSS.
_USERLAND = "backend.userland.com/rss"
# What a feed consists of: where one of these is in a namespace, that is the feed's own.
_STRUCTURE = {"rss", "feed", "rdf", "channel", "item", "entry"}


class NoRuleError(Exception):
    """A document has something that the fast reader has no rule for."""


class ElementNames:
    """The names of a document's elements: `title`, `media:title`, `foreign:title`.

    Names in the namespace of a format, or of the feed as a whole, have no prefix; those in a known
    one have its usual prefix, as have those in one that only the document's prefix is known of; all
    others are foreign.
    """

    def __init__(self) -> None:
        self._declared: dict[str, set[str]] = {}
        self._prefixes: dict[str, str] = {}

    def declare(self, prefix: str | None, uri: str | None) -> None:
        """Take note of the namespace of a prefix, or of names without one."""
        if uri:
            self._declared.setdefault(uri, set()).add((prefix or "").lower())

    def name(self, uri: str, local: str) -> str:
        """The name of an element in a namespace (or in none, which is empty), in lower case."""
        local = local.lower()
        if uri not in self._prefixes:
            self._prefixes[uri] = self._prefix(uri, local)
        prefix = self._prefixes[uri]
        return f"{prefix}:{local}" if prefix else local

    def _prefix(self, uri: str, local: str) -> str:
        folded = uri.lower()
        written = self._declared.get(uri, set())
        is_own = not uri or (local in _STRUCTURE and "" in written)
        if is_own or _USERLAND in folded:
            return ""
        known = _PREFIXES.get(folded)
        # Publishers get addresses of namespaces wrong, too.
        return min(written & _USUAL, default="foreign") if known is None else known
