"""Authors as an edition names them: people, a few of them, and no programs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from digest.editions.similarity.links import fold_host
from digest.feeds.hosts import host_of

if TYPE_CHECKING:
    from digest.language import Language
    from digest.model import Entry

_MOST_AUTHORS = 3
_PARENTHESES = re.compile(r"\s*\([^()]*\)")
_BETWEEN_NAMES = re.compile(r"\s*[,、،]\s*(?:(?:and|und|et|y|e|en|&)\s+)?|\s+(?:and|und|et|&)\s+")
_SEMICOLON = re.compile(r"\s*;\s*")
_NO_LETTERS = re.compile(r"[\W_]+")
_BY = re.compile(r"^(?:by|von|par|por|di|door)\s+", re.IGNORECASE)
# What offices and accounts sign with.
_OFFICES = {
    *("admin", "administrator", "anonymous", "author", "editor", "editors", "guest", "root"),
    *("staff", "team", "the team", "unknown", "user", "webmaster", "redaktion", "redaction"),
    *("redaccion", "redacción", "redazione", "rédaction", "noreply", "no reply", "do not reply"),
    *("feedback", "info", "null", "none", "undefined", "default", "superuser", "wordpress"),
}
# Programs say so at the end of their names; these are called otherwise.
_PROGRAMS = {
    *("github actions", "dependabot", "renovate", "semantic release", "release please"),
    *("pre commit ci", "goreleaser", "web flow", "gitlab ci", "jenkins", "travis ci", "circleci"),
    *("allcontributors", "mergify", "copilot", "automoderator", "feedburner", "ghost", "blogger"),
}
# Bot is a name too.
_PROGRAM = re.compile(
    r"[^,;]*\[bot\]|(?:.+[_-])?(?:ro)?bot|\w+-bot-\w+"
    r"|(?:release|deploy|build|ci|merge|news|feed|rss|update|renovate|commit|slack|publish)\w*"
    r"(?: \w+)? bot",
    re.IGNORECASE,
)


def is_nobody(author: str) -> bool:
    """Whether it is an office, an account or a program that signs, and no person or paper."""
    name = _BY.sub("", author.strip())
    letters = _NO_LETTERS.sub(" ", name.casefold()).strip()
    return letters in _OFFICES or letters in _PROGRAMS or bool(_PROGRAM.fullmatch(name))


def writer(entry: Entry) -> str:
    """Who wrote it, as its feed says; who posts a page of others to a site of links did not."""
    if not entry.discussion:
        return entry.author
    talk, page = (fold_host(host_of(address)) for address in (entry.discussion, entry.link))
    is_posted = talk != page and talk == fold_host(host_of(entry.feed_home or entry.feed_url))
    return "" if is_posted else entry.author


def byline(authors: str, language: Language) -> str:
    """The authors who are people; of more than three the first three, and that there are others."""
    if not authors or is_nobody(authors):
        return ""
    separator = _SEMICOLON if ";" in authors else _BETWEEN_NAMES
    names = [name for name in separator.split(_PARENTHESES.sub("", authors)) if name]
    people = [name for name in names if not is_nobody(name)]
    if len(people) > _MOST_AUTHORS and _are_people(people):
        return language.translate("{names} et al.", names=language.list_of(people[:_MOST_AUTHORS]))
    return authors if len(people) == len(names) else language.list_of(people)


def _are_people(names: list[str]) -> bool:
    """Whether these are names of several people, not the degrees and places of one."""
    whole = [name for name in names[: _MOST_AUTHORS + 1] if " " in name or not name.isascii()]
    return len(whole) >= _MOST_AUTHORS
