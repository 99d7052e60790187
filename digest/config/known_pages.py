"""Pages of well-known services, and the source that each stands for: the table, as plain data."""

from __future__ import annotations

from typing import NamedTuple


class Page(NamedTuple):
    """A page of a service for a channel, a project, an author or a subject.

    `pattern` is of what follows `https://`, without the slash or the query that may end it;
    `source` is the short form of a kind or the address of a feed, with the groups of the pattern.
    """

    service: str
    example: str
    pattern: str
    source: str


def _any_but(words: str, name: str = r"[\w-]+") -> str:
    """A pattern of a name that is none of the words, which the service has for itself."""
    return rf"(?!(?:{'|'.join(words.split())})(?:[./?]|$)){name}"


# The tabs of a channel.
_TAB = r"(?:/(?:about|community|featured|playlists|podcasts|posts|releases|shorts|streams|videos))?"
_YOUTUBE = r"(?:www\.|m\.)?youtube\.com"
_OWNER = _any_but(
    "about account apps blog codespaces collections contact copilot customer-stories dashboard"
    " enterprise events explore features issues join login logout marketplace mobile new"
    " notifications organizations orgs pricing pulls readme resources search security sessions"
    " settings signup site solutions sponsors stars team topics trending users"
)
_REPOSITORY = rf"(?:www\.)?github\.com/(?P<owner>{_OWNER})/(?P<name>[\w.-]+?)"
# What a search finds is no list of all.
_UNSEARCHED = r"(?!/?\?)"
_SUBREDDITS = r"(?:[a-z]+\.)?reddit\.com/r/(?P<names>\w+(?:\+\w+)*)"
_NEWSLETTER = _any_but("api cdn email open support www")
_PUBLICATION = _any_but(
    "about creators feed jobs-at-medium m me membership new-story p plans policy search tag topic"
    " topics"
)
_MEDIUM_NAME = _any_but("api cdn help link miro policy status www")
_BLOG = _any_but("api assets at embed media static support www")
_BLOG_PAGE = _any_but(
    "about communities dashboard developers docs domains explore following help inbox likes live"
    " login logout new policy press privacy register rss search security settings tagged tags"
    " themes topics"
)
_AUTHOR = _any_but(
    "about challenges contact dashboard enter faq feed help latest listings new notifications p pod"
    " privacy readinglist rss search series settings shop t tags terms top videos",
    r"\w+",
)
_MEMBER = _any_but(
    "about activity actor apps contact crew director film films journal legal list lists members"
    " people pro reviews search settings tag videos",
    r"\w+",
)
# Large servers, of which everybody knows what they run; for any other its page is asked.
_MASTODON = (
    *("chaos.social", "fosstodon.org", "hachyderm.io", "infosec.exchange", "mas.to"),
    *("mastodon.online", "mastodon.social", "mastodon.world", "mathstodon.xyz", "mstdn.social"),
)
_PROJECT = r"(?P<project>[\w.-]+(?:/[\w.-]+)+)"

PAGES = (
    Page(
        "YouTube",
        "https://www.youtube.com/channel/UCYO_jab_esuFRV4b17AJtAw",
        rf"{_YOUTUBE}/channel/(?P<id>UC[\w-]{{22}}){_TAB}",
        "youtube:{id}",
    ),
    Page(
        "YouTube",
        "https://www.youtube.com/@3blue1brown",
        rf"{_YOUTUBE}/(?P<name>@[^/?@]{{1,100}}){_TAB}",
        "youtube:{name}",
    ),
    Page(
        "YouTube",
        "https://www.youtube.com/c/3blue1brown",
        rf"{_YOUTUBE}/(?P<name>(?:c|user)/[^/?]{{1,100}}){_TAB}",
        "youtube:{name}",
    ),
    Page(
        "YouTube",
        "https://www.youtube.com/playlist?list=PLZHQObOWTQDPD3MizzM2xVFitgF8hE_ab",
        rf"{_YOUTUBE}/playlist\?(?:.*&)?list=(?P<id>PL[\w-]{{10,80}})",
        "youtube:{id}",
    ),
    Page(
        "GitHub",
        "https://github.com/astral-sh/uv",
        rf"{_REPOSITORY}(?:\.git|/releases(?:/latest|/tag/[^?]+)?)?",
        "github:{owner}/{name}",
    ),
    Page(
        "GitHub",
        "https://github.com/astral-sh/uv/tags",
        rf"{_REPOSITORY}/(?P<what>tags|commits){_UNSEARCHED}",
        "github:{owner}/{name}:{what}",
    ),
    Page(
        "GitHub",
        "https://github.com/astral-sh/uv/commits/main",
        rf"{_REPOSITORY}/commits/(?P<branch>[^/?:]+){_UNSEARCHED}",
        "github:{owner}/{name}:commits:{branch}",
    ),
    Page(
        "GitHub",
        "https://github.com/astral-sh/uv/issues",
        rf"{_REPOSITORY}/(?P<what>issues|discussions){_UNSEARCHED}",
        "github:{owner}/{name}:{what}",
    ),
    Page(
        "GitHub",
        "https://github.com/astral-sh/uv/security/advisories",
        rf"{_REPOSITORY}/security/(?P<what>advisories)",
        "github:{owner}/{name}:{what}",
    ),
    Page(
        "GitHub",
        "https://github.com/astral-sh",
        rf"(?:www\.)?github\.com/(?:orgs/)?(?P<owner>{_OWNER})(?:/repositories)?",
        "github:{owner}",
    ),
    Page(
        "Reddit",
        "https://old.reddit.com/r/selfhosted+python",
        rf"{_SUBREDDITS}(?:/hot)?",
        "reddit:{names}",
    ),
    Page(
        "Reddit",
        "https://www.reddit.com/r/selfhosted/top/?t=week",
        rf"{_SUBREDDITS}/top/?\?(?:.*&)?t=(?P<time>hour|week|month|year|all)",
        "reddit:{names}:top:{time}",
    ),
    Page(
        "Reddit",
        "https://www.reddit.com/r/selfhosted/new",
        rf"{_SUBREDDITS}/(?P<sort>new|top|rising)",
        "reddit:{names}:{sort}",
    ),
    Page(
        "Bluesky",
        "https://bsky.app/profile/bsky.app",
        r"bsky\.app/profile/(?P<account>did:(?:plc|web):[\w.-]+|[\w-]+(?:\.[\w-]+)+)",
        "bluesky:{account}",
    ),
    *(
        Page(
            "Mastodon",
            f"https://{server}/@Mastodon",
            rf"{server}/@(?P<name>\w+)(?:/(?:media|with_replies))?",
            f"mastodon:@{{name}}@{server}",
        )
        for server in _MASTODON
    ),
    *(
        Page(
            "Mastodon",
            f"https://{server}/tags/python",
            rf"{server}/tags/(?P<tag>\w+)",
            f"mastodon:#{{tag}}@{server}",
        )
        for server in _MASTODON
    ),
    Page(
        "Hacker News",
        "https://news.ycombinator.com/",
        r"news\.ycombinator\.com(?:/news)?",
        "hackernews:front",
    ),
    Page(
        "Hacker News",
        "https://news.ycombinator.com/newest",
        r"news\.ycombinator\.com/(?P<list>new)est",
        "hackernews:{list}",
    ),
    Page(
        "Hacker News",
        "https://news.ycombinator.com/best",
        r"news\.ycombinator\.com/(?P<list>best|ask|show)",
        "hackernews:{list}",
    ),
    Page(
        "Substack",
        "https://astralcodexten.substack.com/archive",
        rf"(?P<name>{_NEWSLETTER})\.substack\.com(?!/(?:feed|api)\b)(?:/[^?]*)?(?<!/feed)",
        "https://{name}.substack.com/feed",
    ),
    Page(
        "Medium",
        "https://medium.com/@netflixtechblog",
        r"(?:www\.)?medium\.com/(?P<name>@[\w.-]+|tag/[\w-]+)",
        "https://medium.com/feed/{name}",
    ),
    Page(
        "Medium",
        "https://medium.com/airbnb-engineering",
        rf"(?:www\.)?medium\.com/(?P<name>{_PUBLICATION}(?:/tagged/[\w-]+)?)",
        "https://medium.com/feed/{name}",
    ),
    Page(
        "Medium",
        "https://netflixtechblog.medium.com/",
        rf"(?P<name>{_MEDIUM_NAME})\.medium\.com",
        "https://{name}.medium.com/feed",
    ),
    Page(
        "Tumblr",
        "https://staff.tumblr.com/",
        rf"(?P<name>{_BLOG})\.tumblr\.com",
        "https://{name}.tumblr.com/rss",
    ),
    Page(
        "Tumblr",
        "https://staff.tumblr.com/tagged/features",
        rf"(?P<name>{_BLOG})\.tumblr\.com/tagged/(?P<tag>[^/?]+)",
        "https://{name}.tumblr.com/tagged/{tag}/rss",
    ),
    Page(
        "Tumblr",
        "https://www.tumblr.com/staff",
        rf"(?:www\.)?tumblr\.com/(?:blog/(?:view/)?)?(?P<name>{_BLOG_PAGE})",
        "https://{name}.tumblr.com/rss",
    ),
    Page("DEV", "https://dev.to/", r"dev\.to", "https://dev.to/feed"),
    Page(
        "DEV", "https://dev.to/t/python", r"dev\.to/t/(?P<tag>\w+)", "https://dev.to/feed/tag/{tag}"
    ),
    Page(
        "DEV", "https://dev.to/ben", rf"dev\.to/(?P<name>{_AUTHOR})", "https://dev.to/feed/{name}"
    ),
    Page("Lobsters", "https://lobste.rs/", r"lobste\.rs", "https://lobste.rs/rss"),
    Page(
        "Lobsters",
        "https://lobste.rs/t/python,rust",
        r"lobste\.rs/(?P<list>newest|t/[\w,+-]+)",
        "https://lobste.rs/{list}.rss",
    ),
    Page(
        "arXiv",
        "https://arxiv.org/list/cs.AI/recent",
        r"(?:www\.|export\.)?arxiv\.org"
        r"/list/(?P<category>[a-z-]+(?:\.[A-Za-z-]{2,})?)/(?:current|new|pastweek|recent)",
        "https://rss.arxiv.org/rss/{category}",
    ),
    *(
        Page(
            "Stack Exchange",
            f"https://{site}/questions/tagged/{tag}",
            r"(?P<site>(?:[a-z-]+\.)*[a-z]+\.[a-z]+)/questions/tagged/(?P<tag>[^/?+ ]+)",
            "https://{site}/feeds/tag/{tag}",
        )
        for site, tag in (
            ("stackoverflow.com", "python"),
            ("unix.stackexchange.com", "systemd"),
            ("superuser.com", "linux"),
            ("serverfault.com", "nginx"),
            ("askubuntu.com", "snap"),
            ("mathoverflow.net", "knot-theory"),
        )
    ),
    Page(
        "Steam",
        "https://store.steampowered.com/app/413150/Stardew_Valley/",
        r"store\.steampowered\.com/(?:news/)?app/(?P<id>\d+)(?:/\w*)?",
        "https://store.steampowered.com/feeds/news/app/{id}",
    ),
    Page(
        "GitLab",
        "https://gitlab.com/gitlab-org/gitlab-runner/-/releases",
        rf"gitlab\.com/{_PROJECT}/-/releases",
        "https://gitlab.com/{project}/-/releases.atom",
    ),
    Page(
        "GitLab",
        "https://gitlab.com/gitlab-org/gitlab-runner/-/tags",
        rf"gitlab\.com/{_PROJECT}/-/tags",
        "https://gitlab.com/{project}/-/tags?format=atom",
    ),
    Page(
        "Codeberg",
        "https://codeberg.org/forgejo/forgejo/releases",
        rf"codeberg\.org/{_PROJECT}/(?P<list>releases|tags)",
        "https://codeberg.org/{project}/{list}.rss",
    ),
    Page(
        "PyPI",
        "https://pypi.org/project/pydantic/",
        r"pypi\.org/project/(?P<name>[\w.-]+)(?:/[\w.-]+)?",
        "https://pypi.org/rss/project/{name}/releases.xml",
    ),
    Page(
        "Letterboxd",
        "https://letterboxd.com/dave/",
        rf"(?:www\.)?letterboxd\.com/(?P<name>{_MEMBER})(?:/films|/films/diary|/diary|/reviews)?",
        "https://letterboxd.com/{name}/rss/",
    ),
    Page(
        "Goodreads",
        "https://www.goodreads.com/review/list/152185079?shelf=to-read",
        r"(?:www\.)?goodreads\.com/review/list/(?P<id>\d+)[\w-]*\?(?:.*&)?shelf=(?P<shelf>[^&]+)",
        "https://www.goodreads.com/review/list_rss/{id}?shelf={shelf}",
    ),
)
