"""What a robots.txt allows this program (RFC 9309): Python's own reader knows no wildcards."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# RFC 9309, section 2.5: at least 500 KiB have to be read.
MOST_BYTES = 500 * 1024
_MOST_RULES = 2_000
_LONGEST_RULE = 2_000
_TOKEN = re.compile(r"[a-z_-]+", re.IGNORECASE)
_KEPT = "/?=&;:@!$'()*+,~%"


def rules_for(text: str, agent: str) -> tuple[str, ...]:
    """The rules for a program by its User-Agent, each `+` or `-` (forbidden) and its path.

    Those of all groups that name the program count, and those for `*` where none does.
    """
    token = _token(agent)
    groups: dict[str, list[str]] = {}
    named: list[str] = []
    is_open = False
    for name, value in _lines(text):
        if name == "user-agent":
            named = [*(named if is_open else ()), _token(value)]
            is_open = True
        elif name in {"allow", "disallow"}:
            is_open = False
            for each in named:
                groups.setdefault(each, []).extend(_rule(name, value))
    # A group without rules is one all the same: all is allowed.
    chosen = token if token in _named(text) else "*"
    return tuple(groups.get(chosen, ())[:_MOST_RULES])


def allows(rules: Iterable[str], url: str) -> bool:
    """Whether rules allow an address: the longest that fits decides, of equals the one that does.

    What no rule fits is allowed (RFC 9309, section 2.2.2).
    """
    parts = urlsplit(url)
    path = _normal(parts.path or "/") + (f"?{_normal(parts.query)}" if parts.query else "")
    fitting = [rule for rule in rules if _fits(rule[1:], path)]
    return not fitting or max(fitting, key=lambda rule: (len(rule), rule[0] == "+"))[0] == "+"


def _lines(text: str) -> Iterable[tuple[str, str]]:
    for line in text.removeprefix("\ufeff").splitlines():
        name, colon, value = line.partition("#")[0].partition(":")
        if colon:
            yield name.strip().lower(), value.strip()


def _named(text: str) -> set[str]:
    return {_token(value) for name, value in _lines(text) if name == "user-agent"}


def _token(agent: str) -> str:
    """What groups call a program: the beginning of its User-Agent, in lower case."""
    found = _TOKEN.match(agent.strip())
    return found[0].lower() if found else "*"


def _rule(name: str, path: str) -> Sequence[str]:
    if not path or len(path) > _LONGEST_RULE:
        return ()
    return (("+" if name == "allow" else "-") + _normal(path),)


def _normal(path: str) -> str:
    """A path in one spelling of what is percent-encoded."""
    return quote(unquote(path, errors="surrogateescape"), safe=_KEPT, errors="surrogateescape")


def _fits(pattern: str, path: str) -> bool:
    """Whether a path begins as a rule has it; `*` stands for anything, a last `$` for the end.

    The pieces between are looked for one after the other, so that it takes no longer than that.
    """
    ends = pattern.endswith("$")
    first, *pieces = pattern.removesuffix("$").split("*")
    if not path.startswith(first):
        return False
    if ends and not pieces:
        return path == first
    last = pieces.pop() if ends else ""
    at = len(first)
    for piece in pieces:
        found = path.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    return not ends or (path.endswith(last) and len(path) - len(last) >= at)
