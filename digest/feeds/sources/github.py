"""GitHub, through its Atom feeds and its REST API: https://docs.github.com/rest.

Feeds are asked where they are enough without a token; of pre-releases only the API tells.
"""

from __future__ import annotations

import re
from hashlib import sha256
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import quote, unquote, urlencode, urlsplit

from msgspec.structs import replace

from digest.errors import FeedError
from digest.feeds.http.messages import Request
from digest.feeds.http.permanent_moves import settled
from digest.feeds.limits import MAX_HTML
from digest.feeds.parsing import releases
from digest.feeds.parsing.bounds import bounded
from digest.feeds.parsing.dates import read_date
from digest.feeds.parsing.json_values import inner, json_list, json_object, number, objects, text
from digest.feeds.parsing.markdown import markdown_html
from digest.feeds.parsing.repositories import repository_of, under_name
from digest.feeds.sources import MOST_FURTHER, Document, Options, Source
from digest.feeds.sources.feed import parse_feed
from digest.feeds.text import paragraphs
from digest.model import Fact, FeedState, ParsedEntry, ParsedFeed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from digest.config.sources.github import GithubSettings

_SITE, _API = "https://github.com", "https://api.github.com"
_VERSION, _JSON = "2022-11-28", "application/vnd.github+json"
_TOKENS = f"{_SITE}/settings/tokens"
_PATHS = {
    "releases": "releases?per_page=30",
    "commits": "commits?per_page=50",
    "issues": "issues?state=all&sort=created&direction=desc&per_page=100",
    "advisories": "security-advisories?sort=published&direction=desc&per_page=30",
}
_CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_TAG_IN_ID = re.compile(r"tag:github\.com,2008:Repository/[0-9]+/(.+)", re.DOTALL)
_PAGES = {
    "Issue": "issues/{}",
    "PullRequest": "pull/{}",
    "Commit": "commit/{}",
    "Discussion": "discussions/{}",
    "Release": "releases",
    "CheckSuite": "actions",
}
_REMEDIES = {
    401: f"the token has expired, or is none; make a new one at {_TOKENS}",
    403: f"the token may not read this; allow it at {_TOKENS}",
    404: "look for a slip in its name; if it is private, give a token that may read it",
    410: "it is switched off there; take it out of feeds",
    429: "give a token, with which the API allows 5,000 requests an hour, and not 60",
}


class Github(Source["GithubSettings"]):
    """A feed or a list of the API in one answer; of an organisation, the releases of its last ten.

    Tags, releases and commits go by their own names, so that a token changes nobody's identity.
    """

    remembers_moves: ClassVar[bool] = True

    def request(self, settings: GithubSettings, state: FeedState | None, now: datetime) -> Request:
        """What is new, if anything has changed; where the repository is, once it was renamed."""
        if settings.what == "notifications" and not settings.token:
            raise FeedError(f"needs a token; make one at {_TOKENS} and give it as token_file")
        url = _address(settings)
        # A new release need not show in the list of an organisation's repositories.
        known = None if settings.org and settings.what == "releases" else state
        moved = state.move.to if state and state.move and settled(state.move, now) else ""
        return Request(
            url,
            etag=known.etag if known else None,
            last_modified=known.last_modified if known else None,
            answered_by=known.answered_by if known else None,
            moved_to=moved if _is_the_same_list(moved, url) else None,
            accept=_JSON if settings.uses_api else "application/atom+xml",
            headers=_headers(settings) if settings.uses_api else {},
            limit_words=b"secondary rate limit",
        )

    def options(self, settings: GithubSettings) -> Options:
        """What is listed and what counts of it; another token is another reading."""
        token = _token(settings)
        return {
            "what": settings.what,
            "name": settings.org or next(iter(settings.repo), ""),
            "org": settings.org is not None,
            "api": settings.uses_api,
            "prereleases": settings.prereleases,
            "labels": settings.labels,
            # Its validators are no use with another, nor are those that came without one.
            "by": sha256(token.encode()).hexdigest()[:8] if token else "",
        }

    def further(self, first: Document, options: Options) -> Sequence[str]:
        """The releases of the repositories of an organisation that changed last."""
        if not (options["org"] and options["what"] == "releases"):
            return ()
        names = [text(each, "full_name") for each in json_list(first.body)]
        shown = [quote(name) for name in names if name.count("/") == 1]
        return [f"{_API}/repos/{name}/releases?per_page=5" for name in shown[:MOST_FURTHER]]

    def parse(self, documents: Sequence[Document], options: Options) -> ParsedFeed:
        """What the feed or the lists have; drafts and, unless they are wanted, pre-releases not."""
        first, *further = documents
        if not options["api"]:
            return bounded(_of_atom(first, options), first.url)
        if options["org"] and options["what"] == "releases":
            lists = [json_list(document.body) for document in further]
        elif options["org"]:
            lists = [objects(json_object(first.body), "items")]
        else:
            lists = [json_list(first.body)]
        entry = _ENTRIES[options["what"]]
        found = [entry(item, options) for items in lists for item in items]
        return bounded(_feed(options, [each for each in found if each and each.guid]), first.url)

    def remedy(self, settings: GithubSettings, status: int) -> str:
        """By the token, and by what may not be there."""
        if status == 429 and (settings.token or not settings.uses_api):
            return ""
        return _REMEDIES.get(status, "")


def _headers(settings: GithubSettings) -> dict[str, str]:
    login = {"Authorization": f"Bearer {_token(settings)}"} if settings.token else {}
    return {"X-GitHub-Api-Version": _VERSION, **login}


def _token(settings: GithubSettings) -> str:
    return settings.token.get_secret_value() if settings.token else ""


def _is_the_same_list(moved: str, url: str) -> bool:
    """Whether a new address is that of the same question: of the feed or the API, by its query."""
    there, here = urlsplit(moved), urlsplit(url)
    return (there.netloc, there.query) == (here.netloc, here.query)


def _address(settings: GithubSettings) -> str:
    if settings.what == "notifications":
        return f"{_API}/notifications?per_page=50"
    if settings.org and settings.what == "releases":
        return f"{_API}/orgs/{settings.org}/repos?sort=pushed&per_page={MOST_FURTHER}"
    if settings.org:
        words = [f"org:{settings.org}", "is:issue", *(f'label:"{x}"' for x in settings.labels)]
        query = {"q": " ".join(words), "sort": "created", "order": "desc", "per_page": 50}
        return f"{_API}/search/issues?{urlencode(query)}"
    (name,) = settings.repo[:1]
    if not settings.uses_api:
        branch = f"/{quote(settings.branch)}" if settings.branch else ""
        return f"{_SITE}/{name}/{settings.what}{branch}.atom"
    asked = {"sha": settings.branch or "", "labels": ",".join(settings.labels)}
    more = urlencode({key: value for key, value in asked.items() if value})
    return f"{_API}/repos/{name}/{_PATHS[settings.what]}{'&' if more else ''}{more}"


def _feed(options: Options, entries: Sequence[ParsedEntry]) -> ParsedFeed:
    name, what = options["name"], options["what"]
    title = name if what == "releases" else f"{name or 'GitHub'}: {what}"
    if "/" in name:
        entries = [under_name(entry, name) for entry in entries]
    return ParsedFeed(title, tuple(entries), "github", f"{_SITE}/{name or what}")


def _of_atom(document: Document, options: Options) -> ParsedFeed:
    entries = [_told(entry, options) for entry in parse_feed(document.body, document.url).entries]
    return _feed(options, [entry for entry in entries if entry])


def _told(entry: ParsedEntry, options: Options) -> ParsedEntry | None:
    """An entry of a feed as one of the API's is; its picture is only its author's."""
    name, what = options["name"], options["what"]
    bare = replace(entry, image="", author=_author(entry.author))
    if what in {"releases", "tags"}:
        found = _TAG_IN_ID.fullmatch(entry.guid)
        tag = found[1] if found else unquote(entry.link.rpartition("/tag/")[2])
        if not options["prereleases"] and releases.is_prerelease(tag):
            return None
        title = releases.release_title(name, entry.title or tag)
        return replace(bare, guid=tag, title=title, html=releases.notes(entry.html))
    guid = entry.guid.rpartition("/")[2] if what == "commits" else entry.guid
    return replace(bare, guid=guid, title=releases.with_project(name, entry.title))


def _author(name: str) -> str:
    """Who made it, unless a program did."""
    return "" if name.endswith("[bot]") else name


def _release(item: dict[str, Any], options: Options) -> ParsedEntry | None:
    unwanted = {"draft"} if options["prereleases"] else {"draft", "prerelease"}
    if any(item.get(mark) is True for mark in unwanted):
        return None
    link, tag = text(item, "html_url"), text(item, "tag_name")
    name = repository_of(link) if options["org"] else options["name"]
    return ParsedEntry(
        guid=text(item, "id") if options["org"] else tag,
        link=link,
        title=releases.release_title(name, text(item, "name").strip() or tag),
        author=_author(text(inner(item, "author"), "login")),
        published=read_date(text(item, "published_at")),
        html=releases.notes(markdown_html(text(item, "body"), f"{_SITE}/{name}")),
    )


def _commit(item: dict[str, Any], options: Options) -> ParsedEntry:
    commit = inner(item, "commit")
    title, _, rest = text(commit, "message").strip().partition("\n")
    return ParsedEntry(
        guid=text(item, "sha"),
        link=text(item, "html_url"),
        title=releases.with_project(options["name"], title),
        author=_author(text(inner(commit, "author"), "name")),
        published=read_date(text(inner(commit, "committer"), "date")),
        html=paragraphs(rest[:MAX_HTML]),
    )


def _issue(item: dict[str, Any], options: Options) -> ParsedEntry | None:
    if "pull_request" in item:
        return None
    link = text(item, "html_url")
    name = repository_of(link) if options["org"] else options["name"]
    comments = number(item, "comments")
    return ParsedEntry(
        guid=text(item, "id"),
        link=link,
        title=releases.with_project(name, text(item, "title")),
        author=_author(text(inner(item, "user"), "login")),
        published=read_date(text(item, "created_at")),
        html=markdown_html(text(item, "body"), f"{_SITE}/{name}"),
        categories=tuple(text(label, "name") for label in objects(item, "labels")),
        facts=(Fact("comments", comments),) if comments else (),
        discussion=link if comments else "",
    )


def _advisory(item: dict[str, Any], options: Options) -> ParsedEntry:
    severity, name = text(item, "severity") or "unknown", str(options["name"])
    affected = map(_affected, objects(item, "vulnerabilities"))
    facts = paragraphs(" ".join([f"Severity: {severity}.", *affected]))
    return ParsedEntry(
        guid=text(item, "ghsa_id"),
        link=text(item, "html_url"),
        title=releases.with_project(name, text(item, "summary")),
        author="",
        published=read_date(text(item, "published_at")),
        html=facts + markdown_html(text(item, "description"), f"{_SITE}/{name}"),
    )


def _affected(vulnerability: dict[str, Any]) -> str:
    package = inner(vulnerability, "package")
    named = f"{text(package, 'name')} ({text(package, 'ecosystem')})"
    until = f"; fixed in {fixed}" if (fixed := text(vulnerability, "patched_versions")) else ""
    return f"Affected: {named} {text(vulnerability, 'vulnerable_version_range')}{until}."


def _notification(item: dict[str, Any], _options: Options) -> ParsedEntry:
    subject, repository = inner(item, "subject"), inner(item, "repository")
    name, kind = text(repository, "full_name"), text(subject, "type")
    # What was read and is heard of again is news; what happens before it was read is not.
    read_at = text(item, "last_read_at")
    return ParsedEntry(
        guid=f"{text(item, 'id')}@{read_at}" if read_at else text(item, "id"),
        link=_page(text(subject, "url"), kind, name),
        title=f"{name}: {text(subject, 'title')}",
        author="",
        published=read_date(text(item, "updated_at")),
        html=paragraphs(f"{_CAPITAL.sub(' ', kind)}: {text(item, 'reason').replace('_', ' ')}"),
    )


def _page(url: str, kind: str, name: str) -> str:
    """The page of what the API has at an address; of what it has none for, that of its kind."""
    number = url.rpartition("/")[2] if url.startswith(f"{_API}/repos/") else ""
    page = _PAGES.get(kind, "")
    return f"{_SITE}/{name}/{page.format(number)}".rstrip("/")


_ENTRIES: Mapping[str, Callable[[dict[str, Any], Options], ParsedEntry | None]] = {
    "releases": _release,
    "commits": _commit,
    "issues": _issue,
    "advisories": _advisory,
    "notifications": _notification,
}

SOURCE = Github()
