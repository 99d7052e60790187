"""What a feed calls itself, without what services and programs write around a name."""

from __future__ import annotations

import re

from digest.feeds.lookalikes import visible

# By the host that may call itself so: what a title there looks like, and what it comes to.
_OF_SERVICES = (
    (
        "reddit.com",
        re.compile(
            r"(?:(?:top|best) scoring links|newest submissions|rising submissions|hot|new|best"
            r"|most controversial links) : (?P<name>[\w+]+)",
            re.IGNORECASE,
        ),
        "r/{name}",
    ),
    (
        "reddit.com",
        re.compile(r"(?:overview for|submitted by|comments by) (?P<name>[\w-]+)", re.IGNORECASE),
        "u/{name}",
    ),
    (
        "arxiv.org",
        re.compile(r"(?P<name>[\w-]+(?:\.[\w-]+)?) updates on arXiv\.org", re.IGNORECASE),
        "arXiv {name}",
    ),
    ("hnrss.org", re.compile(r"(?P<name>Hacker News): Front Page"), "{name}"),
    ("medium.com", re.compile(r"Stories by (?P<name>.+) on Medium"), "{name}"),
)
_KINDS = r"(?:RSS(?: ?[12]\.0)?|Atom(?: 1\.0)?|XML|JSON)"
# What stands before the name.
_BEFORE = re.compile(
    r"^(?:(?:release notes|releases|tags) (?:from|for|of)|PyPI recent updates for"
    r"|(?:recent|latest) (?:content|posts|entries|articles) (?:on|in Posts on|from|of)"
    r"|uploads (?:from|by)"
    rf"|(?:the )?(?:{_KINDS}[ -])?feed (?:for|of|from)|{_KINDS} (?:for|of|from)"
    r"|flux(?: RSS)? (?:de|du)|RSS-Feed (?:von|der|des)|(?:canal|fuente|feed) RSS (?:de|di|do)"
    r"|(?:RSS|feed)\s*[:|–—-])\s+",
    re.IGNORECASE,
)
# What stands behind it.
_BEHIND = re.compile(
    r"\s+[-–—|·:»]+\s+(?:YouTube|Medium|Substack|Vimeo|SoundCloud)$"
    rf"|\s*[-–—|·:»]+\s*(?:(?:{_KINDS}|main|news|blog)[ -])?(?:feeds?|flux RSS|newsfeed|{_KINDS})$"
    rf"|\s+{_KINDS}[ -]feed$|\s+feed {_KINDS}$|\s*[(\[](?:{_KINDS}|feed|{_KINDS} feed)[)\]]$"
    r"|\s+(?-i:RSS)(?: ?[12]\.0)?$|\s*の(?:フィード|RSS)$"
    r"|\s*[-–—|·:»]+\s+(?:all|latest|recent|newest)"
    r" (?:stories|news|articles|posts|headlines|entries|content|updates|episodes)$",
    re.IGNORECASE,
)
# One around the other: `RSS feed of X - YouTube`.
_MOST_AROUND = 3


def plain_name(title: str, host: str) -> str:
    """The name in what a feed of this host calls itself; all of it where nothing else is left."""
    for service, form, name in _OF_SERVICES:
        match = form.fullmatch(title.strip())
        if match and f".{host}".endswith(f".{service}"):
            return name.format_map(match.groupdict())
    for _ in range(_MOST_AROUND):
        for around in (_BEFORE, _BEHIND):
            rest = around.sub("", title, count=1)
            title = rest if len(rest.strip()) > 1 and visible(rest) else title
    return title
