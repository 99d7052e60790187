"""Markdown as HTML, as hosts of code show it: with links to what #12 and @ada stand for.

What reads Markdown is loaded when a text comes: only worker processes need it.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from digest.feeds.limits import MAX_HTML

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from markdown_it import MarkdownIt
    from markdown_it.rules_core import StateCore
    from markdown_it.token import Token

_REFERENCE = re.compile(
    r"(?<![\w/&@#])(?:"
    r"(?P<url>https?://[^\s<>()\"'`]{1,2000}(?<![.,;:!?]))"
    r"|(?P<repository>[\w.-]{1,40}/[\w.-]{1,100})?#(?P<number>[0-9]{1,8})(?!\w)"
    r"|@(?P<user>[A-Za-z0-9][A-Za-z0-9-]{0,38})(?![\w/@-]|\.\w))"
)
_TALK = re.compile(r"/([\w.-]+/[\w.-]+)/(?:pull|issues|discussions)/([0-9]{1,8})")
_RELATIVE_TO = {"link_open": ("href", "blob/HEAD/"), "image": ("src", "raw/HEAD/")}


def markdown_html(text: str, repository: str) -> str:
    """Markdown as HTML that is not yet clean, at most MAX_HTML characters of it.

    `repository` is the web address that it is of.
    """
    html: str = _parser().render(text[:MAX_HTML], {"repository": repository})
    return html


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    # A line's end is one, as it is in what people type into a form.
    parser = MarkdownIt("commonmark", {"breaks": True}).enable(["table", "strikethrough"])
    parser.core.ruler.push("references", _link_references)
    return parser


def _link_references(state: StateCore) -> None:
    for token in state.tokens:
        if token.children:
            token.children = [*_linked(token.children, str(state.env["repository"]))]


def _linked(tokens: Iterable[Token], repository: str) -> Iterator[Token]:
    """The tokens of a line of text with absolute links, and references outside of them as links."""
    depth = 0
    for token in tokens:
        depth += _opens_link(token)
        if token.type in _RELATIVE_TO:
            name, folder = _RELATIVE_TO[token.type]
            token.attrs[name] = _absolute(f"{repository}/{folder}", str(token.attrs[name]))
        if token.type == "text" and depth <= 0:
            yield from _pieces(token.content, repository)
        else:
            yield token


def _opens_link(token: Token) -> int:
    """1 where a link begins, -1 where one ends."""
    is_tag = token.type == "html_inline"
    begins = token.type == "link_open" or (is_tag and token.content[:3].lower() in {"<a ", "<a\n"})
    ends = token.type == "link_close" or (is_tag and token.content[:3].lower() == "</a")
    return begins - ends


def _absolute(base: str, address: str) -> str:
    try:
        return urljoin(base, address)
    except ValueError:
        return address


def _pieces(text: str, repository: str) -> Iterator[Token]:
    """A text as it is between its references, which are links."""
    from markdown_it.token import Token

    end = 0
    for reference in _REFERENCE.finditer(text):
        if before := text[end : reference.start()]:
            yield Token("text", "", 0, content=before)
        shown, address = _target(reference, repository)
        yield Token("link_open", "a", 1, attrs={"href": address})
        yield Token("text", "", 0, content=shown)
        yield Token("link_close", "a", -1)
        end = reference.end()
    if rest := text[end:]:
        yield Token("text", "", 0, content=rest)


def _target(reference: re.Match[str], repository: str) -> tuple[str, str]:
    """What a reference is shown as, and where it leads."""
    host = "{0.scheme}://{0.netloc}".format(urlsplit(repository))
    if number := reference["number"]:
        where = f"{host}/{reference['repository']}" if reference["repository"] else repository
        return reference[0], f"{where}/issues/{number}"
    if user := reference["user"]:
        return reference[0], f"{host}/{user}"
    address = reference["url"]
    talk = _TALK.fullmatch(address.removeprefix(host))
    if not talk:
        return address, address
    own = repository.lower() == f"{host}/{talk[1]}".lower()
    return f"{'' if own else talk[1]}#{talk[2]}", address
