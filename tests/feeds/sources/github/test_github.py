"""What only GitHub has: feeds and an API, limits, tokens, renamed repositories, releases."""

from __future__ import annotations

import json
import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from digest.app.reports import status_report
from digest.cli.source_names import source_named
from digest.config.sources.github import GithubSettings
from digest.config.yaml.feed_list import pause_feed, remove_feed
from digest.errors import FeedError, UsageError
from digest.feeds.parsing.markdown import markdown_html
from digest.feeds.parsing.releases import is_prerelease, release_title, with_project
from digest.feeds.parsing.repositories import repository_of, under_name
from digest.feeds.sources import Document, github
from digest.model import FeedState, Move, ParsedEntry
from tests.config.files import CHANNELS, DIGESTS, load, refusal
from tests.feed_xml import NOW
from tests.feeds.sources.stand_in import documented, epoch_in, polled
from tests.jobs.bench import StoppedClock
from tests.servers import Reply

if TYPE_CHECKING:
    from pathlib import Path

    from digest.model import PollResult
    from tests.feeds.sources.conftest import Follow
    from tests.servers import HttpServer, Seen

TOKEN = "ghp_s3cretT0kenOfAReader"
UV = "astral-sh/uv"
SEARCH = "https://api.github.com/search/issues"
ISSUES = (
    f"https://api.github.com/repos/{UV}/issues?state=all&sort=created&direction=desc&per_page=100"
)


def settings(**given: Any) -> GithubSettings:
    return GithubSettings.model_validate({"kind": "github", **given})


# What is asked


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ({"repo": UV}, f"https://github.com/{UV}/releases.atom"),
        ({"repo": UV, "what": "tags"}, f"https://github.com/{UV}/tags.atom"),
        ({"repo": UV, "what": "tags", "token": TOKEN}, f"https://github.com/{UV}/tags.atom"),
        ({"repo": UV, "what": "commits"}, f"https://github.com/{UV}/commits.atom"),
        (
            {"repo": UV, "what": "commits", "branch": "release/1 x"},
            f"https://github.com/{UV}/commits/release/1%20x.atom",
        ),
        (
            {"repo": UV, "what": "commits", "branch": "release/1", "token": TOKEN},
            f"https://api.github.com/repos/{UV}/commits?per_page=50&sha=release%2F1",
        ),
        ({"repo": UV, "what": "discussions"}, f"https://github.com/{UV}/discussions.atom"),
        (
            {"repo": UV, "token": TOKEN},
            f"https://api.github.com/repos/{UV}/releases?per_page=30",
        ),
        (
            {"repo": UV, "what": "issues", "labels": ["bug", "good first issue"]},
            f"{ISSUES}&labels=bug%2Cgood+first+issue",
        ),
        (
            {"org": "astral-sh"},
            "https://api.github.com/orgs/astral-sh/repos?sort=pushed&per_page=10",
        ),
        (
            {"org": "a", "what": "issues", "labels": "bug"},
            f"{SEARCH}?q=org%3Aa+is%3Aissue+label%3A%22bug%22&sort=created&order=desc&per_page=50",
        ),
        (
            {"what": "notifications", "token": TOKEN},
            "https://api.github.com/notifications?per_page=50",
        ),
    ],
)
def test_what_is_asked(given: dict[str, Any], url: str) -> None:
    request = github.SOURCE.request(settings(**given), None, NOW)

    assert request.url == url
    in_api = url.startswith("https://api.")
    assert ("X-GitHub-Api-Version" in request.headers) is in_api
    login = f"Bearer {TOKEN}" if in_api and "token" in given else None
    assert request.headers.get("Authorization") == login


def test_a_new_address_of_the_feed_is_none_of_the_api() -> None:
    moved = Move(f"https://github.com/{UV}-py/releases.atom", NOW - timedelta(days=2), 3)
    state = FeedState(1, f"github:{UV}", move=moved)

    assert github.SOURCE.request(settings(repo=UV), state, NOW).moved_to == moved.to
    assert github.SOURCE.request(settings(repo=UV, token=TOKEN), state, NOW).moved_to is None


def test_notifications_without_a_token_are_not_asked_for() -> None:
    with pytest.raises(FeedError, match="needs a token; make one at "):
        github.SOURCE.request(settings(what="notifications"), None, NOW)


# What it is called in files


@pytest.mark.parametrize(
    ("short", "address"),
    [
        ("github:Astral-sh/UV", "github:astral-sh/uv"),
        ("github:astral-sh/uv:releases", "github:astral-sh/uv"),
        ("github:astral-sh/uv:commits", "github:astral-sh/uv:commits"),
        ("github:astral-sh/uv:commits:Next:1", "github:astral-sh/uv:commits:Next:1"),
        ("github:Astral-sh", "github:astral-sh"),
        ("github:astral-sh:issues", "github:astral-sh:issues"),
        ("github:notifications", "github:notifications"),
    ],
)
def test_short_forms(short: str, address: str) -> None:
    assert source_named(short).address == address


@pytest.mark.parametrize(
    "short",
    ["github:", "github:a/b/c", "github:a/b:stars", "github:a/b:tags:main", "github:a/b,c/d"],
)
def test_short_forms_that_are_none(short: str) -> None:
    with pytest.raises(UsageError, match="github"):
        source_named(short)


@pytest.mark.parametrize(
    ("lines", "key", "words"),
    [
        ("repo: uv", "feeds[1].repo", "must be owner/name, as in astral-sh/uv, and not 'uv'"),
        ("org: a/b", "feeds[1].org", "owner/name goes into repo"),
        ("what: tags", "feeds[1]", "give repo or org, and not both"),
        ("{repo: a/b, org: a}", "feeds[1]", "give repo or org, and not both"),
        ("{org: a, what: tags}", "feeds[1]", "org goes with what: releases or issues"),
        ("{repo: a/b, branch: x}", "feeds[1]", "branch goes with what: commits"),
        ("{repo: a/b, labels: x}", "feeds[1]", "labels goes with what: issues"),
        ("{repo: [a/b, c/d], name: x}", "feeds[1]", "a name goes with one repository"),
        ("{repo: a/b, what: notifications}", "feeds[1]", "are the reader's own"),
        ("what: notifications", "feeds[1]", "needs a token; give token or token_file"),
    ],
)
def test_what_is_wrong_is_named_by_its_line(
    tmp_path: Path, lines: str, key: str, words: str
) -> None:
    given = lines.strip("{}")
    text = f"feeds:\n  - https://a.example/\n  - {{kind: github, {given}}}\n{CHANNELS}{DIGESTS}"

    (problem,) = refusal(tmp_path, text).problems

    assert (problem.line, problem.key) == (3, key)
    assert words in problem.message


LIST = f"""feeds:
  - https://a.example/
  - kind: github
    repo: [astral-sh/uv, python/cpython, Astral-sh/UV]
    tags: [tools]
    prereleases: true
  - https://b.example/
{CHANNELS}digests: {{weekly: {{schedule: daily at 07:00, send_to: out, feeds: ["tag:tools"]}}}}
"""


def test_a_list_of_repositories_is_a_source_for_each(tmp_path: Path) -> None:
    loaded = load(tmp_path, LIST)

    addresses = [feed.address for feed in loaded.feeds]
    assert addresses[1:3] == ["github:Astral-sh/UV".lower(), "github:python/cpython"]
    assert (len(addresses), loaded.items) == (4, (0, 1, 1, 2))
    assert [feed.address for feed in loaded.feeds_of("weekly")] == addresses[1:3]
    (tmp_path / "config.yaml").write_text(LIST.replace("tag:tools", "github:Python/CPython"))
    assert load(tmp_path, LIST.replace("tag:tools", "github:Python/CPython")).feeds_of("weekly")


def test_one_of_a_list_is_taken_out_by_hand_and_its_neighbours_are_not(tmp_path: Path) -> None:
    load(tmp_path, LIST)
    path = tmp_path / "config.yaml"
    clear = r"feeds\[1\] is a list of 2 sources, and github:python/cpython is one of them; change"

    with pytest.raises(UsageError, match=clear):
        remove_feed(path, 2)
    with pytest.raises(UsageError, match=clear):
        pause_feed(path, 2, paused=True)
    remove_feed(path, 3)

    assert path.read_text() == LIST.replace("  - https://b.example/\n", "")


def test_a_repository_twice_is_told(tmp_path: Path) -> None:
    text = LIST.replace("https://b.example/", "github:Python/cpython")

    (problem,) = refusal(tmp_path, text).problems

    assert problem.message == "two feeds have this address; the first is on line 3"


# What readers see


@pytest.mark.parametrize(
    ("tag", "early"),
    [
        *((tag, True) for tag in ("v1.0.0-rc.1", "1.0rc1", "v2.0.0-beta", "3.15.0a2", "1.0b3")),
        *((tag, True) for tag in ("nightly", "1.4.dev7", "v9-preview.2", "dev-2026-11-01")),
        *((tag, True) for tag in ("uv-0.9-ALPHA1", "v16.0.2-canary.3", "1.0_pre2")),
        *((tag, False) for tag in ("v1.0.0", "2025b", "1.1.1w", "device-1.0", "jdk-25+36")),
        *(
            (tag, False)
            for tag in ("source-1.0", "release/2026.11", "prettier@3.7.0", "p-1.0.post1")
        ),
    ],
)
def test_tags_say_what_is_not_final(tag: str, early: bool) -> None:
    assert is_prerelease(tag) is early


@pytest.mark.parametrize(
    ("repository", "title", "shown"),
    [
        (UV, "v0.9.2", "uv 0.9.2"),
        (UV, "Release 0.9.2", "uv 0.9.2"),
        (UV, "uv 0.9.2", "uv 0.9.2"),
        ("python/cpython", "Python 3.14.1", "Python 3.14.1"),
        ("NousResearch/hermes-agent", "Hermes 0.4", "Hermes 0.4"),
        ("home-assistant/core", "2026.11.3", "home-assistant/core 2026.11.3"),
        ("vercel/next.js", "v16.0.2", "next.js 16.0.2"),
        ("changesets/changesets", "@scope/pkg@1.2.3", "changesets @scope/pkg@1.2.3"),
    ],
)
def test_the_project_is_in_the_title(repository: str, title: str, shown: str) -> None:
    assert release_title(repository, title) == shown
    assert with_project(UV, "Fix it") == "uv: Fix it"


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("fixes #12", '<a href="https://github.com/o/r/issues/12">#12</a>'),
        ("by @ada-b.", '<a href="https://github.com/ada-b">@ada-b</a>.'),
        ("https://github.com/o/r/pull/3", '<a href="https://github.com/o/r/pull/3">#3</a>'),
        ("https://github.com/a/b/pull/3", '<a href="https://github.com/a/b/pull/3">a/b#3</a>'),
        ("see https://x.example/a_(b).", 'href="https://x.example/a_"'),
        ("[a](b/c.md)", '<a href="https://github.com/o/r/blob/HEAD/b/c.md">a</a>'),
        ("[@ada](https://x.example/)", '<a href="https://x.example/">@ada</a>'),
        ('<a href="x">#1</a>', '<a href="x">#1</a>'),
        *(
            (text, f"<p>{text}</p>")
            for text in ("a@b.example", "@types/node", "x#1y", "C#12", "&#12")
        ),
    ],
)
def test_short_references_are_links(written: str, shown: str) -> None:
    assert shown.replace("&#", "&amp;#") in markdown_html(written, "https://github.com/o/r")


FEED = """<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/" xml:lang="en">
  <id>tag:github.com,2008:https://github.com/astral-sh/uv/x</id>
  <link type="text/html" rel="alternate" href="https://github.com/astral-sh/uv/x"/>
  <title>As GitHub calls it</title>
  <updated>2026-11-15T18:12:33Z</updated>
{}</feed>"""
ENTRY = """<entry>
  <id>tag:github.com,2008:{0}</id>
  <updated>2026-11-15T18:12:33Z</updated>
  <link rel="alternate" type="text/html" href="https://github.com/astral-sh/uv/{1}"/>
  <title>
      {2}
  </title>
  <content type="html">{3}</content>
  <author><name>github-actions[bot]</name></author>
  <media:thumbnail height="30" width="30" url="https://avatars.githubusercontent.com/u/1?s=60"/>
</entry>
"""
NOTES = """&lt;p&gt;&lt;a href="https://github.com/astral-sh/uv/pull/1"&gt;#1&lt;/a&gt;&lt;/p&gt;
&lt;h2&gt;New Contributors&lt;/h2&gt;
&lt;ul&gt;&lt;li&gt;ben&lt;/li&gt;&lt;/ul&gt;
&lt;p&gt;&lt;strong&gt;Full Changelog&lt;/strong&gt;: \
&lt;a class="commit-link" href="x"&gt;&lt;tt&gt;1...2&lt;/tt&gt;&lt;/a&gt;&lt;/p&gt;"""


def release(tag: str, notes: str = NOTES, title: str = "") -> str:
    return ENTRY.format(f"Repository/699/{tag}", f"releases/tag/{tag}", title or tag, notes)


def in_feed(*entries: str, **given: Any) -> list[ParsedEntry]:
    options = github.SOURCE.options(settings(repo=UV, **given))
    body = FEED.format("".join(entries)).encode()
    return [
        *github.SOURCE.parse([Document(body, f"https://github.com/{UV}/x.atom")], options).entries
    ]


def test_a_feed_of_releases_has_the_final_ones_without_their_credits() -> None:
    (final,) = in_feed(release("0.9.3-rc.1"), release("0.9.2"))

    assert (final.guid, final.title, final.author, final.image) == ("0.9.2", "uv 0.9.2", "", "")
    assert final.html.strip() == f'<p><a href="https://github.com/{UV}/pull/1">#1</a></p>'
    assert [each.title for each in in_feed(release("1-rc1"), prereleases=True)] == ["uv 1-rc1"]
    assert in_feed(release("1", "No content."))[0].html == ""


@pytest.mark.parametrize(
    ("what", "entry", "guid", "title"),
    [
        ("tags", release("release/1", title="v1"), "release/1", "uv 1"),
        (
            "commits",
            ENTRY.format("Grit::Commit/6b0c1f1", "commit/6b0c1f1", "Fix it (#1)", "x"),
            "6b0c1f1",
            "uv: Fix it (#1)",
        ),
        (
            "discussions",
            ENTRY.format("912", "discussions/3", "How?", "x"),
            "tag:github.com,2008:912",
            "uv: How?",
        ),
    ],
)
def test_what_else_there_are_feeds_of(what: str, entry: str, guid: str, title: str) -> None:
    (found,) = in_feed(entry, what=what)

    assert (found.guid, found.title, found.author) == (guid, title, "")


# How it is polled


class GitHub:
    """Its limits: so many requests to the API an hour, of which a 304 takes none with a token.

    Repositories are renamed to `/repositories/1`; feeds have no limit. `trouble` is answered in
    place of everything.
    """

    def __init__(self, clock: StoppedClock, an_hour: int = 60) -> None:
        self.clock = clock
        self.an_hour = an_hour
        self.used = 0
        self.since = clock.now
        self.releases: list[dict[str, Any]] = [a_release("0.9.2")]
        self.renamed = False
        self.trouble: Reply | None = None
        self.more: dict[str, str] = {}

    def __call__(self, seen: Seen) -> Reply:
        if self.trouble:
            return self.trouble
        if seen.path.endswith(".atom"):
            return Reply(FEED.format("".join(release(each["tag_name"]) for each in self.releases)))
        login = seen.headers.get("Authorization", "")
        if self.clock.now - self.since >= timedelta(hours=1):
            self.used, self.since = 0, self.clock.now
        etag = f'W/"{hash((login, json.dumps(self.releases)))}"'
        same = seen.headers.get("If-None-Match") == etag
        if self.used >= self.an_hour:
            words = "API rate limit exceeded for 127.0.0.1. (But here's the good news: ...)"
            return Reply(json.dumps({"message": words}), 403, self._limits())
        if not (same and login):
            self.used += 1
        headers = {"ETag": etag, **self._limits(), **self.more}
        if self.renamed and seen.path.startswith("/repos/"):
            path = "/repositories/1/" + seen.path.split("/", 4)[4]
            return Reply('{"message": "Moved Permanently"}', 301, {"Location": path, **headers})
        return Reply(json.dumps([] if same else self.releases), 304 if same else 200, headers)

    def _limits(self) -> dict[str, str]:
        reset = epoch_in(self.since + timedelta(hours=1) - self.clock.now)
        left = str(self.an_hour - self.used)
        return {
            "X-RateLimit-Remaining": left,
            "X-RateLimit-Limit": "60",
            "X-RateLimit-Reset": reset,
        }


def a_release(tag: str, **more: Any) -> dict[str, Any]:
    return {
        "id": 1,
        "tag_name": tag,
        "name": tag,
        "html_url": f"https://github.com/{UV}/releases/tag/{tag}",
        "published_at": NOW.isoformat(),
        "body": "Notes.",
        **more,
    }


def issues_of(*names: str, **more: Any) -> list[dict[str, Any]]:
    return [{"kind": "github", "repo": name, "what": "issues", **more} for name in names]


def outcomes(results: list[PollResult]) -> list[str]:
    return [result.outcome for result in results]


def stored(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.glob("digest.db*"))


async def test_at_the_limit_all_wait_until_its_reset_and_none_has_failed(
    feed_server: HttpServer, tmp_path: Path
) -> None:
    clock = StoppedClock()
    service = GitHub(clock, an_hour=2)
    repositories = [f"a/r{number}" for number in range(4)]

    async with polled(feed_server, service, issues_of(*repositories), tmp_path, clock) as sources:
        first = await sources.poll()
        asked, service.an_hour = len(feed_server.seen), 60
        early = await sources.poll_due(minutes=30)
        late = await sources.poll_due(hours=2)

    assert sorted(outcomes(first)) == ["postponed", "postponed", "updated", "updated"]
    waits = {each.waits_until for each in first if each.waits_until}
    assert all(timedelta(minutes=59) < wait - NOW <= timedelta(hours=1) for wait in waits)
    # Those that wait were not asked for.
    assert (early, asked) == ([], 2)
    assert sorted(outcomes(late)) == ["not_modified", "not_modified", "updated", "updated"]


async def test_a_secondary_limit_is_no_bad_token(feed_server: HttpServer, tmp_path: Path) -> None:
    clock = StoppedClock()
    service = GitHub(clock)
    words = '{"message": "You have exceeded a secondary rate limit. Please wait a few minutes."}'
    feeds = issues_of("a/b", token=TOKEN)

    async with polled(feed_server, service, feeds, tmp_path, clock) as sources:
        service.trouble = Reply(words, 403)
        waits = [(await sources.poll(minutes=5))[0] for _ in range(3)]
        service.trouble = Reply(words, 403, {"Retry-After": "1800"})
        (told,) = await sources.poll(minutes=5)

    assert {(wait.outcome, wait.status) for wait in [*waits, told]} == {("postponed", 403)}
    minutes = [(wait.waits_until - NOW).total_seconds() / 60 for wait in waits if wait.waits_until]
    # A minute, two and four, from polls five minutes apart.
    assert minutes == [5 + 1, 10 + 2, 15 + 4]
    assert told.waits_until == clock.now + timedelta(minutes=30)


async def test_a_token_makes_nothing_of_what_is_unchanged_and_keeps_its_own_validators(
    feed_server: HttpServer, tmp_path: Path
) -> None:
    clock = StoppedClock()
    service = GitHub(clock)

    async def poll(*tokens: str) -> list[PollResult]:
        results = []
        for token in tokens:
            feeds = [{"kind": "github", "repo": UV, "token": token}]
            async with polled(feed_server, service, feeds, tmp_path, clock) as sources:
                results += await sources.poll(minutes=1)
        return results

    assert outcomes(await poll("one", "one")) == ["updated", "not_modified"]
    assert service.used == 1
    # The other's validator would be no use.
    assert outcomes(await poll("two", "two")) == ["unchanged", "not_modified"]
    sent = [bool(seen.headers.get("If-None-Match")) for seen in feed_server.seen]
    assert sent == [False, True, False, True]


async def test_a_token_given_later_changes_no_release_and_is_no_edit(
    feed_server: HttpServer, tmp_path: Path
) -> None:
    clock = StoppedClock()
    service = GitHub(clock)

    async def poll(**more: str) -> PollResult:
        feeds = [{"kind": "github", "repo": UV, "updates": "resend", **more}]
        async with polled(feed_server, service, feeds, tmp_path, clock) as sources:
            (result,) = await sources.poll(minutes=1)
            (entry,) = await sources.bench.pending()
        assert entry.title == "uv 0.9.2"
        assert bool(entry.resend_at) == ("Better" in service.releases[0]["body"])
        return result

    assert (await poll()).new == 1
    # Its notes are other HTML there.
    assert outcomes([await poll(token=TOKEN)]) == ["unchanged"]
    # Notes that are edited are the same release's.
    service.releases = [a_release("0.9.2", body="Better notes.")]
    result = await poll(token=TOKEN)
    assert (result.outcome, result.new) == ("updated", 0)


async def test_a_renamed_repository_is_asked_by_its_new_address(
    feed_server: HttpServer, tmp_path: Path
) -> None:
    clock = StoppedClock()
    service = GitHub(clock)
    service.renamed = True
    feeds = [{"kind": "github", "repo": "old/name", "token": TOKEN}]

    async with polled(feed_server, service, feeds, tmp_path, clock) as sources:
        for _ in range(3):
            await sources.poll(hours=13)
        asked = len(feed_server.seen)
        (result,) = await sources.poll(hours=13)
        health = await sources.bench.store.transact(lambda store: store.health.read())
        report = status_report(sources.bench.settings, health, clock())

    # There is no address in the file to be changed.
    assert (bool(report.feeds[0].moved_to), report.attention) == (True, ())
    assert (asked, result.outcome) == (6, "not_modified")
    (last,) = feed_server.seen[6:]
    assert last.path == "/repositories/1/releases?per_page=30"
    assert last.headers["Authorization"] == f"Bearer {TOKEN}"
    assert last.headers["If-None-Match"]


async def test_what_a_renamed_repository_lists_is_not_edited(
    feed_server: HttpServer, tmp_path: Path
) -> None:
    clock = StoppedClock()
    service = GitHub(clock)
    feeds = [{"kind": "github", "repo": UV, "token": TOKEN, "updates": "resend"}]

    async with polled(feed_server, service, feeds, tmp_path, clock) as sources:
        await sources.poll()
        page = "https://github.com/astral/uv-next/releases/tag/0.9.2"
        service.renamed, service.releases = True, [a_release("0.9.2", html_url=page)]
        assert outcomes(await sources.poll(hours=1)) == ["unchanged"]
        finding = await sources.check()

    # Under its new name it would be another source, which begins anew.
    assert (finding.verdict, finding.remedy) == ("ok", "")
    assert "it moved to https://api.github.com/repositories/1/releases" in finding.said
    (before,), (after,) = (in_feed(release("1").replace(UV, name)) for name in (UV, "a/uv-next"))
    assert after == before


@pytest.mark.parametrize("link", ["", "http://[", "https://github.com", "x/y/z", "https://a/b"])
def test_pages_of_no_repository(link: str) -> None:
    entry = ParsedEntry(guid="1", link=link, title="1", author="", published=None, html="")

    assert (repository_of(link), under_name(entry, UV)) == ("", entry)


def test_a_renamed_repository_of_an_organisation_brings_nothing_twice() -> None:
    options = github.SOURCE.options(settings(org="astral-sh"))

    def guids(name: str) -> list[str]:
        page = f"https://github.com/astral-sh/{name}/releases/tag/1.0"
        lists = [[], [a_release("1.0", html_url=page)]]
        documents = [Document(json.dumps(each).encode(), ISSUES) for each in lists]
        return [entry.guid for entry in github.SOURCE.parse(documents, options).entries]

    assert guids("uv") == guids("uv-next")


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (401, "the token has expired, or is none; make a new one at https://github.com/settings"),
        (403, "the token may not read this"),
        (404, "if it is private, give a token that may read it"),
        (410, "it is switched off there"),
    ],
)
async def test_a_failure_says_how_it_is_mended_and_never_the_token(
    feed_server: HttpServer,
    tmp_path: Path,
    status: int,
    words: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    clock = StoppedClock()
    service = GitHub(clock)
    service.trouble = Reply(f'{{"message": "Bad credentials {TOKEN}"}}', status)
    feeds = issues_of("a/b", token=TOKEN)

    async with polled(feed_server, service, feeds, tmp_path, clock) as sources:
        (result,) = await sources.poll()
        known = await sources.bench.feed("github:a/b:issues")

    assert result.outcome == "failed"
    assert words in (result.error or "")
    assert not known["gone_at"]
    assert TOKEN.encode() not in stored(tmp_path)
    assert TOKEN not in caplog.text + repr(result) + repr(sources.bench.settings)


async def test_the_example_of_the_documentation_is_polled(
    feed_server: HttpServer, tmp_path: Path
) -> None:
    clock = StoppedClock()

    async with polled(feed_server, GitHub(clock), documented("GitHub"), tmp_path, clock) as sources:
        results = await sources.poll()

    assert len(results) == 6
    assert {result.outcome for result in results} <= {"updated", "unchanged"}
    assert outcomes(results).count("updated") >= 3


async def test_notifications_are_polled_no_more_often_than_it_says(
    feed_server: HttpServer, tmp_path: Path
) -> None:
    clock = StoppedClock()
    service = GitHub(clock)
    service.releases, service.more = [], {"X-Poll-Interval": "10800"}
    feeds = [{"kind": "github", "what": "notifications", "token": TOKEN}]

    async with polled(feed_server, service, feeds, tmp_path, clock) as sources:
        await sources.poll()
        assert await sources.poll_due(hours=2, minutes=59) == []
        assert len(await sources.poll_due(hours=2)) == 1


def thread(number: int, read_at: str | None, updated: str, **subject: Any) -> dict[str, Any]:
    about = {
        "title": "Lock file is odd",
        "type": "Issue",
        "url": f"https://api.github.com/repos/{UV}/issues/{number}",
    }
    return {
        "id": str(number),
        "reason": "mention",
        "last_read_at": read_at,
        "updated_at": updated,
        "subject": about | subject,
        "repository": {"full_name": UV},
    }


async def test_a_thread_is_news_again_once_it_was_read(follow: Follow) -> None:
    service = await follow({"kind": "github", "what": "notifications", "token": TOKEN})
    runs = {"title": "CI failed for main", "type": "CheckSuite", "url": None}
    first = [thread(number, None, "2026-11-15T10:00:00Z") for number in (1, 2)]
    more = [thread(3, None, "2026-11-15T11:00:00Z", **runs)]

    assert (await service.poll(as_reply([*more, *first]))).new == 3
    # More happens in one that is unread, another workflow fails, and what was read goes on.
    unread = thread(1, None, "2026-11-16T10:00:00Z")
    again = thread(2, "2026-11-16T09:00:00Z", "2026-11-16T10:00:00Z")
    another = thread(4, None, "2026-11-16T10:00:00Z", **runs)
    assert (await service.poll(as_reply([another, again, unread, *more]))).new == 2


def as_reply(answer: object) -> Reply:
    return Reply(json.dumps(answer))
