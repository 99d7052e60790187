"""An edition as notices for Matrix.

Each is told twice: as HTML of the tags that the specification lets through
(https://spec.matrix.org/latest/client-server-api/#mroommessage-msgtypes), and as plain text with
addresses behind what is linked.
"""

from __future__ import annotations

import json
import re
from html import escape, unescape
from itertools import groupby
from typing import TYPE_CHECKING, Any

from digest.language import language_of
from digest.rendering import phrases
from digest.rendering.markup import MAX_SMALL_LINK, Markup, one_line
from digest.rendering.messages import edition_messages
from digest.rendering.parts import Limit

if TYPE_CHECKING:
    from digest.language import Direction
    from digest.model import Edition

# Of an event's 65,536, with what a homeserver adds to it.
_MOST_BYTES = 24_000
_WEB = ("http://", "https://")
_OUTSIDE_LINKS = re.compile(r"[\s<>\"\\]")
_HEADINGS = {1: "h3", 2: "h4"}
_LINK = re.compile(r'<a href="([^"]*)">(.*?)</a>')
_TAG = re.compile(r"<[^>]*>")
_HEADING, _ITEM, _APART = "<h", "<li>", "<blockquote>"
_RULE = "———"


class MatrixMarkup(Markup):
    """HTML, line by line; what goes around lines is added when they are put together."""

    group_end = _RULE

    def literal(self, text: str) -> str:
        """Text on one line, shown as it is."""
        return escape(one_line(text), quote=False)

    def link(self, text: str, url: str, most: int = MAX_SMALL_LINK) -> str:
        """A link to a page of the web; the text alone where the address is none, or too long."""
        address = escape(_OUTSIDE_LINKS.sub(_percent, url))
        good = address.lower().startswith(_WEB) and len(address) <= most
        return f'<a href="{address}">{self.literal(text)}</a>' if good else self.literal(text)

    def heading(self, text: str, level: int) -> str:
        """The title of the whole, 1, or of a section, 2."""
        return f"<{_HEADINGS[level]}>{text}</{_HEADINGS[level]}>"

    def bold(self, text: str) -> str:
        """What is to be seen first."""
        return f"<strong>{text}</strong>"

    def aside(self, text: str) -> str:
        """What there is to know of a story beside what it says."""
        return text and f"<em>{text}</em>"

    def item(self, text: str) -> str:
        """A line of a list."""
        return f"<li>{text}</li>"

    def apart(self, text: str) -> str:
        """Lines that are no story, and stand apart from them."""
        return f"<blockquote>{text}</blockquote>"


_MARKUP = MatrixMarkup()


def matrix_messages(edition: Edition, url: str = "") -> list[dict[str, Any]]:
    """What is posted, in order: each a notice that is split off between stories."""
    direction = language_of(edition.language).direction
    limits: list[Limit[str]] = [
        Limit(lambda text: _size(_html(text, direction)), _MOST_BYTES),
        Limit(lambda text: _size(_plain(text, direction)), _MOST_BYTES),
    ]
    return [
        notice(_plain(text, direction), _html(text, direction))
        for text in edition_messages(_MARKUP, edition, limits, url)
    ]


def notice(plain: str, html: str = "") -> dict[str, Any]:
    """What is posted: what no program answers by itself, and nobody is notified of by name."""
    formatted = {"format": "org.matrix.custom.html", "formatted_body": html} if html else {}
    return {"msgtype": "m.notice", "body": plain, **formatted, "m.mentions": {}}


def plainer(message: dict[str, Any]) -> dict[str, Any] | None:
    """A notice as plain text alone; None where it is that already."""
    return notice(message["body"]) if "formatted_body" in message else None


def _size(text: str) -> int:
    """How many bytes a text takes in an event, which is JSON."""
    return len(json.dumps(text, ensure_ascii=False).encode())


def _html(text: str, direction: Direction) -> str:
    """The lines as paragraphs and lists, which read in a direction from the first letter on."""
    paragraphs = "".join(_paragraph(each) for each in text.split("\n\n"))
    bare = _bare(text)
    mark = phrases.line(bare, direction).removesuffix(bare)
    return f"{mark}{paragraphs}"


def _paragraph(text: str) -> str:
    if text == _RULE:
        return "<hr>"
    if text.startswith(_APART):
        inside = text.removeprefix(_APART).removesuffix("</blockquote>")
        return f"{_APART}{_lines(inside)}</blockquote>"
    return _lines(text)


def _lines(text: str) -> str:
    return "".join(_run(start, list(run)) for start, run in groupby(text.split("\n"), key=_start))


def _run(start: str, lines: list[str]) -> str:
    """Lines that begin alike: a list, headings, or a paragraph."""
    if start == _ITEM:
        return f"<ul>{''.join(lines)}</ul>"
    return "".join(lines) if start else f"<p>{'<br>'.join(lines)}</p>"


def _start(line: str) -> str:
    """What a line begins with that is no text; empty for one of a paragraph."""
    return next((start for start in (_HEADING, _ITEM) if line.startswith(start)), "")


def _plain(text: str, direction: Direction) -> str:
    """The lines without HTML, each of which reads in a direction."""
    return "\n".join(_plain_line(line, direction) for line in text.split("\n"))


def _plain_line(line: str, direction: Direction) -> str:
    bare = _bare(line)
    if not bare:
        return ""
    shown = phrases.line(bare, direction)
    return f"- {shown}" if line.startswith(_ITEM) else shown


def _bare(html: str) -> str:
    """The text of lines of HTML, with addresses but in headings."""
    linked = html if html.startswith(_HEADING) else _LINK.sub(r"\2 &lt;\1&gt;", html)
    return unescape(_TAG.sub("", linked))


def _percent(match: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in match[0].encode())
