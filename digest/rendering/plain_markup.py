"""Messages of plain text, for services that show no markup."""

from __future__ import annotations

import sys

from digest.rendering.markup import Markup, one_line


class PlainText(Markup):
    """Text alone: a story has its address in the line below its title, and nothing else has one."""

    def literal(self, text: str) -> str:
        """Text on one line."""
        return one_line(text)

    def link(self, text: str, url: str, most: int = 0) -> str:
        """The text, and the address where one of any length is wanted, as of a story."""
        return f"{one_line(text)}\n{url}" if url and most == sys.maxsize else one_line(text)

    def heading(self, text: str, level: int) -> str:
        """The title of the whole as it is, that of a section between marks."""
        return text if level == 1 else f"== {text} =="

    def bold(self, text: str) -> str:
        """The text, which nothing makes stand out."""
        return text


PLAIN = PlainText()
