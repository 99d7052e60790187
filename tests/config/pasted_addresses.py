"""Addresses as people paste them, ten of each service, and what each is read as."""

from __future__ import annotations

CHANNEL = "UCYO_jab_esuFRV4b17AJtAw"
PLAYLIST = "PLZHQObOWTQDPD3MizzM2xVFitgF8hE_ab"

PASTED = {
    "YouTube": {
        f"https://www.youtube.com/channel/{CHANNEL}": f"youtube:{CHANNEL}",
        f"https://youtube.com/channel/{CHANNEL}/videos?view=0&sort=dd": f"youtube:{CHANNEL}",
        f"http://m.youtube.com/channel/{CHANNEL}/": f"youtube:{CHANNEL}",
        "https://www.youtube.com/@3blue1brown": "youtube:@3blue1brown",
        "https://youtube.com/@3blue1brown?si=a1b2c3d4": "youtube:@3blue1brown",
        "https://www.youtube.com/@J%C3%BCrgen/streams": "youtube:@J%C3%BCrgen",
        "https://www.youtube.com/c/3blue1brown/featured": "youtube:c/3blue1brown",
        "https://www.youtube.com/user/numberphile#about": "youtube:user/numberphile",
        f"https://www.youtube.com/playlist?list={PLAYLIST}": f"youtube:{PLAYLIST}",
        f"https://youtube.com/playlist?feature=shared&list={PLAYLIST}&si=x": f"youtube:{PLAYLIST}",
    },
    "GitHub": {
        "https://github.com/astral-sh/uv": "github:astral-sh/uv",
        "https://github.com/astral-sh/uv.git": "github:astral-sh/uv",
        "https://www.github.com/astral-sh/uv/?tab=readme-ov-file#install": "github:astral-sh/uv",
        "https://github.com/astral-sh/uv/releases/latest": "github:astral-sh/uv",
        "https://github.com/astral-sh/uv/releases/tag/0.5.4": "github:astral-sh/uv",
        "https://github.com/nodejs/node.js/tags": "github:nodejs/node.js:tags",
        "https://github.com/astral-sh/uv/commits/main/": "github:astral-sh/uv:commits:main",
        "https://github.com/astral-sh/uv/issues": "github:astral-sh/uv:issues",
        "https://github.com/astral-sh/uv/discussions": "github:astral-sh/uv:discussions",
        "https://github.com/astral-sh": "github:astral-sh",
        "https://github.com/orgs/astral-sh/repositories?type=all": "github:astral-sh",
        "https://github.com/astral-sh/uv/security/advisories": "github:astral-sh/uv:advisories",
    },
    "Reddit": {
        "https://www.reddit.com/r/selfhosted/": "reddit:selfhosted",
        "https://reddit.com/r/selfhosted": "reddit:selfhosted",
        "https://old.reddit.com/r/selfhosted+python/": "reddit:selfhosted+python",
        "https://np.reddit.com/r/selfhosted/?utm_source=share": "reddit:selfhosted",
        "https://new.reddit.com/r/selfhosted/hot/": "reddit:selfhosted",
        "https://www.reddit.com/r/selfhosted/new/": "reddit:selfhosted:new",
        "https://www.reddit.com/r/selfhosted/rising/": "reddit:selfhosted:rising",
        "https://www.reddit.com/r/selfhosted/top/": "reddit:selfhosted:top",
        "https://www.reddit.com/r/selfhosted/top/?t=day": "reddit:selfhosted:top",
        "https://old.reddit.com/r/a1+b2/top/?sort=top&t=week": "reddit:a1+b2:top:week",
    },
    "Mastodon": {
        "https://mastodon.social/@Gargron": "mastodon:@Gargron@mastodon.social",
        "https://mastodon.social/@Gargron/with_replies": "mastodon:@Gargron@mastodon.social",
        "https://mastodon.social/tags/Introduction/": "mastodon:#Introduction@mastodon.social",
        "http://fosstodon.org/@kde?ref=x": "mastodon:@kde@fosstodon.org",
        "https://hachyderm.io/@a_b/media": "mastodon:@a_b@hachyderm.io",
        "https://infosec.exchange/tags/zeroday": "mastodon:#zeroday@infosec.exchange",
        "https://mathstodon.xyz/@ada/": "mastodon:@ada@mathstodon.xyz",
        "https://mas.to/@ada#posts": "mastodon:@ada@mas.to",
        "https://chaos.social/@ada": "mastodon:@ada@chaos.social",
        "https://mstdn.social/@ada1": "mastodon:@ada1@mstdn.social",
    },
    "Bluesky": {
        "https://bsky.app/profile/bsky.app": "bluesky:bsky.app",
        "https://bsky.app/profile/jay.bsky.team/": "bluesky:jay.bsky.team",
        "https://bsky.app/profile/name.bsky.social": "bluesky:name.bsky.social",
        "http://bsky.app/profile/name.bsky.social": "bluesky:name.bsky.social",
        "https://bsky.app/profile/a-b.example.co.uk": "bluesky:a-b.example.co.uk",
        "https://bsky.app/profile/name.bsky.social?ref=x": "bluesky:name.bsky.social",
        "https://bsky.app/profile/name.bsky.social#top": "bluesky:name.bsky.social",
        "https://bsky.app/profile/xn--bcher-kva.example": "bluesky:xn--bcher-kva.example",
        "https://bsky.app/profile/did:plc:z72i7hdynmk6r22z27h6tvur": (
            "bluesky:did:plc:z72i7hdynmk6r22z27h6tvur"
        ),
        "https://bsky.app/profile/did:web:example.com": "bluesky:did:web:example.com",
    },
    "Hacker News": {
        "https://news.ycombinator.com": "hackernews:front",
        "https://news.ycombinator.com/": "hackernews:front",
        "http://news.ycombinator.com/news": "hackernews:front",
        "https://news.ycombinator.com/news?p=2": "hackernews:front",
        "https://news.ycombinator.com/newest": "hackernews:new",
        "https://news.ycombinator.com/newest/": "hackernews:new",
        "https://news.ycombinator.com/best": "hackernews:best",
        "https://news.ycombinator.com/best?h=24": "hackernews:best",
        "https://news.ycombinator.com/ask": "hackernews:ask",
        "https://news.ycombinator.com/show": "hackernews:show",
    },
    "Substack": {
        f"https://name.substack.com{page}": "https://name.substack.com/feed"
        for page in (
            *("", "/", "/archive", "/about", "/p/a-post", "/p/a-post/comments", "/podcast"),
            *("/?utm_source=x", "/p/a-post?r=1", "/s/a-section#x"),
        )
    },
    "Medium": {
        "https://medium.com/@name": "https://medium.com/feed/@name",
        "https://medium.com/@name/": "https://medium.com/feed/@name",
        "https://www.medium.com/@first.last": "https://medium.com/feed/@first.last",
        "https://medium.com/@name?source=rss": "https://medium.com/feed/@name",
        "https://medium.com/airbnb-engineering": "https://medium.com/feed/airbnb-engineering",
        "https://medium.com/better-programming/": "https://medium.com/feed/better-programming",
        "https://medium.com/tag/python": "https://medium.com/feed/tag/python",
        "https://medium.com/airbnb-engineering/tagged/ai": (
            "https://medium.com/feed/airbnb-engineering/tagged/ai"
        ),
        "https://name.medium.com": "https://name.medium.com/feed",
        "https://netflixtechblog.medium.com/": "https://netflixtechblog.medium.com/feed",
    },
    "Tumblr": {
        "https://xkcd.tumblr.com": "https://xkcd.tumblr.com/rss",
        "http://xkcd.tumblr.com/": "https://xkcd.tumblr.com/rss",
        "https://a-b-c.tumblr.com/": "https://a-b-c.tumblr.com/rss",
        "https://xkcd.tumblr.com/?source=share": "https://xkcd.tumblr.com/rss",
        "https://xkcd.tumblr.com/tagged/what-if": "https://xkcd.tumblr.com/tagged/what-if/rss",
        "https://xkcd.tumblr.com/tagged/what%20if/": "https://xkcd.tumblr.com/tagged/what%20if/rss",
        "https://www.tumblr.com/xkcd": "https://xkcd.tumblr.com/rss",
        "https://tumblr.com/xkcd/": "https://xkcd.tumblr.com/rss",
        "https://www.tumblr.com/blog/xkcd": "https://xkcd.tumblr.com/rss",
        "https://www.tumblr.com/blog/view/xkcd": "https://xkcd.tumblr.com/rss",
    },
    "DEV": {
        "https://dev.to": "https://dev.to/feed",
        "https://dev.to/": "https://dev.to/feed",
        "https://dev.to/ben": "https://dev.to/feed/ben",
        "https://dev.to/ben/": "https://dev.to/feed/ben",
        "https://dev.to/some_body?i=i": "https://dev.to/feed/some_body",
        "https://dev.to/tagger": "https://dev.to/feed/tagger",
        "https://dev.to/t/python": "https://dev.to/feed/tag/python",
        "https://dev.to/t/webdev/": "https://dev.to/feed/tag/webdev",
        "http://dev.to/t/devops": "https://dev.to/feed/tag/devops",
        "https://dev.to/t/ai#top": "https://dev.to/feed/tag/ai",
    },
    "Lobsters": {
        "https://lobste.rs": "https://lobste.rs/rss",
        "https://lobste.rs/": "https://lobste.rs/rss",
        "http://lobste.rs/": "https://lobste.rs/rss",
        "https://lobste.rs/#x": "https://lobste.rs/rss",
        "https://lobste.rs/newest": "https://lobste.rs/newest.rss",
        "https://lobste.rs/newest/": "https://lobste.rs/newest.rss",
        "https://lobste.rs/t/python": "https://lobste.rs/t/python.rss",
        "https://lobste.rs/t/python,rust": "https://lobste.rs/t/python,rust.rss",
        "https://lobste.rs/t/c++": "https://lobste.rs/t/c++.rss",
        "https://lobste.rs/t/formal-methods/": "https://lobste.rs/t/formal-methods.rss",
    },
    "arXiv": {
        "https://arxiv.org/list/cs.AI/recent": "https://rss.arxiv.org/rss/cs.AI",
        "https://arxiv.org/list/cs.CL/new": "https://rss.arxiv.org/rss/cs.CL",
        "https://arxiv.org/list/cs.LG/pastweek?skip=0&show=50": "https://rss.arxiv.org/rss/cs.LG",
        "https://www.arxiv.org/list/math.AG/recent": "https://rss.arxiv.org/rss/math.AG",
        "https://export.arxiv.org/list/stat.ML/new": "https://rss.arxiv.org/rss/stat.ML",
        "http://arxiv.org/list/hep-th/recent": "https://rss.arxiv.org/rss/hep-th",
        "https://arxiv.org/list/quant-ph/new/": "https://rss.arxiv.org/rss/quant-ph",
        "https://arxiv.org/list/astro-ph.GA/current": "https://rss.arxiv.org/rss/astro-ph.GA",
        "https://arxiv.org/list/cond-mat.mes-hall/new": "https://rss.arxiv.org/rss/cond-mat.mes-hall",
        "https://arxiv.org/list/cs/recent": "https://rss.arxiv.org/rss/cs",
    },
    "Stack Exchange": {
        f"https://{site}/questions/tagged/{tag}{end}": f"https://{site}/feeds/tag/{tag}"
        for site, tag, end in (
            ("stackoverflow.com", "python", ""),
            ("stackoverflow.com", "c%23", "?tab=Votes"),
            ("stackoverflow.com", ".net", "/"),
            ("es.stackoverflow.com", "python", ""),
            ("unix.stackexchange.com", "systemd", ""),
            ("codegolf.stackexchange.com", "code-golf", "?sort=newest"),
            ("superuser.com", "windows-11", ""),
            ("serverfault.com", "nginx", ""),
            ("askubuntu.com", "22.04", ""),
            ("mathoverflow.net", "ag.algebraic-geometry", ""),
        )
    },
    "Steam": {
        f"https://store.steampowered.com/{page}": (
            "https://store.steampowered.com/feeds/news/app/413150"
        )
        for page in (
            *("app/413150", "app/413150/", "app/413150/Stardew_Valley", "news/app/413150"),
            *("app/413150/Stardew_Valley/", "app/413150/?l=german", "news/app/413150/"),
            *("app/413150/Stardew_Valley/?snr=1", "app/413150#x", "news/app/413150?l=german"),
        )
    },
    "GitLab": {
        "https://gitlab.com/a/b/-/releases": "https://gitlab.com/a/b/-/releases.atom",
        "https://gitlab.com/a/b/-/releases/": "https://gitlab.com/a/b/-/releases.atom",
        "https://gitlab.com/a/b.c/-/releases": "https://gitlab.com/a/b.c/-/releases.atom",
        "https://gitlab.com/a/b/c/-/releases": "https://gitlab.com/a/b/c/-/releases.atom",
        "https://gitlab.com/a/b/c/d/-/releases": "https://gitlab.com/a/b/c/d/-/releases.atom",
        "http://gitlab.com/a/b/-/releases": "https://gitlab.com/a/b/-/releases.atom",
        "https://gitlab.com/a/b/-/releases#x": "https://gitlab.com/a/b/-/releases.atom",
        "https://gitlab.com/a/b/-/tags": "https://gitlab.com/a/b/-/tags?format=atom",
        "https://gitlab.com/a/b/-/tags/": "https://gitlab.com/a/b/-/tags?format=atom",
        "https://gitlab.com/a/b/c/-/tags": "https://gitlab.com/a/b/c/-/tags?format=atom",
    },
    "Codeberg": {
        "https://codeberg.org/a/b/releases": "https://codeberg.org/a/b/releases.rss",
        "https://codeberg.org/a/b/releases/": "https://codeberg.org/a/b/releases.rss",
        "https://codeberg.org/a/b.c/releases": "https://codeberg.org/a/b.c/releases.rss",
        "https://codeberg.org/a/b/releases?q=": "https://codeberg.org/a/b/releases.rss",
        "https://codeberg.org/a/b/releases#x": "https://codeberg.org/a/b/releases.rss",
        "http://codeberg.org/a/b/releases": "https://codeberg.org/a/b/releases.rss",
        "https://codeberg.org/A-B/c_d/releases": "https://codeberg.org/A-B/c_d/releases.rss",
        "https://codeberg.org/a/b/tags": "https://codeberg.org/a/b/tags.rss",
        "https://codeberg.org/a/b/tags/": "https://codeberg.org/a/b/tags.rss",
        "https://codeberg.org/releases/tags/tags": "https://codeberg.org/releases/tags/tags.rss",
    },
    "PyPI": {
        f"https://pypi.org/project/{page}": (
            f"https://pypi.org/rss/project/{page.partition('/')[0]}/releases.xml"
        )
        for page in (
            *("pydantic", "pydantic/", "pydantic/#history", "pydantic/2.10.0/", "zope.interface/"),
            *("Jinja2/", "ruamel.yaml/", "a-b_c/", "pydantic/?x=1", "feed-digest/1.0a1"),
        )
    },
    "Letterboxd": {
        f"https://{host}letterboxd.com/{page}": "https://letterboxd.com/dave/rss/"
        for host, page in (
            *(("", "dave"), ("", "dave/"), ("www.", "dave/"), ("", "dave/films/")),
            *(("", "dave/films/diary/"), ("", "dave/films/reviews"), ("", "dave/diary/")),
            *(("", "dave/reviews/"), ("", "dave/?x"), ("", "dave/#x")),
        )
        if page != "dave/films/reviews"
    }
    | {"http://letterboxd.com/dave/": "https://letterboxd.com/dave/rss/"},
    "Goodreads": {
        f"https://{host}goodreads.com/review/list/{page}": (
            f"https://www.goodreads.com/review/list_rss/7?shelf={shelf}"
        )
        for host, page, shelf in (
            ("www.", "7?shelf=read", "read"),
            ("", "7?shelf=to-read", "to-read"),
            ("www.", "7-name?shelf=read", "read"),
            ("www.", "7-first-last?shelf=currently-reading", "currently-reading"),
            ("www.", "7?ref=nav&shelf=read", "read"),
            ("www.", "7?shelf=read&sort=rating", "read"),
            ("www.", "7?page=2&shelf=read&view=table", "read"),
            ("www.", "7?shelf=%23ALL%23", "%23ALL%23"),
            ("www.", "7?shelf=science-fiction#x", "science-fiction"),
            ("", "7-name?utf8=x&shelf=favorites", "favorites"),
        )
    },
}
# What is a feed already, or a page that stands for none.
AS_THEY_ARE = (
    *("https://example.com/feed.xml", "https://example.com/", "http://127.0.0.1:8080/r/x"),
    *("not an address", "github:a/b", "https://", "https://[::1", "github.com/a/b", ""),
    "https://github.com.example.com/a/b",
    "https://github.com@example.com/a/b",
    "https://name:password@github.com/a/b",
    *(
        f"https://github.com/{page}"
        for page in (
            *("", "a/b/releases.atom", "a/b/tags.atom", "a/b/commits.atom", "a.atom", "a/b.atom"),
            *("a/b/commits/main.atom", "a.private.atom?token=x", "a/b/wiki.atom", "settings"),
            *("a/b/issues?q=is:open+label:bug", "a/b/issues/7", "a/b/pull/7", "features/copilot"),
            *("a/b/blob/main/feed.xml", "a/b/raw/main/x", "topics/python", "a/b/commits?author=c"),
            *("security-advisories.atom", "a/b/discussions.atom", "a/b/commits/main/docs/x.md"),
        )
    ),
    *(
        f"https://www.youtube.com/{page}"
        for page in (
            f"feeds/videos.xml?channel_id={CHANNEL}",
            f"feeds/videos.xml?playlist_id={PLAYLIST}",
            *("feeds/videos.xml?user=x", "", "watch?v=dQw4w9WgXcQ", "playlist", "channel/UCshort"),
        )
    ),
    *(
        f"https://www.reddit.com/{page}"
        for page in (
            *("r/x/.rss", "r/x.rss", "r/x/new/.rss?sort=new", "r/x/top.rss?t=day", ".rss"),
            *("r/x/top/.rss?t=day&feed=TOKEN&user=me", "user/me/.rss", "r/x/comments/1/title/"),
            *("r/x/search?q=y", "", "prefs/feeds"),
        )
    ),
    *(
        "https://bsky.app/",
        "https://bsky.app/profile/a.b/rss",
        "https://bsky.app/profile/a.b/post/1",
    ),
    *(
        f"https://news.ycombinator.com/{page}"
        for page in ("rss", "showrss", "item?id=1", "user?id=pg", "front?day=2026-11-01", "jobs")
    ),
    *("https://hnrss.org/newest", "https://hnrss.org/best?points=300"),
    *(
        f"https://{page}"
        for page in (
            *(
                "name.substack.com/feed",
                "name.substack.com/feed?x",
                "api.substack.com/feed/podcast/1",
            ),
            *("name.substack.com/feed/", "name.substack.com/s/x/feed", "substack.com/@x"),
            *("name.substack.com/api/v1/archive", "api.substack.com/feed/podcast/1/s/2.rss"),
            *(
                "medium.com/",
                "medium.com/feed/@x",
                "medium.com/feed/x",
                "medium.com/@x/a-post-1a2b",
            ),
            *("name.medium.com/feed", "medium.com/feed/tag/x", "name.medium.com/a-post-1a2b"),
            *("xkcd.tumblr.com/rss", "xkcd.tumblr.com/tagged/x/rss", "xkcd.tumblr.com/post/1/a"),
            *(
                "www.tumblr.com/",
                "www.tumblr.com/tagged/x",
                "xkcd.tumblr.com/rss/",
                "api.tumblr.com",
            ),
            *("dev.to/feed", "dev.to/feed/ben", "dev.to/feed/tag/x", "dev.to/ben/a-post-1a2b"),
            *("dev.to/api/articles", "dev.to/t/python/top/week", "dev.to/rss"),
            *("lobste.rs/rss", "lobste.rs/newest.rss", "lobste.rs/t/a,b.rss", "lobste.rs/s/abcdef"),
            *("lobste.rs/hottest.json", "lobste.rs/top/rss"),
            *("rss.arxiv.org/rss/cs.AI", "rss.arxiv.org/atom/cs.AI+cs.CL", "arxiv.org/abs/2411.1"),
            *("export.arxiv.org/api/query?search_query=x", "arxiv.org/rss/cs.AI"),
            *(
                "stackoverflow.com/feeds/tag/python",
                "stackoverflow.com/feeds/tag?tagnames=a&sort=x",
            ),
            *("stackoverflow.com/feeds", "stackoverflow.com/questions/tagged/a+b"),
            *("stackoverflow.com/feeds/question/1", "stackoverflow.com/questions/1/x"),
            *("store.steampowered.com/feeds/news/app/413150/?cc=US", "store.steampowered.com/"),
            *("store.steampowered.com/feeds/news.xml", "steamcommunity.com/games/1/rss/"),
            *(
                "gitlab.com/a/b/-/releases.atom",
                "gitlab.com/a/b/-/tags?format=atom",
                "gitlab.com/a.atom",
            ),
            *("gitlab.com/a/b/-/commits/main?format=atom", "gitlab.com/a/b", "gitlab.com/a/b.atom"),
            *(
                "codeberg.org/a/b/releases.rss",
                "codeberg.org/a/b.rss",
                "codeberg.org/a/b/releases.atom",
            ),
            *("pypi.org/rss/updates.xml", "pypi.org/rss/project/x/releases.xml", "pypi.org/"),
            *("letterboxd.com/dave/rss/", "letterboxd.com/film/heat/", "letterboxd.com/films/"),
            *("www.goodreads.com/review/list_rss/7?shelf=read", "www.goodreads.com/review/list/7"),
            *("news.google.com/rss/search?q=x", "news.google.com/search?q=x"),
            *(
                "social.example/@Gargron",
                "mastodon.social/tags/x.rss",
                "mastodon.social/@Gargron.rss",
                "medium.example/@x",
            ),
        )
    ),
)
