"""The dialects of Markdown that services read: how each writes bold text, links and headings."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from digest.rendering import markdown_escapes
from digest.rendering.markup import MAX_SMALL_LINK, Markup, one_line

if TYPE_CHECKING:
    from collections.abc import Callable

# Services end a link at the first bracket that closes, also inside <...>; some read code first.
_IN_ADDRESS = str.maketrans({"(": "%28", ")": "%29", "|": "%7C", "`": "%60"})
JOINER = "\u2060"
"""A word joiner: nobody sees it, and what it stands in is no mention, no tag and no address."""
# Services make links of addresses in a text, some of the names of servers too.
_ADDRESS = re.compile(r"(?i)(?<=[a-z]:)(?=//)|(?<=\bwww\.)(?=\w)")
_SERVER_NAME = re.compile(r"(?<=\w\.)(?=[^\W\d_]{2})|(?<=\d\.)(?=\d+\.\d+\.\d)")
# @name, #tag, ~channel and :emoji:, of which the first sign is kept from the rest. Tags may begin
# with what is no letter: joiners, dots, marks of vowels.
_NAMED = re.compile(r"[@~](?=[\w.:-])|#(?=[^\s#])|:(?=[\w+-]+:)")
# /command, where no word stands before it.
_COMMAND = re.compile(r"(?:(?<=^/)|(?<=[^\w/]/))(?=\w)")
# $NAME of a share, which services make a link of too.
_SHARE = re.compile(r"(?<=\$)(?=[A-Z]|1INCH)")
_MARKS = str.maketrans("*`~<>|", "∗‵∼‹›∣")
# Inside a word it is no mark.
_EDGE = re.compile(r"(?<![^\W_])_|_(?![^\W_])")
_LINE_START = re.compile(r"^(?=[-+#]|\d+[.)])")


def escaped(line: str) -> str:
    """One line that CommonMark shows as it is; `|` hides text on some services."""
    return unlinked(markdown_escapes.markdown(line).replace("|", "\\|"))


def unlinked(line: str) -> str:
    """One line in which no service finds an address to make a link of."""
    return _ADDRESS.sub(JOINER, line)


def unnamed(line: str) -> str:
    """One line that mentions nobody, and has no tags and no emoji by name."""
    return _NAMED.sub(rf"\g<0>{JOINER}", line)


def undetected(line: str) -> str:
    """One line in which a service that looks for links, names and commands finds none."""
    named = _COMMAND.sub(JOINER, _SHARE.sub(JOINER, unnamed(unlinked(line))))
    return _SERVER_NAME.sub(JOINER, named)


def look_alike(line: str) -> str:
    """One line for services without a way to escape: what would be a mark only looks like one."""
    plain = _EDGE.sub("＿", unnamed(unlinked(line)).translate(_MARKS))
    return _LINE_START.sub(JOINER, _SERVER_NAME.sub(JOINER, plain))


class Dialect(Markup):
    """Markdown as a service reads it; the default is what CommonMark and most agree on.

    `escape` makes of a line one that is shown as it is. The others are patterns, for text that is
    escaped already.
    """

    def __init__(
        self,
        *,
        escape: Callable[[str], str] = escaped,
        strong: str = "**{}**",
        address: str = "[{text}](<{url}>)",
        headings: tuple[str, str] = ("# {}", "## {}"),
    ) -> None:
        self._escape = escape
        self._strong = strong
        self._address = address
        self._headings = headings

    def literal(self, text: str) -> str:
        """Text on one line, shown as it is."""
        return self._escape(one_line(text))

    def link(self, text: str, url: str, most: int = MAX_SMALL_LINK) -> str:
        """A link; the text alone where there is no address, or one longer than `most`."""
        address = markdown_escapes.markdown_url(url).translate(_IN_ADDRESS)
        shown = self.literal(text)
        if not 0 < len(address) <= most:
            return shown
        return self._address.format(text=shown, url=address)

    def heading(self, text: str, level: int) -> str:
        """The title of the whole, 1, or of a section, 2."""
        return self._headings[level - 1].format(text)

    def bold(self, text: str) -> str:
        """What is written already, such as a link, in bold."""
        return self._strong.format(text)


COMMON = Dialect()
