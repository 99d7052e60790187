"""Ten kinds of page and more, each as its kind of site writes it, and where its feed is."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.feed_xml import item, rss

ATOM = (
    '<feed xmlns="http://www.w3.org/2005/Atom"><title>A feed</title><id>urn:x:1</id>'
    "<updated>2026-11-16T09:00:00Z</updated><entry><title>One</title><id>urn:x:2</id>"
    '<link href="https://site.example/1"/><updated>2026-11-16T09:00:00Z</updated></entry></feed>'
)
JSON = (
    '{"version": "https://jsonfeed.org/version/1.1", "title": "A feed", '
    '"items": [{"id": "1", "url": "https://site.example/1", "content_text": "One."}]}'
)
RSS = rss(item(1), item(2))


@dataclass(frozen=True)
class Page:
    """A page at `path` of a site, and the feed that belongs to it."""

    html: str
    feed: str
    path: str = "/"
    body: str = RSS
    headers: dict[str, str] = field(default_factory=dict)


PAGES = {
    "wordpress": Page(
        """<!DOCTYPE html><html lang="en-US"><head><meta charset="UTF-8">
<link rel="profile" href="https://gmpg.org/xfn/11"><link rel="pingback" href="/xmlrpc.php">
<link rel="alternate" type="application/rss+xml" title="Site &raquo; Comments Feed"
 href="{site}/comments/feed/" />
<link rel="alternate" type="application/rss+xml" title="Site &raquo; Feed" href="{site}/feed/" />
<link rel="alternate" title="JSON" type="application/json" href="{site}/wp-json/wp/v2/pages/2" />
<link rel="alternate" title="oEmbed (XML)" type="text/xml+oembed" href="{site}/wp-json/o?u=1" />
</head><body><p>Hello</p></body></html>""",
        "/feed/",
    ),
    "blogger": Page(
        """<!DOCTYPE html><html dir='ltr' xmlns='http://www.w3.org/1999/xhtml'><head>
<link rel="alternate" type="application/atom+xml" title="Site - Atom"
 href="{site}/feeds/posts/default" />
<link rel="alternate" type="application/rss+xml" title="Site - RSS"
 href="{site}/feeds/posts/default?alt=rss" />
<link rel="service.post" type="application/atom+xml" title="Site - Atom"
 href="https://www.blogger.example/feeds/1/posts/default" /></head><body></body></html>""",
        "/feeds/posts/default",
        path="/2026/11/a-post.html",
        body=ATOM,
    ),
    "hugo": Page(
        """<!DOCTYPE html><html><head><link rel=stylesheet href=/style.css>
<link rel=alternate type=application/rss+xml href=/index.xml title=Site></head><body>""",
        "/index.xml",
        path="/posts/one/",
    ),
    "jekyll": Page(
        """<html><head><link type="application/atom+xml" rel="alternate" title="Site"
 href="{site}/feed.xml"/></head><body></body></html>""",
        "/feed.xml",
        body=ATOM,
    ),
    "substack": Page(
        """<!doctype html><html><head><script>window._preloads = "<link rel='alternate'
 type='application/rss+xml' href='/wrong'>"</script><link data-rh="true" rel="alternate"
 type="application/rss+xml" href="/feed" title="Site"/></head><body></body></html>""",
        "/feed",
        path="/p/a-post",
    ),
    "medium": Page(
        """<!doctype html><html><head><link data-rh="true" rel="alternate"
 type="application/rss+xml" title="RSS" href="/feed/@someone"/></head><body></body></html>""",
        "/feed/@someone",
        path="/@someone",
    ),
    "github": Page(
        """<!DOCTYPE html><html lang="en"><head><link rel="dns-prefetch" href="/assets">
</head><body><link href="/o/r/commits/main.atom" rel="alternate"
 title="Recent Commits to r:main" type="application/atom+xml"><div>r</div></body></html>""",
        "/o/r/commits/main.atom",
        path="/o/r",
        body=ATOM,
    ),
    "youtube": Page(
        "<!DOCTYPE html><html><head><script>var x = {" + "a" * 300_000 + "};</script>"
        """<link rel="alternate" media="handheld" href="{site}/m"><link rel="alternate"
 type="application/rss+xml" title="RSS" href="{site}/feeds/videos.xml?channel_id=UC1&amp;a=2">
</head><body></body></html>""",
        "/feeds/videos.xml?channel_id=UC1&a=2",
        path="/@channel",
        body=ATOM,
    ),
    "base": Page(
        """<html><head><base target="_top"><base href="/blog/"><base href="/wrong/">
<link rel="alternate" type="application/rdf+xml" href="rss/../index.rdf"></head></html>""",
        "/blog/index.rdf",
        path="/elsewhere/",
    ),
    "upper case": Page(
        """<HTML><HEAD><LINK HREF=News.RSS TITLE='It''s' TYPE="Application/RSS+XML;charset=x"
 REL='ALTERNATE HOME'></HEAD><BODY>""",
        "/a/News.RSS",
        path="/a/b.htm",
    ),
    "json feed": Page(
        """<link rel="alternate" type="application/json" title="JSON Feed" href="/posts.json">""",
        "/posts.json",
        body=JSON,
    ),
    "rel=feed": Page("""<link rel="feed" href="/updates">""", "/updates"),
    "anchor": Page(
        """<html><body><!-- <link rel="feed" href="/wrong"> --><a href="/about">About</a>
<a href="feed:{site}/news/rss.xml#top">Subscribe</a></body></html>""",
        "/news/rss.xml",
    ),
    "header": Page(
        "<html><body>Hello</body></html>",
        "/all.php",
        headers={"Link": '</a.css>; rel=preload, </all.php>; rel="feed"; title="A, b; c"'},
    ),
    "label": Page(
        """<html><body><a href="/feedback">Feedback</a><a href="/all.php">
<img src="/icon.png" alt="RSS"></a></body></html>""",
        "/all.php",
    ),
    "podcast": Page("""<a href="itpc:{site}/show">Subscribe</a>""", "/show"),
    "comments of a post": Page(
        """<html><head>
<link rel="alternate" type="application/rss+xml" title="Seite &raquo; Beitrag Kommentar-Feed"
 href="/beitrag/feed/"><link rel="alternate" type="application/rss+xml" title="Seite &raquo; Feed"
 href="/feed/"></head></html>""",
        "/feed/",
        path="/beitrag/",
    ),
    "spaces": Page(
        """<link rel="alternate" type="application/rss+xml" href="/all posts.xml">""",
        "/all%20posts.xml",
    ),
    "nothing, beside it": Page("<html><body>Hello</body></html>", "/blog/atom.xml", path="/blog/"),
    "nothing, at the root": Page("<html><body>Hello</body></html>", "/rss", path="/blog/"),
    "wrong link": Page('<link rel="feed" href="/gone">', "/feed.xml"),
    "the feed itself": Page(RSS, "/any", path="/any"),
}
