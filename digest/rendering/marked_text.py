"""Text with spans that stand out, for services that take it apart from its text, or as HTML.

While it is put together, marks stand in the text that nothing which a feed says can hold.
"""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from digest.rendering.dialects import undetected
from digest.rendering.markup import Markup, one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

# The element of HTML that means the same.
SpanKind = Literal["b", "u", "i", "a", "blockquote"]
_BEGIN, _URL_END, _END = "\x01", "\x02", "\x03"
_MARKS = dict.fromkeys(map(ord, (_BEGIN, _URL_END, _END)))
_MARK = re.compile(f"{_BEGIN}([a-z]+):([^{_URL_END}]*){_URL_END}|{_END}")
_WEB = ("http://", "https://")


class Span(Struct, frozen=True):
    """Characters that stand out, from `start` to before `end`; a link has its `url`."""

    kind: SpanKind
    start: int
    end: int
    url: str = ""


class MarkedText(Struct, frozen=True):
    """A text and its spans, the outer before the inner; of any two, one holds the other or none."""

    text: str
    spans: tuple[Span, ...] = ()

    @property
    def html(self) -> str:
        """As elements of HTML, with a `<br>` for each line that ends."""
        opening: dict[int, str] = {}
        closing: dict[int, str] = {}
        for span in self.spans:
            link = f' href="{escape(span.url)}"' if span.url else ""
            opening[span.start] = opening.get(span.start, "") + f"<{span.kind}{link}>"
            closing[span.end] = f"</{span.kind}>" + closing.get(span.end, "")
        edges = sorted({0, len(self.text), *opening, *closing})
        pieces = [
            closing.get(start, "") + opening.get(start, "") + escape(self.text[start:end])
            for start, end in zip(edges, [*edges[1:], len(self.text)], strict=True)
        ]
        lines = "".join(pieces).replace("\n", "<br>\n")
        # A quotation ends its line by itself.
        return lines.replace("</blockquote><br>", "</blockquote>")


class Marks(Markup):
    """Writes what stands out as marks, which `read_marks` reads."""

    def literal(self, text: str) -> str:
        """Text on one line, without what could be a mark, or a link that no story has."""
        return undetected(one_line(text.translate(_MARKS)))

    def link(self, text: str, url: str, most: int = 2_000) -> str:
        """A link to a page of the web; the text alone where the address is none, or too long."""
        shown = self.literal(text)
        address = url.translate(_MARKS)
        good = address.lower().startswith(_WEB) and len(address) <= most
        return _marked("a", shown, address) if good else shown

    def heading(self, text: str, level: int) -> str:
        """Bold; that of a section is underlined too."""
        return self.bold(text if level == 1 else _marked("u", text))

    def bold(self, text: str) -> str:
        """What is to be seen first."""
        return _marked("b", text)

    def aside(self, text: str) -> str:
        """Italic."""
        return _marked("i", text)

    def item(self, text: str) -> str:
        """A line with a bullet."""
        return f"• {text}"

    def apart(self, text: str) -> str:
        """A quotation, which services show beside a line or on a ground of its own."""
        return _marked("blockquote", text)


MARKS = Marks()


def read_marks(marked: str) -> MarkedText:
    """The text that was put together with `MARKS`, and its spans."""
    text, last = "", 0
    spans: list[Span] = []
    opened: list[tuple[SpanKind, str, int]] = []
    for mark in _MARK.finditer(marked):
        text += marked[last : mark.start()]
        last = mark.end()
        if mark[0] == _END:
            kind, url, start = opened.pop()
            spans.append(Span(kind, start, len(text), url))
        else:
            opened.append((mark[1], mark[2], len(text)))  # type: ignore[arg-type]
    return MarkedText(text + marked[last:], outer_first(spans))


def outer_first(spans: Sequence[Span]) -> tuple[Span, ...]:
    """Spans in the order they begin, of which the longer holds the shorter."""
    return tuple(sorted(spans, key=lambda span: (span.start, -span.end)))


def _marked(kind: SpanKind, text: str, url: str = "") -> str:
    return f"{_BEGIN}{kind}:{url}{_URL_END}{text}{_END}" if text else ""
