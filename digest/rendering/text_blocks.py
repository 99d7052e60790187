"""The whole content of a story as blocks of text: for plain text, and for Markdown."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Literal

from msgspec import Struct, field

from digest.rendering import markdown_escapes
from digest.rendering.columns import WIDTH, wrap
from digest.rendering.content import HEADINGS, REST, clean_content

if TYPE_CHECKING:
    from collections.abc import Callable

Kind = Literal["text", "heading", "item", "code", "row"]

_TOKEN = re.compile(rf"<(/?)([a-z0-9]+)\b({REST})")
# Lists and quotes inside one another are indented no further.
_DEEPEST = 5
_HREF = re.compile(r'href="([^"]*)"')
_INLINE = {
    *("a", "abbr", "b", "cite", "code", "del", "em", "i", "ins", "kbd", "mark", "q", "s", "samp"),
    *("small", "span", "strong", "sub", "sup", "time", "u", "var"),
}


def content_text(html: str, indent: int = 0) -> str:
    """HTML as plain text in lines of at most 78 columns, but for listings and addresses."""
    text = _lay_out(blocks(html), lambda block: _text_lines(block, WIDTH - indent))
    return "\n".join(" " * indent + line if line else "" for line in text)


def content_markdown(html: str) -> str:
    """HTML as CommonMark."""
    return "\n".join(_lay_out(blocks(html), _markdown_lines))


def _lay_out(found: list[Block], write: Callable[[Block], list[str]]) -> list[str]:
    """Lines, with empty ones between blocks but for items of a list and rows of a table."""
    lines: list[str] = []
    last = None
    for block in found:
        if last and not _follows_on(last, block):
            lines.append(">" * min(block.quoted, last.quoted))
        bar = "> " * block.quoted
        lines += [f"{bar}{line}".rstrip() for line in write(block)]
        last = block
    return lines


def _follows_on(last: Block, block: Block) -> bool:
    """Whether no empty line comes between: among rows, and among items."""
    # CommonMark takes a number other than 1 under a line for more of the line.
    begins_late = block.depth > last.depth and block.mark not in {"-", "1."}
    return block.kind == last.kind and block.kind in {"item", "row"} and not begins_late


def _text_lines(block: Block, width: int) -> list[str]:
    room = max(24, width - 2 * block.quoted)
    if block.kind == "code":
        return [f"    {line}" for line in block.text.splitlines()]
    if block.kind == "item":
        return _item(block, wrap(block.text, 0, max(24, room - 4 * block.depth)).splitlines())
    return wrap(block.text, 0, room).splitlines()


def _markdown_lines(block: Block) -> list[str]:
    if block.kind == "code":
        fence = max(["``", *re.findall("`+", block.text)], key=len) + "`"
        return [fence, *block.text.splitlines(), fence]
    text = markdown_escapes.note_text(block.text)
    if block.kind == "heading":
        return [f"**{text}**"]
    if block.kind == "item":
        return _item(block, [text])
    # Bare rows would run into one paragraph.
    return [f"- {text}" if block.kind == "row" else text]


def _item(block: Block, lines: list[str]) -> list[str]:
    space = "   " * min(max(block.depth - 1, 0), _DEEPEST)
    rest = " " * (len(block.mark) + 1)
    return [space + (rest if n else f"{block.mark} ") + line for n, line in enumerate(lines)]


class Block(Struct, frozen=True):
    """A piece of text between breaks; `depth` is that of its list, `quoted` of its quotes.

    `code` keeps its lines; the cells of a `row` are parted by ` | `; `mark` is what an `item`
    begins with.
    """

    kind: Kind
    text: str
    depth: int = 0
    quoted: int = 0
    mark: str = ""


def blocks(html: str) -> list[Block]:
    """The text of HTML in blocks, the addresses of links behind their words."""
    reader = _Reader()
    source = clean_content(html)
    at = 0
    for match in _TOKEN.finditer(source):
        reader.add_text(unescape(source[at : match.start()]))
        reader.read_tag(match[2], match[3], ends=bool(match[1]))
        at = match.end()
    reader.add_text(unescape(source[at:]))
    reader.end_block()
    return reader.blocks


class _Reader(Struct):
    blocks: list[Block] = field(default_factory=list)
    _text: str = ""
    _kind: Kind = "text"
    _mark: str = ""
    _quoted: int = 0
    # For each open list the number of its next item; 0 where it has none.
    _lists: list[int] = field(default_factory=list)
    _link: tuple[str, int] = ("", 0)

    def add_text(self, text: str) -> None:
        self._text += text

    def end_block(self) -> None:
        text = self._text.strip("\n") if self._kind == "code" else " ".join(self._text.split())
        text = text.removesuffix(" |")
        if text.strip():
            mark = self._mark if self._kind == "item" else ""
            quoted = min(self._quoted, _DEEPEST)
            self.blocks.append(Block(self._kind, text, len(self._lists), quoted, mark))
            # What follows inside an item is text of it.
            self._kind = "text" if self._kind == "item" else self._kind
        self._text = ""

    def read_tag(self, tag: str, rest: str, *, ends: bool) -> None:
        if tag == "a":
            self._read_link(rest, ends=ends)
        elif tag == "br" and self._kind == "code":
            self._text += "\n"
        elif tag in {"td", "th"}:
            self._text += " | " if ends else ""
        elif tag not in _INLINE and not (tag == "p" and self._kind == "row"):
            self.end_block()
            self._begin(tag, rest, ends=ends)

    def _read_link(self, rest: str, *, ends: bool) -> None:
        if not ends:
            found = _HREF.search(rest)
            self._link = (unescape(found[1]) if found else "", len(self._text))
            return
        address, start = self._link
        if address and self._text[start:].strip() not in {"", address}:
            self._text += f" <{address}>"

    def _begin(self, tag: str, rest: str, *, ends: bool) -> None:
        step = -1 if ends else 1
        if tag == "blockquote":
            self._quoted = max(0, self._quoted + step)
        elif tag in {"ul", "ol"}:
            self._change_list(tag, rest, ends=ends)
        elif tag == "li" and not ends:
            self._kind, self._mark = "item", self._next_mark()
        elif tag in {"pre", "tr"} or tag in HEADINGS:
            kind: Kind = {"pre": "code", "tr": "row"}.get(tag, "heading")  # type: ignore[assignment]
            self._kind = "text" if ends else kind
        elif tag == "li":
            self._kind = "text"

    def _change_list(self, tag: str, rest: str, *, ends: bool) -> None:
        if not ends:
            start = re.search(r'start="(\d{1,6})"', rest)
            first = int(start[1]) if start else 1
            self._lists.append(first if tag == "ol" else 0)
        elif self._lists:
            self._lists.pop()

    def _next_mark(self) -> str:
        if not self._lists or not self._lists[-1]:
            return "-"
        self._lists[-1] += 1
        return f"{self._lists[-1] - 1}."
