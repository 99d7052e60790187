"""Sites that have one thing at several addresses, and the one that stands for all of them.

Only what leads to the same for certain is here: a comment is not its thread, a playlist not one of
its videos, and a search for `s=20` not the page of a tweet.
"""

from __future__ import annotations

import re

_ARXIV = r"(?P<id>\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Za-z]{2})?/\d{7})(?:v\d+)?"
_VIDEO = r"(?P<id>[\w-]+)"
_THREAD = r"/(?:(?:r|user)/[^/?]+/)?comments/(?P<id>\w+)"
_REDDIT = "reddit.com/comments/{id}"
_YOUTUBE = "youtube.com/watch?v={id}"
# By host: what an address there looks like behind its host, and what it comes to.
_FORMS = {
    "arxiv.org": (
        (rf"/(?:abs|pdf|html|format|ps)/{_ARXIV}(?:\.pdf)?(?:\?.*)?", "arxiv.org/abs/{id}"),
    ),
    "doi.org": (
        (rf"/10\.48550/arxiv\.{_ARXIV}(?:\?.*)?", "arxiv.org/abs/{id}"),
        (r"/(?P<id>10\.\d{4,9}/[^?]+)(?:\?.*)?", "doi.org/{id}"),
    ),
    "youtube.com": (
        (rf"/watch\?(?:.*&)?v={_VIDEO}(?:&.*)?", _YOUTUBE),
        (rf"/(?:shorts|embed|live|v|e)/{_VIDEO}(?:\?.*)?", _YOUTUBE),
    ),
    "youtu.be": ((rf"/{_VIDEO}(?:\?.*)?", _YOUTUBE),),
    "vimeo.com": ((r"/(?:video/)?(?P<id>\d+)(?:\?.*)?", "vimeo.com/{id}"),),
    "reddit.com": (
        (rf"{_THREAD}(?:/[^/?]*)?(?:\?.*)?", _REDDIT),
        (rf"{_THREAD}/[^/?]*/(?P<comment>\w+)(?:\?.*)?", f"{_REDDIT}/_/{{comment}}"),
        (r"/gallery/(?P<id>\w+)(?:\?.*)?", _REDDIT),
    ),
    "redd.it": ((r"/(?P<id>\w+)(?:\?.*)?", _REDDIT),),
    "x.com": (
        (r"/(?:\w+|i/web)/status(?:es)?/(?P<id>\d+)(?:/(?:photo|video)/\d+)?(?:\?.*)?",
         "x.com/i/status/{id}"),
    ),
    "medium.com": (
        (r"/(?:.*[/-])?(?P<id>[0-9a-f]{10,12})(?:\?.*)?", "medium.com/p/{id}"),
    ),
    "open.substack.com": (
        (r"/pub/(?P<name>[\w-]+)/p/(?P<id>[^/?]+)(?:\?.*)?", "{name}.substack.com/p/{id}"),
    ),
    "stackoverflow.com": (
        (r"/(?:q|questions)/(?P<id>\d+)(?:/[^/?]*)?(?:\?.*)?", "stackoverflow.com/questions/{id}"),
    ),
}  # fmt: skip
_READ = {
    host: tuple((re.compile(path), form) for path, form in forms) for host, forms in _FORMS.items()
}
# Other hosts with the same at the same path.
_HOSTS = {
    **dict.fromkeys(("old.reddit.com", "new.reddit.com", "np.reddit.com"), "reddit.com"),
    **dict.fromkeys(("i.reddit.com", "sh.reddit.com"), "reddit.com"),
    **dict.fromkeys(("twitter.com", "nitter.net", "xcancel.com"), "x.com"),
    **dict.fromkeys(("fxtwitter.com", "vxtwitter.com", "fixupx.com"), "x.com"),
    **dict.fromkeys(("youtube-nocookie.com", "music.youtube.com"), "youtube.com"),
    **dict.fromkeys(("export.arxiv.org", "ar5iv.org", "ar5iv.labs.arxiv.org"), "arxiv.org"),
    **dict.fromkeys(("alphaxiv.org", "browse.arxiv.org"), "arxiv.org"),
    **dict.fromkeys(("libredd.it", "teddit.net", "safereddit.com"), "reddit.com"),
    **dict.fromkeys(("yewtu.be", "piped.video"), "youtube.com"),
    "scribe.rip": "medium.com",
    "dx.doi.org": "doi.org",
    "player.vimeo.com": "vimeo.com",
}
# Sites whose writers have hosts of their own below it, with addresses of the same form.
_OF_WRITERS = {"medium.com"}


def main_host(host: str) -> str:
    """The host that a site's other hosts stand for; else the same."""
    return _HOSTS.get(host, host)


def site_key(host: str, rest: str) -> str:
    """What an address of such a site comes to; nothing of other sites.

    `rest` is the path and the query. Host names in it are in lower case, as they were folded.
    """
    above = host.partition(".")[2]
    for path, form in _READ.get(above if above in _OF_WRITERS else host, ()):
        if match := path.fullmatch(rest.lower() if host == "doi.org" else rest):
            return form.format_map(match.groupdict())
    return ""
