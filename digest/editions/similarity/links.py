"""Links to what they lead to: two links that fold to the same text lead to the same article.

Stored names of entries fold links in `digest.feeds.aliases`; that folding must never change, and
this one may, since nothing of it is stored.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from digest.editions.similarity.sites import main_host, site_key
from digest.feeds.hosts import ascii_host
from digest.feeds.trackers import tracks

if TYPE_CHECKING:
    from collections.abc import Iterable

# How often one address may be wrapped in another.
_DEEPEST = 3
# Nobody writes more; they stay as they are.
_MOST_PARAMETERS = 40
# RFC 1035, section 2.3.4
_LONGEST_HOST = 253
_LABELS = re.compile(r"^(?:www\d?|m|mobile|amp)\.(?=[^.]+\.)")
_WIKI_MOBILE = re.compile(
    r"(?<=\.)m\.(?=(?:wikipedia|wiktionary|wikimedia|wikiquote|wikisource|wikinews|wikivoyage)\.)"
)
_GOOGLE = re.compile(r"google\.(?:com|[a-z]{2}|com?\.[a-z]{2})")
_REDIRECTS = {
    ("google", "/url"): ("url", "q"),
    ("bing.com", "/news/apiclick.aspx"): ("url",),
    ("l.facebook.com", "/l.php"): ("u",),
    ("lm.facebook.com", "/l.php"): ("u",),
    ("l.instagram.com", ""): ("u",),
    ("out.reddit.com", ""): ("url",),
    ("youtube.com", "/redirect"): ("q",),
    ("duckduckgo.com", "/l"): ("uddg",),
    ("linkedin.com", "/redir/redirect"): ("url",),
}
# What scans the links of messages.
_SAFE_LINKS = ".safelinks.protection.outlook.com"
_ARCHIVES = {
    *("web.archive.org", "archive.org", "archive.ph", "archive.is", "archive.today", "archive.li"),
    *("archive.vn", "archive.md", "archive.fo", "12ft.io", "freedium.cfd", "freedium-mirror.cfd"),
}
_ARCHIVED = re.compile(
    r"/(?:web/)?(?:(?:\d{4,14}(?:[a-z]{2}_)?|newest|oldest|latest|o|proxy)/)?(https?:/.+)"
)
_AMP_CACHE = re.compile(r"/(?:[a-z]/)?(?:s/)?(?=[^/]+\.)")
_AMP_END = re.compile(r"\.amp(?=$|\.html?$)")
_INDEX = re.compile(r"/(?:index|default)\.(?:html?|php|aspx?)$")
_SLASHES = re.compile(r"//+")
_OF_SUBSTACK = {"isfreemail", "triedredirect", "showwelcomeonshare", "triedsigningin"}
# Parts of a site that are lists, where a feed has no better link.
_LISTS = {"", "blog", "news", "feed", "rss", "articles", "posts", "home", "releases", "en", "de"}
# Routes of a page that is a program, and what names a version or a date on a long page.
_TELLING_FRAGMENT = re.compile(r"[!/].|[^=&:]*\d[._-]\d[^=&:]*$")


# What earlier editions had is asked for with each, and so are the home pages of feeds.
@lru_cache(maxsize=8_192)
def article_key(link: str) -> str:
    """What a link leads to, without how it gets there; nothing where it names no single article.

    Scheme, port, `www.`, the case of the host, slashes at the end, fragments, tracking
    parameters, AMP and mobile forms are folded. A home page names no article.
    """
    for _ in range(_DEEPEST):
        try:
            parts = urlsplit(link)
            host = parts.hostname or ""
            port = parts.port
        except ValueError:
            return link
        if not host:
            return link
        host = fold_host(host)
        inner = _wrapped(host, parts.path, parts.query)
        if not inner:
            break
        link = inner
    else:
        return link
    path, query = _fold_path(parts.path), _fold_query(parts.query, host)
    if port is None and (key := site_key(host, f"{path}{'?' if query else ''}{query}")):
        return key
    fragment = parts.fragment if _TELLING_FRAGMENT.match(parts.fragment) else ""
    if not query and not fragment and path[1:].lower() in _LISTS:
        return ""
    where = host if port in {None, 80, 443} else f"{host}:{port}"
    return f"{where}{path}{'?' if query else ''}{query}{'#' if fragment else ''}{fragment}"


def fold_host(host: str) -> str:
    """A host in ASCII, without what stands before it for other forms of the same site."""
    host = ascii_host(host)
    if len(host) > _LONGEST_HOST:
        return host
    while (bare := _LABELS.sub("", host)) != host:
        host = bare
    host = _WIKI_MOBILE.sub("", host)
    return main_host(host)


def _wrapped(host: str, path: str, query: str) -> str:
    """The address inside one of an AMP cache, or of a site that counts clicks."""
    if host.endswith("cdn.ampproject.org"):
        inner = _AMP_CACHE.sub("", path, count=1)
    elif _GOOGLE.fullmatch(host) and path.startswith("/amp/"):
        inner = path.removeprefix("/amp/").removeprefix("s/")
    elif host in _ARCHIVES:
        return _archived(path, query)
    elif host.endswith(_SAFE_LINKS):
        return _inside(query, ("url",))
    else:
        return _asked_for("google" if _GOOGLE.fullmatch(host) else host, path, query)
    return f"https://{inner}{'?' if query else ''}{query}"


def _asked_for(site: str, path: str, query: str) -> str:
    names = _REDIRECTS.get((site, path.rstrip("/")), ())
    return _inside(query, names) if names else ""


def _archived(path: str, query: str) -> str:
    match = _ARCHIVED.fullmatch(path)
    address = re.sub("^(https?:)/+", r"\1//", match[1]) if match else ""
    return f"{address}{'?' if address and query else ''}{query if address else ''}"


def _inside(query: str, names: Iterable[str]) -> str:
    inside = dict(parse_qsl(query))
    found = (inside.get(name, "") for name in names)
    return next((address for address in found if address.startswith(("http://", "https://"))), "")


def _fold_path(path: str) -> str:
    if "%" in path:
        path = unquote(path)
    if "amp" in path:
        parts = [part for part in path.split("/") if part != "amp"]
        path = _AMP_END.sub("", "/".join(parts).removesuffix("/amp.html"))
    path = _INDEX.sub("/", path) if path.endswith(("ml", "tm", "hp", "sp", "px")) else path
    return _SLASHES.sub("/", path).rstrip("/")


def _fold_query(query: str, host: str) -> str:
    if not query or query.count("&") > _MOST_PARAMETERS:
        return query
    parameters = parse_qsl(query, keep_blank_values=True)
    names = {name.lower() for name, _ in parameters}
    # Its writers may have it under names of their own.
    site = host if names.isdisjoint(_OF_SUBSTACK) else "substack.com"
    return urlencode(sorted(parameter for parameter in parameters if not tracks(*parameter, site)))
