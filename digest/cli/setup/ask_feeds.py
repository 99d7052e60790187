"""The feeds to begin with: asked for or given, and found at their sites."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.cli import aio
from digest.cli.feeds_kinds import source_kinds
from digest.cli.output import progress
from digest.cli.setup.first_config import StartFeed
from digest.cli.setup.probe import find_feeds, one_line
from digest.cli.setup.prompts import SITE, agree, ask, ask_more, choose, tell, transcript
from digest.cli.source_names import source_named
from digest.errors import FeedError
from digest.feeds.discovery import is_of_the_site, web_address
from digest.feeds.http.sockets import NOT_PUBLIC
from digest.language import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.cli.feeds_probe import Candidate


def feeds_given(urls: Sequence[str], *, private: bool, test: bool) -> tuple[StartFeed, ...]:
    """The likeliest feed of each address; as they are without `test`.

    Raises:
        FeedError: there is none at one of them.
    """
    if not test:
        return tuple({_unseen(url, private=private): None for url in urls})
    found = {}
    for url in urls:
        try:
            first, *others = _look(url, private=private)
        except FeedError as error:
            raise FeedError(f"{url}: {error.reason}") from None
        tell(f"  {_line(first)}")
        if others:
            tell(f"  {len(others)} more there: `digest feeds discover {url}`")
        found[first.url] = _start(first, url, private=private)
    return tuple(found.values())


def ask_for_feeds(*, private: bool, test: bool) -> tuple[StartFeed, ...]:
    """Ask until there is one, and then for more until the answer is empty."""
    found: dict[str, StartFeed] = {}
    tell(_offer())
    while True:
        more = ask_more if found else ask
        url = more("Another site or feed, if any" if found else "Site or feed", SITE)
        if not url:
            return tuple(found.values())
        chosen = _chosen(url, private=private) if test else [_unseen(url, private=private)]
        found.update((feed.url, feed) for feed in chosen)


def _offer() -> str:
    """What a person can answer: addresses, and the short forms of the kinds that have one."""
    kinds = source_kinds()
    short = [kind.example for kind in kinds if kind.example.startswith(f"{kind.kind}:")]
    return (
        "  A site, a feed, or the address of a channel, a repository, a subreddit...;"
        f" e.g. {', '.join(short)}. `digest feeds kinds` lists all."
    )


def _unseen(url: str, *, private: bool) -> StartFeed:
    return StartFeed(source_named(url).address, private)


def _chosen(url: str, *, private: bool) -> list[StartFeed]:
    try:
        found = _look(url, private=private)
    except FeedError as error:
        if private or NOT_PUBLIC not in error.reason:
            tell(f"! {one_line(error.reason)}")
            return []
        allowed = agree("That is on this machine or network. Read it all the same?")
        return _chosen(url, private=True) if allowed else []
    if len(found) == 1:
        tell(f"  {_line(found[0])}")
        return [_start(found[0], url, private=private)]
    places = choose("Which of them", [_line(candidate) for candidate in found])
    return [_start(found[place], url, private=private) for place in places]


def _start(found: Candidate, asked: str, *, private: bool) -> StartFeed:
    return StartFeed(found.url, private and is_of_the_site(found.url, web_address(asked)))


def _look(site: str, *, private: bool) -> list[Candidate]:
    """The feeds of a site.

    Raises:
        FeedError: there is none.
    """
    found: list[Candidate] = transcript.attempt(lambda: _look_now(site, private=private))
    return found


def _look_now(site: str, *, private: bool) -> list[Candidate]:
    with progress("looking", None) as done:
        return aio.run(find_feeds(site, done, private=private))


def _line(found: Candidate) -> str:
    entries = counted(found.entries, "entry", "entries")
    return f"{one_line(found.title)[:60] or 'untitled'}: {entries}, {found.url}"
