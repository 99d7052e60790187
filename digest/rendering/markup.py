"""How messages write what stands out in them: as Markdown, unless a form has its own way."""

from __future__ import annotations

import re

from digest.rendering import markdown_escapes

# Not the space that keeps a number with its unit.
_SPACE = re.compile(r"[^\S\u00a0]+")
_MAX_SMALL_LINK = 250
# Services end a link at the first bracket that closes, also inside <...>.
_BRACKETS = str.maketrans({"(": "%28", ")": "%29"})


def one_line(text: str) -> str:
    """Text on one line, without white space at its ends."""
    return _SPACE.sub(" ", text).strip()


class Markup:
    """Markdown, as CommonMark and the services agree on it.

    What is given to `literal` and as the text of a `link` is what a feed says, and is shown as it
    is; the others take what is written already, and an empty text stays one.
    """

    group_end = "———"
    """A rule that services which know none show as it is."""

    def literal(self, text: str) -> str:
        """Text on one line that is shown as it is; `|` hides text on some services."""
        return markdown_escapes.markdown(one_line(text)).replace("|", "\\|")

    def link(self, text: str, url: str, most: int = _MAX_SMALL_LINK) -> str:
        """A link; the text alone where there is no address, or one longer than `most`."""
        address = markdown_escapes.markdown_url(url).translate(_BRACKETS)
        shown = self.literal(text)
        return f"[{shown}](<{address}>)" if 0 < len(address) <= most else shown

    def heading(self, text: str, level: int) -> str:
        """The title of the whole, 1, or of a section, 2."""
        return f"{'#' * level} {text}"

    def bold(self, text: str) -> str:
        """What is to be seen first."""
        return f"**{text}**"

    def aside(self, text: str) -> str:
        """What there is to know of a story beside what it says."""
        return text

    def item(self, text: str) -> str:
        """A line of a list."""
        return f"- {text}"

    def apart(self, text: str) -> str:
        """Lines that are no story, and stand apart from them."""
        return text


MARKDOWN = Markup()
