"""Links to what they lead to: two links that fold to the same text lead to the same article.

Stored names of entries fold links in `digest.feeds.aliases`; that folding must never change, and
this one may, since nothing of it is stored.
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from digest.feeds.hosts import ascii_host
from digest.feeds.trackers import tracks

# How often one address may be wrapped in another.
_DEEPEST = 3
# Nobody writes more; they stay as they are.
_MOST_PARAMETERS = 40
# RFC 1035, section 2.3.4
_LONGEST_HOST = 253
_LABELS = re.compile(r"^(?:www\d?|m|mobile|amp)\.(?=[^.]+\.)")
_WIKI_MOBILE = re.compile(r"(?<=\.)m\.(?=(?:wikipedia|wiktionary|wikimedia)\.)")
_HOSTS = {"old.reddit.com": "reddit.com", "twitter.com": "x.com"}
_GOOGLE = re.compile(r"google\.(?:com|[a-z]{2}|com?\.[a-z]{2})")
_REDIRECTS = {
    ("google", "/url"): ("url", "q"),
    ("bing.com", "/news/apiclick.aspx"): ("url",),
    ("l.facebook.com", "/l.php"): ("u",),
}
_AMP_CACHE = re.compile(r"/(?:[a-z]/)?(?:s/)?(?=[^/]+\.)")
_AMP_END = re.compile(r"\.amp(?=$|\.html?$)")
_INDEX = re.compile(r"/(?:index|default)\.(?:html?|php|aspx?)$")
_SLASHES = re.compile(r"//+")
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
    fragment = parts.fragment if _TELLING_FRAGMENT.match(parts.fragment) else ""
    if host == "youtu.be" and path:
        host, path, query = "youtube.com", "/watch", f"v={path[1:]}"
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
    return _HOSTS.get(host, host)


def _wrapped(host: str, path: str, query: str) -> str:
    """The address inside one of an AMP cache, or of a site that counts clicks."""
    if host.endswith("cdn.ampproject.org"):
        inner = _AMP_CACHE.sub("", path, count=1)
    elif _GOOGLE.fullmatch(host) and path.startswith("/amp/"):
        inner = path.removeprefix("/amp/").removeprefix("s/")
    else:
        return _asked_for("google" if _GOOGLE.fullmatch(host) else host, path, query)
    return f"https://{inner}{'?' if query else ''}{query}"


def _asked_for(site: str, path: str, query: str) -> str:
    names = _REDIRECTS.get((site, path.rstrip("/")), ())
    inside = dict(parse_qsl(query)) if names else {}
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
    return urlencode(sorted(parameter for parameter in parameters if not tracks(*parameter, host)))
