"""Feeds made of other feeds, most of them well-formed: elements moved, copied, renamed, changed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence

NAMESPACES = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "feedburner": "http://rssnamespace.org/feedburner/ext/1.0",
    "georss": "http://www.georss.org/georss",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "media": "http://search.yahoo.com/mrss/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "slash": "http://purl.org/rss/1.0/modules/slash/",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
    "thr": "http://purl.org/syndication/thread/1.0",
    "wfw": "http://wellformedweb.org/CommentAPI/",
    "xhtml": "http://www.w3.org/1999/xhtml",
    "yt": "http://www.youtube.com/xml/schemas/2015",
}
_OPENING = re.compile(rb"<([A-Za-z_][\w:.-]*)")
_ELEMENT = re.compile(
    rb"<([A-Za-z_][\w:.-]*)(?:\s[^<>]*)?(?:/>|>(?:(?!<\1[\s/>]).)*?</\1\s*>)", re.DOTALL
)
_TEXT = re.compile(rb">([^<>]+)<")
TEXTS = [
    *(b"", b" ", b"x", b"A title", b" a \n b ", b"&amp;", b"&lt;b&gt;x&lt;/b&gt;", b"AT&amp;amp;T"),
    *(
        b"&lt;p&gt;one&lt;/p&gt;\n\n&lt;blink&gt;two&lt;/blink&gt;",
        b"x\n\ny",
        b"&amp;nope; &amp;lt;",
    ),
    *(
        b"<![CDATA[<p>x & y</p>]]>",
        b"<![CDATA[a]]>b<![CDATA[ c]]>",
        b"a<!-- x -->b",
        b"&#150;&#x92;",
    ),
    *(b"caf\xc3\xa9", b"caf\xc3\x83\xc2\xa9", b"\xe6\x97\xa5\xe6\x9c\xac", b"\xc2\xa0x\xc2\xa0"),
    *(b"&#13;a&#9;b&#10;c", b"a\r\nb\rc", b"&#x1F600;", b"&#8217;", b"\xc2\x85", b"\xe2\x80\xa8x"),
    *(b"Mon, 16 Nov 2026 09:00:00 +0000", b"2026-11-16T09:00:00Z", b"2026-11-16", b"yesterday"),
    *(b"16 November 2026", b"Sept 3, 2026", b"1763280000", b"01/02/2026", b"T", b"24:00"),
    *(b"https://site.example/a", b"/relative", b"?q=1&amp;r=2", b"https:////site.example/x"),
    *(b"//host.example/p", b"http://[", b"HTTP://Site.Example:80/../a b?#", b"tag:x,2026:1"),
    *(b"mailto:a@b.example", b"a@b.example (Ann)", b"Ann (a@b.example)", b"Ann", b"ann@b.museum"),
    *(b"12:34", b"3600", b"0", b"60", b"daily", b"image/png", b"true", b"false", b"a, b,,a"),
]
ATTRIBUTES = [
    *(b"type='html'", b"type='text'", b"type='xhtml'", b"type='text/plain'", b"type='image/png'"),
    *(b"type='HTML'", b"type='audio/mpeg'", b"type=''", b"mode='escaped'", b"mode='base64'"),
    *(b"rel='enclosure'", b"rel='alternate'", b"rel='self'", b"rel='Alternate'", b"rel=''"),
    *(b"href='/x'", b"href=''", b"href='https://site.example/h?a=1&amp;b;'", b"url='u'", b"url=''"),
    *(b"uri='i'", b"isPermaLink='false'", b"ispermalink='True'", b"isPermaLink='true'", b"x='y'"),
    *(b"xml:base='https://base.example/a/'", b"xml:base='/b/'", b"base='x'", b"xml:lang='de'"),
    *(b"xml:base=''", b"xml:base='https://base.example?'", b"medium='image'", b"duration='61'"),
    *(
        b"role='author'",
        b"role='photographer'",
        b"rdf:about='r'",
        b"rdf:resource='s'",
        b"lastmod='2'",
    ),
    *(b"dc:type='html'", b"yt:base='x'", b"xmlns='urn:x'", b"xmlns=''", b"xmlns:yt='urn:y'"),
    *(b"xmlns:m='http://search.yahoo.com/mrss/'", b"xmlns:media='urn:m'", b"xmlns:dc='urn:d'"),
    *(b"xmlns:slash='http://purl.org/dc/elements/1.1/'", b"xmlns='http://purl.org/rss/1.0/'"),
    *(b"xmlns='http://www.w3.org/2005/Atom'", b"xmlns='http://www.w3.org/1999/xhtml'"),
    *(b"xmlns:A='urn:x'", b"xmlns:xlink='http://www.w3.org/1999/xlink'", b"version='0.3'"),
    *(b"xmlns:b='http://backend.userland.com/RSS2'", b"src='s'", b"text='t'", b"size='1'"),
    *(b"term='t'", b"term=''", b"label='l'", b"scheme='s'", b"domain='d'", b"yt:term='t'"),
]
NAMES = [
    *(
        b"title",
        b"link",
        b"description",
        b"guid",
        b"id",
        b"pubDate",
        b"author",
        b"content",
        b"name",
    ),
    *(b"content:encoded", b"dc:creator", b"dc:date", b"dc:title", b"dc:description", b"dc:subject"),
    *(b"dcterms:modified", b"dcterms:created", b"dcterms:issued", b"dcterms:valid", b"updated"),
    *(
        b"published",
        b"issued",
        b"modified",
        b"created",
        b"summary",
        b"subtitle",
        b"rights",
        b"email",
    ),
    *(b"itunes:author", b"itunes:summary", b"itunes:subtitle", b"itunes:title", b"itunes:image"),
    *(b"itunes:duration", b"itunes:owner", b"itunes:name", b"itunes:category", b"itunes:keywords"),
    *(b"media:title", b"media:description", b"media:content", b"media:group", b"media:thumbnail"),
    *(b"media:credit", b"media:rating", b"media:keywords", b"media:license", b"media:player"),
    *(b"image", b"url", b"uri", b"source", b"category", b"enclosure", b"comments", b"textInput"),
    *(b"contributor", b"generator", b"ttl", b"skipHours", b"hour", b"sy:updatePeriod", b"language"),
    *(b"sy:updateFrequency", b"feedburner:origLink", b"slash:comments", b"wfw:commentRss"),
    *(b"yt:videoId", b"thr:total", b"atom:link", b"atom:title", b"atom:updated", b"atom:summary"),
    *(b"georss:point", b"xhtml:body", b"xhtml:div", b"xhtml:p", b"div", b"b", b"x", b"thr:detail"),
    *(b"tags", b"authors", b"links", b"date", b"media_content", b"body", b"fullitem", b"keywords"),
    *(b"webMaster", b"managingEditor", b"copyright", b"lastBuildDate", b"cloud", b"docs", b"where"),
    *(b"item", b"entry", b"channel", b"dc:publisher", b"dc:contributor", b"dc:language", b"width"),
    b"media:category",
]


def with_namespaces(body: bytes) -> bytes:
    """A feed whose root declares the prefixes that it uses."""
    root = _OPENING.search(body)
    if not root:
        return body
    missing = (
        f' xmlns:{prefix}="{uri}"'.encode()
        for prefix, uri in NAMESPACES.items()
        if f"xmlns:{prefix}=".encode() not in body and f"{prefix}:".encode() in body
    )
    return body[: root.end()] + b"".join(missing) + body[root.end() :]


def _element(body: bytes, chance: random.Random) -> tuple[int, int]:
    """Where a random element begins and ends; mostly a small one."""
    starts = [match.start() for match in _OPENING.finditer(body)][1:]
    for _ in range(5):
        if starts and (match := _ELEMENT.match(body, chance.choice(starts))):
            return match.span()
    return 0, 0


def _renamed(element: bytes, name: bytes) -> bytes:
    opening = _OPENING.match(element)
    if not opening:
        return element
    former = re.escape(opening[1])
    element = re.sub(rb"\A<" + former, b"<" + name, element)
    return re.sub(former + rb"(\s*>)\Z", name + rb"\1", element)


def _with_attribute(element: bytes, chance: random.Random) -> bytes:
    opening = _OPENING.match(element)
    if not opening:
        return element
    return opening[0] + b" " + chance.choice(ATTRIBUTES) + element[opening.end() :]


def _with_other_text(body: bytes, chance: random.Random) -> bytes:
    texts = list(_TEXT.finditer(body))
    if not texts:
        return body
    one = chance.choice(texts)
    return body[: one.start(1)] + chance.choice(TEXTS) + body[one.end(1) :]


def _made(chance: random.Random) -> bytes:
    name = chance.choice(NAMES)
    return b"<%s>%s</%s>" % (name, chance.choice(TEXTS), name)


def _edited(body: bytes, others: Sequence[bytes], chance: random.Random) -> bytes:
    start, end = _element(body, chance)
    before, element, after = body[:start], body[start:end], body[end:]
    if not element or chance.random() < 0.15:
        return _with_other_text(body, chance)
    other = chance.choice(others)
    elsewhere, _ = _element(body, chance)
    edits = (
        lambda: before + after,
        lambda: before + element + element + after,
        lambda: before + other[slice(*_element(other, chance))] + element + after,
        lambda: body[:elsewhere] + element + body[elsewhere:],
        lambda: before + _renamed(element, chance.choice(NAMES)) + after,
        lambda: before + _with_attribute(element, chance) + after,
        lambda: before + _made(chance) + element + after,
    )
    return chance.choice(edits)()


def reshape(body: bytes, others: Sequence[bytes], chance: random.Random) -> bytes:
    """One to four edits that seldom make a feed anything but well-formed."""
    for _ in range(chance.randint(1, 4)):
        body = _edited(body, others, chance)
    return with_namespaces(body)
