"""Which HTML is safe: the elements and attributes that are kept, and addresses without users."""

from __future__ import annotations

import re
from html import escape, unescape

from digest.feeds.hosts import without_user_info

TAGS = {
    *("a", "abbr", "b", "blockquote", "br", "caption", "cite", "code", "dd", "del", "div", "dl"),
    *("dt", "em", "figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img"),
    *("ins", "kbd", "li", "mark", "ol", "p", "pre", "q", "s", "samp", "small", "span", "strong"),
    *("sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "time", "tr", "u", "ul", "var"),
}
ATTRIBUTES = {
    "*": {"dir", "lang"},
    "a": {"href", "title"},
    "img": {"src", "alt", "title", "width", "height"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
    "time": {"datetime"},
}
_LINKING = re.compile(r'<(?:a|img)\b[^>"]*+(?:"[^"]*+"[^>"]*+)*+>')
_ADDRESS = re.compile(r'( (?:href|src)=")([^"]*)')


def without_users(safe: str) -> str:
    """Clean HTML, the addresses in it without users and passwords."""
    if "@" not in safe:
        return safe
    return _LINKING.sub(lambda tag: _ADDRESS.sub(_without_user, tag[0]), safe)


def _without_user(match: re.Match[str]) -> str:
    return f"{match[1]}{escape(without_user_info(unescape(match[2])))}"
