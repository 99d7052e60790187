"""The names of elements and their prefixes as feedparser knows them, whatever a document uses."""

from __future__ import annotations

_RSS_MODULE = "http://purl.org/rss/1.0/modules/"
# Namespaces that feedparser knows and the prefix it gives them; none for those of whole formats.
_KNOWN = {
    "http://backend.userland.com/rss": "",
    "http://blogs.law.harvard.edu/tech/rss": "",
    "http://purl.org/rss/1.0/": "",
    "http://my.netscape.com/rdf/simple/0.9/": "",
    "http://example.com/newformat#": "",
    "http://example.com/necho": "",
    "http://purl.org/echo/": "",
    "uri/of/echo/namespace#": "",
    "http://purl.org/pie/": "",
    "http://purl.org/atom/ns#": "",
    "http://www.w3.org/2005/atom": "",
    f"{_RSS_MODULE}rss091#": "",
    "http://webns.net/mvcb/": "admin",
    "http://media.tangent.org/rss/1.0/": "audio",
    "http://backend.userland.com/blogchannelmodule": "blogchannel",
    "http://creativecommons.org/ns#license": "cc",
    "http://web.resource.org/cc/": "cc",
    "http://cyber.law.harvard.edu/rss/creativecommonsrssmodule.html": "creativecommons",
    "http://backend.userland.com/creativecommonsrssmodule": "creativecommons",
    "http://my.theinfo.org/changed/1.0/rss/": "cp",
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://purl.org/dc/terms/": "dcterms",
    "http://rssnamespace.org/feedburner/ext/1.0": "feedburner",
    "http://freshmeat.net/rss/fm/": "fm",
    "http://xmlns.com/foaf/0.1/": "foaf",
    "http://www.w3.org/2003/01/geo/wgs84_pos#": "geo",
    "http://www.georss.org/georss": "georss",
    "http://www.opengis.net/gml": "gml",
    "http://postneo.com/icbm/": "icbm",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes",
    "http://example.com/dtds/podcast-1.0.dtd": "itunes",
    "http://search.yahoo.com/mrss": "media",
    "http://search.yahoo.com/mrss/": "media",
    "http://madskills.com/public/xml/rss/module/pingback/": "pingback",
    "http://prismstandard.org/namespaces/1.2/basic/": "prism",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf",
    "http://www.w3.org/2000/01/rdf-schema#": "rdfs",
    "http://schemas.xmlsoap.org/soap/envelope/": "soap",
    "http://hacks.benhammersley.com/rss/streaming/": "str",
    "http://schemas.pocketsoap.com/rss/mydescmodule/": "szf",
    "http://madskills.com/public/xml/rss/module/trackback/": "trackback",
    "http://wellformedweb.org/commentapi/": "wfw",
    "http://www.w3.org/1999/xhtml": "xhtml",
    "http://www.w3.org/xml/1998/namespace": "xml",
    "http://podlove.org/simple-chapters": "psc",
    f"{_RSS_MODULE}aggregation/": "ag",
    f"{_RSS_MODULE}annotate/": "annotate",
    f"{_RSS_MODULE}company": "co",
    f"{_RSS_MODULE}content/": "content",
    f"{_RSS_MODULE}email/": "email",
    f"{_RSS_MODULE}event/": "ev",
    f"{_RSS_MODULE}image/": "image",
    f"{_RSS_MODULE}link/": "l",
    f"{_RSS_MODULE}reference/": "ref",
    f"{_RSS_MODULE}richequiv/": "reqv",
    f"{_RSS_MODULE}search/": "search",
    f"{_RSS_MODULE}servicestatus/": "ss",
    f"{_RSS_MODULE}slash/": "slash",
    f"{_RSS_MODULE}subscription/": "sub",
    f"{_RSS_MODULE}syndication/": "sy",
    f"{_RSS_MODULE}taxonomy/": "taxo",
    f"{_RSS_MODULE}textinput/": "ti",
    f"{_RSS_MODULE}threading/": "thr",
    f"{_RSS_MODULE}wiki/": "wiki",
}
KNOWN_PREFIXES = {prefix: uri for uri, prefix in reversed(_KNOWN.items()) if prefix}
# Wherever one of these is declared, feedparser takes it for the format.
_FORMATS = {
    "http://my.netscape.com/rdf/simple/0.9/": "rss090",
    "http://purl.org/rss/1.0/": "rss10",
    "http://www.w3.org/2005/atom": "atom10",
}
_AMBIGUOUS = {"http://www.w3.org/1999/xlink"}  # its declaration counts as an attribute


class NoRuleError(Exception):
    """A document has something that the fast reader has no rule for."""


class ElementNames:
    """The names of a document's elements, from the prefixes it declares.

    feedparser never forgets a prefix and confuses two that are alike, so that each may only ever
    mean one namespace.
    """

    def __init__(self) -> None:
        self.formats: set[str] = set()
        self._owners: dict[str, str] = {}
        self._prefixes = {"http://www.w3.org/XML/1998/namespace": "xml"}

    def declare(self, prefix: str | None, uri: str | None) -> None:
        """Take note of a prefix, or of the namespace of names without one.

        Raises:
            NoRuleError: feedparser would confuse it with another.
        """
        if not uri:
            return
        folded = uri.lower()
        if folded in _AMBIGUOUS or not folded.isprintable() or " " in uri:
            raise NoRuleError
        if folded in _FORMATS:
            self.formats.add(_FORMATS[folded])
        known = _known(folded)
        own = (prefix or "").lower()
        meant = own if known is None else known
        if self._prefixes.setdefault(uri, meant) != meant:
            raise NoRuleError
        self._claim(meant, uri if known is None else f"known as {known}")
        if prefix and own != meant:
            self._claim(own, f"{own} for {meant}")

    def _claim(self, prefix: str, owner: str) -> None:
        if prefix and self._owners.setdefault(prefix, owner) != owner:
            raise NoRuleError

    def name(self, expat_name: str) -> str:
        """`prefix:name` or `name` in lower case, from expat's "namespace name"."""
        uri, _, local = expat_name.rpartition(" ")
        prefix = self._prefixes.get(uri, "")
        return f"{prefix}:{local}".lower() if prefix else local.lower()


def _known(folded: str) -> str | None:
    return "" if "backend.userland.com/rss" in folded else _KNOWN.get(folded)
