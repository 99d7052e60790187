"""`digest feeds`: finding a page's feeds, trying one, and moving them in and out."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from digest.cli.feeds_probe import Candidate, open_scout
from digest.config import FeedSettings, load_settings
from digest.config.sources import SOURCE_KINDS
from digest.feeds.opml import Subscription, read_opml, write_opml
from tests.cli.pages import PAGES, RSS, Page
from tests.cli.project import log_lines
from tests.conftest import environment
from tests.feed_xml import item, rss
from tests.servers import HttpServer, Reply, running

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.project import Project

CONFIG = """\
polling: {allow_private_networks: true, per_host: 0}
feeds:
  - https://old.example/feed   # the first
channels: {out: {kind: file, path: out.md}}
digests: {weekly: {schedule: daily at 07:00, send_to: out}}
"""


def site_of(page: Page) -> HttpServer:
    server = HttpServer()
    server.replies[page.feed] = Reply(page.body)
    server.replies[page.path] = Reply(page.html.replace("{site}", server.url), headers=page.headers)
    return server


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config.yaml"
    path.write_text(CONFIG, "utf-8")
    return path


async def test_the_feed_of_each_kind_of_page_is_found(config: Path) -> None:
    settings = load_settings(config, {})
    sites = {name: site_of(page) for name, page in PAGES.items()}
    with ExitStack() as stack:
        for site in sites.values():
            stack.enter_context(running(site))
        async with open_scout(settings) as scout:
            found = {
                name: (await scout.discover(FeedSettings(url=site.url + PAGES[name].path)))[0]
                for name, site in sites.items()
            }
    entries = {name: 2 if page.body == RSS else 1 for name, page in PAGES.items()}
    assert {name: (one.url, one.title, one.entries) for name, one in found.items()} == {
        name: (site.url + PAGES[name].feed, "A feed", entries[name]) for name, site in sites.items()
    }
    assert all(one.format for one in found.values())


async def test_discovery_asks_only_the_site_and_only_once_each(
    config: Path, feed_server: HttpServer
) -> None:
    feed_server.replies["/"] = Reply("<a href='/about'>x</a><a href='/rss'>x</a>")
    feed_server.replies["/feed.xml"] = Reply(RSS)
    async with open_scout(load_settings(config, {})) as scout:
        found = await scout.discover(FeedSettings(url=feed_server.url))
    assert [(one.url, one.error) for one in found] == [
        (f"{feed_server.url}/feed.xml", None),
        (f"{feed_server.url}/rss", "answered 404 Not Found"),
    ]
    assert found[0] == Candidate(f"{feed_server.url}/feed.xml", "A feed", "rss20", 2)
    assert [seen.path for seen in feed_server.seen] == ["/", "/rss", "/feed", "/feed.xml"]


async def test_what_a_feed_is_sent_does_not_go_to_other_sites(
    config: Path, feed_server: HttpServer, slack_server: HttpServer
) -> None:
    other = slack_server.url
    html = f"<link rel=feed href='/own'><link rel=feed href='{other}/other'>"
    feed_server.replies |= {"/": Reply(html), "/own": Reply(RSS)}
    page = FeedSettings.model_validate({"url": feed_server.url, "headers": {"X-Key": "t0psecret"}})
    async with open_scout(load_settings(config, {})) as scout:
        await scout.discover(page)
    assert [seen.headers.get("X-Key") for seen in feed_server.seen] == ["t0psecret"] * 2
    assert [seen.headers.get("X-Key") for seen in slack_server.seen] == [None]


async def test_what_asks_for_another_login_than_headers_can_give_is_named(
    config: Path, feed_server: HttpServer
) -> None:
    challenge = 'Digest realm="feeds", qop="auth,auth-int", nonce="7", stale=FALSE'
    feed_server.replies["/"] = Reply("no", 401, {"WWW-Authenticate": challenge})
    async with open_scout(load_settings(config, {})) as scout:
        examination = await scout.examine(FeedSettings(url=feed_server.url + "/"))
    assert examination.error == (
        "answered 401 Unauthorized: it asks for Digest authentication, which digest does not"
        " speak; use an address of the feed with a key in it, or let the server take Basic"
    )


async def test_a_header_tells_nobody_what_the_server_was_sent(
    config: Path, feed_server: HttpServer
) -> None:
    feed_server.replies["/"] = Reply("<p>Hello", headers={"Link": "</t0psecret>; rel=feed"})
    page = {"url": feed_server.url + "/", "headers": {"X-Key": "t0psecret"}}
    settings = load_settings(config, {})
    feed = FeedSettings.model_validate(page)
    async with open_scout(settings.model_copy(update={"feeds": (feed,)})) as scout:
        examination = await scout.examine(feed)
    assert examination.links == (f"{feed_server.url}/***",)


def test_test_names_the_feeds_of_a_header(project: Project) -> None:
    project.feeds.replies["/"] = Reply("<p>Hello", headers={"Link": "</all>; rel=feed"})
    result = project.json(
        "feeds", "test", project.feeds.url + "/", "--allow-private-networks", code=1
    )
    assert result["links"] == [f"{project.feeds.url}/all"]


def test_discover_works_without_a_configuration(project: Project) -> None:
    project.feeds.replies |= {"/": Reply("<link rel=feed href=/f>"), "/f": Reply(RSS)}
    result = project.json("feeds", "discover", project.feeds.url, "--allow-private-networks")
    assert result == {
        "url": project.feeds.url,
        "feeds": [
            {
                "url": f"{project.feeds.url}/f",
                "title": "A feed",
                "format": "rss20",
                "entries": 2,
                "error": None,
                "settings": {},
            }
        ],
    }
    assert list(project.folder.iterdir()) == []
    refused = project.command("feeds", "discover", project.feeds.url)
    assert refused.returncode == 1
    assert "127.0.0.1 is not a public address; --allow-private-networks reads it" in refused.stderr


def test_discover_takes_the_polling_settings(project: Project) -> None:
    project.configure("/f")
    config = project.folder / "config.yaml"
    agent = "polling: {user_agent: A reader, "
    config.write_text(config.read_text("utf-8").replace("polling: {", agent), "utf-8")
    project.feeds.replies["/"] = Reply("<p>Nothing here")
    done = project.command("feeds", "discover", project.feeds.url)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"digest: {project.feeds.url}: is not a feed but something else, and no feed was found\n"
    )
    assert {seen.headers["User-Agent"] for seen in project.feeds.seen} == {"A reader"}


def test_test_says_what_polling_would_learn_and_stores_nothing(project: Project) -> None:
    project.feeds.replies |= {
        "/moved": Reply(status=301, headers={"Location": "/feed"}),
        "/feed": Reply(
            rss(item(1), item(2, published=None), "<item><title>Bare</title></item>"),
            headers={"ETag": '"a"', "Last-Modified": "Mon, 16 Nov 2026 09:00:00 GMT"},
        ),
    }
    project.configure("/moved")
    result = project.json("feeds", "test", f"{project.feeds.url}/moved")
    assert result.pop("seconds") < 10
    assert result.pop("bytes") == len(project.feeds.replies["/feed"].body)  # type: ignore[union-attr]
    assert [entry["title"] for entry in result.pop("first")] == ["Story 1", "Story 2", "Bare"]
    assert result == {
        "url": f"{project.feeds.url}/moved",
        "error": None,
        "status": 200,
        "final_url": f"{project.feeds.url}/feed",
        "moved_to": f"{project.feeds.url}/feed",
        "etag": '"a"',
        "last_modified": "Mon, 16 Nov 2026 09:00:00 GMT",
        "format": "rss20",
        "title": "A feed",
        "home_page": "https://site.example/",
        "entries": 3,
        "dated": 1,
        "with_guid": 2,
        "with_link": 2,
        "with_title": 3,
        "with_text": 2,
        "with_image": 0,
        "with_author": 0,
        "identity": {"guid": 2, "content": 1},
        "full_text": None,
        "problems": [
            "2 entries without a date; they count from when they are first seen",
            "1 entry without a link",
            "1 entry without an id",
            "1 entry told apart by their text alone; an edited one may be new",
            f"it moved for good to {project.feeds.url}/feed",
        ],
        "links": [],
        "proposal": None,
    }
    assert [path.name for path in project.folder.iterdir()] == ["config.yaml"]
    shown = project.command("feeds", "test", f"{project.feeds.url}/moved").stdout
    assert "2 by guid, 1 by content" in shown
    assert "! 1 entry without an id\n" in shown


NEWS = "".join(
    f"<article class=post><h2><a href=/{n}>What happened on day {n}</a></h2></article>"
    for n in range(1, 5)
)


def test_a_page_without_a_feed_is_followed_by_what_is_proposed(project: Project) -> None:
    project.feeds.replies["/news"] = Reply(f"<!DOCTYPE html><title>News</title>{NEWS}")
    project.configure("/f")
    url = f"{project.feeds.url}/news"
    tested = project.json("feeds", "test", f"page:{url}")
    lines = f"- kind: page\n  url: {url}\n  item: article.post\n  title: h2"
    assert (tested["proposal"], tested["entries"]) == (lines, 4)
    assert tested["first"][0]["title"] == "What happened on day 1"

    refused = project.command("feeds", "add", url)
    assert refused.returncode == 1
    assert f"no feed was found; `digest feeds add page:{url}` follows the page" in refused.stderr
    assert refused.stderr.endswith(f"{lines}\n")

    added = project.json("feeds", "add", f"page:{url}", "--tag", "news")
    assert (added["url"], added["entries"]) == (f"page:{url}", 4)
    (polled,) = project.json("poll", f"page:{url}")["feeds"]
    assert (polled["outcome"], polled["new"]) == ("updated", 4)


def test_the_login_of_a_wrong_address_behind_a_kind_is_not_shown(project: Project) -> None:
    project.configure("/f")
    done = project.command("feeds", "test", "page:https://ada:s3cret-w0rd@site .example/")
    assert done.returncode == 2
    assert "must be a web address" in done.stderr
    assert "s3cret" not in done.stderr


def test_a_page_that_lists_nothing_is_not_added(project: Project) -> None:
    project.feeds.replies["/news"] = Reply("<!DOCTYPE html><title>News</title><p>None.")
    project.configure("/f")
    before = (project.folder / "config.yaml").read_text("utf-8")
    done = project.command("feeds", "add", f"page:{project.feeds.url}/news")
    assert done.returncode == 1
    assert "nothing is proposed; set what it needs by hand" in done.stderr
    assert (project.folder / "config.yaml").read_text("utf-8") == before


def test_test_names_the_feeds_of_a_page(project: Project) -> None:
    project.feeds.replies["/"] = Reply("<html><link rel=feed href=/f>")
    project.configure("/f")
    done = project.command("feeds", "test", project.feeds.url)
    assert done.returncode == 1
    assert f"The page names this feed: {project.feeds.url}/f\n" in done.stdout
    result = project.json("feeds", "test", project.feeds.url, code=1)
    assert result["error"].startswith("is not a feed but a web page")
    assert (result["status"], result["links"]) == (200, [f"{project.feeds.url}/f"])


def test_test_sends_what_is_configured_and_shows_no_secret(project: Project) -> None:
    feed = f"{project.feeds.url}/feed"
    project.feeds.replies["/feed"] = Reply(status=302, headers={"Location": "/there?t0psecret"})
    project.feeds.replies["/there?t0psecret"] = Reply(RSS)
    project.configure("/feed")
    config = project.folder / "config.yaml"
    secret = f"- {{url: {feed}, headers: {{X-Key: t0psecret}}}}"
    config.write_text(config.read_text("utf-8").replace(f"- {feed}", secret), "utf-8")
    shown = project.command("-v", "feeds", "test", feed)
    assert "A feed" in shown.stdout
    assert "t0psecret" not in shown.stdout + shown.stderr
    assert project.feeds.seen[0].headers["X-Key"] == "t0psecret"


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["discover", "ftp://x.example"], 2, "digest: 'ftp://x.example' is not a web address\n"),
        (["test", "http://127.0.0.1:1/"], 1, ""),
        (["import", "missing.opml"], 2, "No such file"),
        (["import", "config.yaml"], 2, "digest: config.yaml: is not OPML\n"),
        (["export", "-o", "no/where.opml"], 2, "digest: no/where.opml: No such file"),
    ],
)
def test_exit_codes(project: Project, arguments: list[str], code: int, says: str) -> None:
    (project.folder / "config.yaml").write_text(CONFIG, "utf-8")
    done = project.command("feeds", *arguments)
    assert done.returncode == code
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def opml(*subscriptions: Subscription) -> bytes:
    return write_opml("Subscriptions", subscriptions)


def test_import_prints_what_to_paste(config: Path, project: Project) -> None:
    document = opml(
        Subscription("https://old.example/feed", "Known"),
        Subscription("https://new.example/feed?a=${HOME}", "It's: new", ("Dev Ops", "x")),
        Subscription("https://bare.example/"),
        Subscription("ftp://files.example/feed"),
    )
    (project.folder / "in.opml").write_bytes(document)
    done = project.command("feeds", "import", "in.opml")
    assert done.returncode == 1
    assert done.stdout == (
        '  - url: "https://new.example/feed?a=$%7BHOME}"\n'
        '    name: "It\'s: new"\n'
        "    tags: [dev-ops, x]\n"
        "  - https://bare.example/\n"
    )
    assert done.stderr == (
        "digest: left out, as it is not the address of a feed: 'ftp://files.example/feed'\n"
        "2 feeds new, 1 configured already\n"
    )
    assert config.read_text("utf-8") == CONFIG


def test_import_reads_standard_input_and_needs_no_configuration(project: Project) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "digest", "--json", "feeds", "import", "-"],
        cwd=project.folder,
        env=environment(),
        input=opml(Subscription("https://new.example/", "New", ("a",))),
        capture_output=True,
        check=True,
    )
    assert json.loads(done.stdout) == {
        "feeds": [{"url": "https://new.example/", "name": "New", "tags": ["a"]}],
        "known": 0,
        "refused": [],
        "appended": False,
        "live": False,
    }


def test_import_reads_no_list_without_an_end(project: Project) -> None:
    (project.folder / "zeros.opml").symlink_to("/dev/zero")

    done = project.command("feeds", "import", "zeros.opml")

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "digest: zeros.opml: is longer than 16,000,000 bytes\n"


def test_import_appends_and_leaves_the_rest_alone(config: Path, project: Project) -> None:
    document = opml(
        Subscription("https://one.example/", "Same"),
        Subscription("https://two.example/", "Same"),
        Subscription("https://three.example/", "all"),
    )
    (project.folder / "in.opml").write_bytes(document)
    done = project.command("feeds", "import", "in.opml", "--append")
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == "3 feeds added, 0 configured already\n"
    added = (
        "  - url: https://one.example/\n"
        "    name: Same\n"
        "  - https://two.example/\n"
        "  - https://three.example/\n"
    )
    assert config.read_text("utf-8") == re.sub("(first\n)", rf"\1{added}", CONFIG)
    again = project.command("feeds", "import", "in.opml", "--append")
    assert again.stderr == "0 feeds added, 3 configured already\n"


def test_export_has_names_and_tags_and_no_secrets(project: Project) -> None:
    feeds = """\
feeds:
  - url: https://ada:t0psecret@one.example/feed
    name: One & only
    tags: [a, b]
    headers: {X-Key: t0psecret}
  - https://two.example/
"""
    text = re.sub(r"feeds:\n.*\n", feeds, CONFIG)
    (project.folder / "config.yaml").write_text(text, "utf-8")
    done = project.command("feeds", "export")
    assert read_opml(done.stdout.encode()) == (
        Subscription("https://one.example/feed", "One & only", ("a", "b")),
        Subscription("https://two.example/"),
    )
    project.command("feeds", "export", "-o", "out.opml")
    written = (project.folder / "out.opml").read_text("utf-8")
    assert written == done.stdout
    assert "t0psecret" not in written
    assert [feed["url"] for feed in project.json("feeds", "export")["feeds"]] == [
        "https://one.example/feed",
        "https://two.example/",
    ]


def test_500_feeds_out_and_in_are_the_same(config: Path, project: Project) -> None:
    feeds = [
        Subscription(
            f"https://site{n}.example/feed?a={n}&b",
            f'"Feed" <{n}> & más: #{n}' if n % 3 else "",
            tuple(f"by-{k}_{n % k}" for k in (7, 11) if n % k),
        )
        for n in range(500)
    ]
    (project.folder / "in.opml").write_bytes(opml(*feeds))
    assert project.command("feeds", "import", "in.opml", "--append").returncode == 0
    assert project.command("feeds", "export", "-o", "out.opml").returncode == 0
    exported = read_opml((project.folder / "out.opml").read_bytes())
    assert {*exported} == {*feeds, Subscription("https://old.example/feed")}
    assert len(load_settings(config, {}).feeds) == 501


@pytest.fixture
def listed(project: Project) -> Path:
    """A configuration with one feed, whose server has two."""
    project.feeds.replies |= {"/one": Reply(rss(item(1))), "/two": Reply(rss(item(2)))}
    project.feeds.replies["/"] = Reply("<link rel=feed href=/two>")
    project.configure("/one", send_to="vault")
    path = project.folder / "config.yaml"
    path.write_text(path.read_text("utf-8").replace("/one\n", "/one  # first\n"), "utf-8")
    return path


def test_add_takes_the_feed_of_a_page_into_the_file(listed: Path, project: Project) -> None:
    before = listed.read_text("utf-8")
    options = ("--name", "Two", "--tag", "a", "--tag", "b", "--every", "120m")
    done = project.command("feeds", "add", project.feeds.url + "/", *options)
    assert (done.returncode, done.stdout) == (0, f"added {project.feeds.url}/two (Two)\n")
    added = f"  - url: {project.feeds.url}/two\n    name: Two\n    tags: [a, b]\n    every: 2h\n"
    assert listed.read_text("utf-8") == before.replace("first\n", f"first\n{added}")


def test_add_keeps_the_login_of_an_address_and_shows_it_nobody(
    listed: Path, project: Project
) -> None:
    url = project.feeds.url.replace("//", "//ada:t0psecret@") + "/two"
    done = project.command("feeds", "add", url)
    assert done.stdout == f"added {project.feeds.url}/two (A feed)\n"
    assert "t0psecret" not in done.stderr
    assert f"  - {url}\n" in listed.read_text("utf-8")
    assert "Authorization" in project.feeds.requests_to("/two")[0].headers


@pytest.mark.parametrize("command", ["discover", "test"])
def test_a_bare_host_is_tried_by_https_then_by_http(project: Project, command: str) -> None:
    project.feeds.replies["/feed"] = Reply(RSS)
    bare = f"{project.feeds.url.removeprefix('http://')}/feed"
    result = project.json("feeds", command, bare, "--allow-private-networks")
    (found,) = result["feeds"] if command == "discover" else [result]
    assert (found["url"], found["title"]) == (f"http://{bare}", "A feed")


def test_add_writes_the_address_by_which_a_bare_host_answers(
    listed: Path, project: Project
) -> None:
    bare = project.feeds.url.removeprefix("http://")
    assert project.command("feeds", "add", f"{bare}/two").returncode == 0
    assert f"  - http://{bare}/two\n" in listed.read_text("utf-8")
    refused = project.command("feeds", "add", f"{bare}/nowhere")
    assert f"; http://{bare}/nowhere: answered 404 Not Found\n" in refused.stderr


@pytest.mark.usefixtures("listed")
def test_a_password_is_sent_by_no_guess(project: Project) -> None:
    bare = project.feeds.url.removeprefix("http://")
    assert project.command("feeds", "add", f"ada:t0psecret@{bare}/two").returncode == 1
    assert project.feeds.requests_to("/two") == []


@pytest.mark.parametrize("address", ["rss://{host}/two", "podcast:http://{host}/two"])
def test_add_takes_addresses_of_feed_readers(listed: Path, project: Project, address: str) -> None:
    url = address.format(host=project.feeds.url.removeprefix("http://"))
    assert project.command("feeds", "add", url).returncode == 0
    assert f"  - {project.feeds.url}/two\n" in listed.read_text("utf-8")


def test_the_address_of_a_page_names_its_source_everywhere(listed: Path, project: Project) -> None:
    page, source = "https://news.ycombinator.com/best", "hackernews:best"
    text = listed.read_text("utf-8").replace("first\n", f"first\n  - {page}\n")
    listed.write_text(text, "utf-8")

    checked = project.json("check")
    added = project.command("feeds", "add", page.removeprefix("https://"))
    paused = project.json("feeds", "pause", page)

    found = {row["name"]: row["said"] for row in checked["checks"] if row["what"] == "feed"}
    assert found == {page: f"is read as {source}"}
    assert added.stderr.startswith(f"{page} is read as {source}\n")
    assert f"{source} is configured already" in added.stderr
    assert paused["url"] == source
    assert "  - kind: hackernews\n    list: best\n    paused: true\n" in listed.read_text("utf-8")


def test_kinds_are_shown_with_an_example_each(project: Project) -> None:
    lines = project.command("feeds", "kinds").stdout.splitlines()

    assert [line.split()[0] for line in lines[1:]] == [*SOURCE_KINDS]
    assert all(kind.example in "\n".join(lines) for kind in SOURCE_KINDS.values())


def test_add_percent_encodes_spaces(listed: Path, project: Project) -> None:
    project.feeds.replies["/my%20feed"] = Reply(rss(item(3)))
    assert project.command("feeds", "add", project.feeds.url + "/my feed").returncode == 0
    assert f"  - {project.feeds.url}/my%20feed\n" in listed.read_text("utf-8")


@pytest.mark.parametrize(
    ("page", "code", "says"),
    [
        ("<link rel=feed href=/two><link rel=feed href=/three>", 2, "has several feeds; add one"),
        ("<link rel=feed href=/one>", 2, "/one is configured already"),
        ("<p>Nothing", 1, "is not a feed but something else, and no feed was found"),
        ("<link rel=feed href=/gone>", 1, "/gone: answered 404 Not Found"),
    ],
)
def test_add_refuses_what_is_not_one_new_feed(
    listed: Path, project: Project, page: str, code: int, says: str
) -> None:
    before = listed.read_text("utf-8")
    project.feeds.replies |= {"/": Reply(page), "/three": Reply(rss(item(3)))}
    done = project.command("feeds", "add", project.feeds.url)
    assert (done.returncode, done.stdout) == (code, "")
    assert says in done.stderr
    assert listed.read_text("utf-8") == before


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("add", "{url}/one"), "{url}/one is configured already"),
        (("add", "ftp://x.example"), "'ftp://x.example' is not a web address"),
        (("add", "{url}/two", "--every", "often"), "--every: 'often' is not a duration"),
        (("add", "{url}/two", "--tag", "a b"), "stays as it was, since it would not load"),
        (("remove", "nope"), "there is no feed 'nope'"),
        (("remove", "{url}/one"), "is the only feed, and a configuration needs one"),
    ],
)
def test_wrong_arguments_change_nothing(
    listed: Path, project: Project, arguments: tuple[str, ...], says: str
) -> None:
    before = listed.read_text("utf-8")
    url = project.feeds.url
    done = project.command("feeds", *(argument.format(url=url) for argument in arguments))
    assert done.returncode == 2
    assert says.format(url=url) in done.stderr
    assert listed.read_text("utf-8") == before


def test_a_paused_feed_is_not_polled_and_what_it_brought_goes_out(
    listed: Path, project: Project
) -> None:
    url = f"{project.feeds.url}/one"
    before = listed.read_text("utf-8")
    project.json("poll")
    assert project.json("feeds", "pause", url) == {
        "url": url,
        "name": url,
        "done": "paused",
        "live": False,
    }
    assert f"  - url: {url}  # first\n    paused: true\n" in listed.read_text("utf-8")
    two = f"{project.feeds.url}/two"
    project.json("feeds", "add", two)
    project.json("feeds", "pause", two)
    asked = len(project.feeds.seen)
    assert project.json("poll")["feeds"] == []
    refused = project.command("poll", url)
    assert (refused.returncode, "is paused; `digest feeds resume" in refused.stderr) == (2, True)
    assert project.json("run", "--once")["editions"][0]["entries"] == 1
    assert len(project.feeds.seen) == asked
    assert project.json("status")["feeds"][0]["health"] == "paused"
    assert "the feed is paused" in project.command("explain", "Story 1").stdout
    assert "! paused: A feed\n" in project.command("explain", "Nowhere").stdout
    project.json("feeds", "remove", two)
    project.json("feeds", "resume", url)
    assert listed.read_text("utf-8") == before.replace("- http", "- url: http", 1)
    assert len(project.json("poll")["feeds"]) == 1


@pytest.mark.usefixtures("listed")
def test_list_has_tags_health_and_what_waits(project: Project) -> None:
    url = f"{project.feeds.url}/two"
    project.json("feeds", "add", url, "--name", "Two", "--tag", "dev")
    project.json("poll", "Two")
    first, second = project.json("feeds", "list")["feeds"]
    assert (first["health"], first["pending"], first["last_new_at"]) == ("not polled yet", 0, None)
    assert second.pop("last_new_at")
    assert second == {"url": url, "name": "Two", "health": "ok", "tags": ["dev"], "pending": 1}
    shown = project.command("feeds", "list").stdout
    assert re.search(rf"^Two +dev +ok +now +1 +{url}$", shown, re.MULTILINE)
    project.json("feeds", "remove", "Two")
    assert [feed["name"] for feed in project.json("feeds", "list")["feeds"]] == [first["name"]]


@pytest.mark.usefixtures("listed")
def test_a_feed_is_named_as_it_is_shown(project: Project) -> None:
    one, two = (f"{project.feeds.url}/{name}" for name in ("one", "two"))
    host = project.feeds.url.removeprefix("http://")
    # Before a feed has said its title it is shown under its host.
    assert project.json("poll", host)["feeds"][0]["url"] == one
    project.feeds.replies["/two"] = Reply(rss(item(2), title="Forem: the second"))
    project.json("feeds", "add", two)
    project.json("poll")
    assert project.json("feeds", "pause", "Forem: the second")["url"] == two
    paused = project.command("poll", "Forem: the second")
    mend = "`digest feeds resume 'Forem: the second'` has it polled again"
    assert paused.stderr == f"digest: Forem: the second is paused; {mend}\n"
    assert project.json("feeds", "resume", "Forem: the second")["url"] == two
    wrong = project.command("feeds", "remove", "Forem: the secnd")
    assert "there is no feed 'Forem: the secnd'; did you mean 'Forem: the second'?" in wrong.stderr
    project.feeds.replies["/two"] = Reply(rss(item(2), item(4)))
    project.json("poll", two)
    both = project.command("poll", "A feed")
    assert both.returncode == 2
    assert both.stderr == f"digest: 2 feeds are called 'A feed'; give one of {one}, {two}\n"


def test_a_running_daemon_polls_a_new_feed_at_once(listed: Path, project: Project) -> None:
    two = f"{project.feeds.url}/two"
    with project.daemon() as daemon:
        lines = log_lines(daemon)
        assert any(line["event"] == "polled" for line in lines)
        assert project.json("feeds", "add", two)["live"]
        told = next(line for line in lines if line["event"] == "reloaded")
        assert told["changes"] == f"feed {two} added"
        assert any(line["event"] == "polled" and line.get("new") == 1 for line in lines)
        project.feeds.replies["/three"] = Reply(rss(item(3)))
        three = f"{project.feeds.url}/three"
        (project.folder / "in.opml").write_bytes(opml(Subscription(three)))
        imported = project.command("feeds", "import", "in.opml", "--append")
        assert imported.stderr == (
            "1 feed added, 0 configured already\nThe daemon takes that over now.\n"
        )
        told = next(line for line in lines if line["event"] == "reloaded")
        assert told["changes"] == f"feed {three} added"
        assert not project.json("feeds", "import", "in.opml", "--append")["live"]
    assert listed.read_text("utf-8").count("/two") == 1
