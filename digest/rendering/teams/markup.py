"""The Markdown of a TextBlock, as far as computers and phones read it alike.

Teams draws cards on a computer with markdown-it, and on a phone with a small parser of its own,
which knows a backslash before `*` and `_` only, no brackets inside the text of a link, and no link
inside bold: https://github.com/microsoft/AdaptiveCards/issues/5590
"""

from __future__ import annotations

import re

from digest.rendering.markup import MAX_SMALL_LINK, Markup, one_line

_WEB = ("http://", "https://")
# A space without a width takes marks apart where a backslash would be seen.
_GAP = "\u200b"
_APART = re.compile(
    # Escapes; tags, mentions and addresses in `<...>`; the address of a link and of a reference.
    r"(?<=[\\<\]])"
    # Entities; strikethrough; `{{DATE(...)}}`, which a card replaces.
    r"|(?<=&)(?=#?\w+;)|(?<=~)(?=~)|(?<=\{)(?=\{)"
    # Lists, quotes, headings, and what is marked here.
    r"|^(?=[-+>#~]|\d+[.)])"
)
_EMPHASIS = re.compile(r"\*|(?<![^\W_])_|_(?![^\W_])")
# Nothing takes these apart: code, and brackets inside a link.
_CODE = str.maketrans({"`": "\u02cb"})
_BRACKETS = str.maketrans({"[": "(", "]": ")"})
_OUTSIDE_LINKS = re.compile(r"[\s<>()\[\]\\{}\"`*]|(?<![^\W_])_|_(?![^\W_])|&(?=#?\w+;)")
TITLE, SECTION, ASIDE, ITEM = "# ", "## ", "~ ", "- "
"""Before a line of each sort."""


class TeamsMarkup(Markup):
    """Markdown, with marks before the lines that a card says by their looks."""

    def literal(self, text: str) -> str:
        """Text on one line that is shown as it is, and is no expression of a card."""
        apart = _APART.sub(_GAP, one_line(text).translate(_CODE))
        return _EMPHASIS.sub(r"\\\g<0>", apart)

    def link(self, text: str, url: str, most: int = MAX_SMALL_LINK) -> str:
        """A link to a page of the web; the text alone where the address is none, or too long."""
        address = _OUTSIDE_LINKS.sub(_percent, url)
        good = address.lower().startswith(_WEB) and len(address) <= most
        return (
            f"[{self.literal(text.translate(_BRACKETS))}]({address})"
            if good
            else self.literal(text)
        )

    def aside(self, text: str) -> str:
        """A line that is said more quietly."""
        return text and f"{ASIDE}{text}"


def _percent(match: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in match[0].encode())


MARKUP = TeamsMarkup()
