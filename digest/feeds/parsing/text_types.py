"""What the texts of a feed are, by their types: HTML, plain text, or nothing to read."""

from __future__ import annotations

import html
import re
from html.entities import html5

from digest.feeds.text import paragraphs, without_markup

HTML, XHTML, PLAIN = "text/html", "application/xhtml+xml", "text/plain"
# Nobody says what it is.
UNSAID = "text/unsaid"
_SHORT = {"text": PLAIN, "plain": PLAIN, "html": HTML, "xhtml": XHTML}
_DATA = ("xml", "json", "javascript", "css", "csv", "calendar")
# Of each element that is a text what it is where it does not say.
DEFAULT_TYPES = {
    **dict.fromkeys(("title", "dc:title", "itunes:title", "media:title"), UNSAID),
    **dict.fromkeys(("summary", "itunes:summary", "abstract", "content"), UNSAID),
    **dict.fromkeys(("description", "dc:description", "content:encoded", "fullitem"), HTML),
    **dict.fromkeys(("body", "xhtml:body"), XHTML),
    "media:description": UNSAID,
}
# What makes a text HTML: elements that feeds have in texts, and formulas.
_ELEMENTS = re.compile(
    "a|abbr|acronym|address|area|article|aside|audio|b|big|blockquote|br|button|canvas|caption|"
    "center|cite|code|col|colgroup|command|datagrid|datalist|dd|del|details|dfn|dialog|dir|div|dl|"
    "dt|em|event-source|fieldset|figcaption|figure|font|footer|form|h[1-6]|header|hr|i|img|input|"
    "ins|kbd|keygen|label|legend|li|m|map|menu|meter|multicol|nav|nextid|noscript|ol|optgroup|"
    "option|output|p|pre|progress|q|s|samp|section|select|small|sound|source|spacer|span|strike|"
    "strong|sub|sup|table|tbody|td|textarea|tfoot|th|thead|time|tr|tt|u|ul|var|video|"
    "math|mfrac|mi|mn|mo|mover|mroot|mrow|ms|mspace|msqrt|mstyle|msub|msubsup|msup|mtable|mtd|"
    "mtext|mtr|munder|munderover|semantics|annotation",
    re.IGNORECASE,
)
_TAG = re.compile(r"</?([A-Za-z][\w-]*)")
_END_TAG = re.compile(r"</[A-Za-z]")
_ENTITY = re.compile(r"&(?:#\d+|#[xX][\da-fA-F]+|(\w+));")
# A CDATA section that was escaped with all that is in it.
_ESCAPED_SECTION = re.compile(r"\s*<!\[CDATA\[(.*)\]\]>\s*", re.DOTALL)
# Tags of formulas: whatever cleans HTML leaves out all that is in them.
_FORMULA_TAG = re.compile(
    r"</?(?:math|m[a-z]{1,12}|semantics|annotation)(?:\s[^<>]*)?/?>", re.IGNORECASE
)
# What makes a title HTML; "Use <b> or <br>?" is about it.
_MARKUP_IN_TITLE = re.compile(r"</[a-z]|\w<br>|<br>\w|<br ?/>", re.IGNORECASE)
# And what does where there are references, too, as in "<img src=x> Tom &amp; Jerry".
_UNCLOSED_MARKUP = re.compile(r"\A\s*<(?:p|div|img|span)\b|<br>|<[a-z]+\s[^<>]*=", re.IGNORECASE)


def text_type(named: str, default: str) -> str:
    """The type of a text, from its attribute; nothing where it is no text.

    RFC 4287, section 4.1.3.3: anything but text, HTML and XHTML is a document of that media type.
    """
    named = named.partition(";")[0].strip().lower()
    if "/" not in named:
        return _SHORT.get(named, default)
    if named in {HTML, XHTML}:
        return named
    return PLAIN if named.startswith("text/") and not named.endswith(_DATA) else ""


def title_line(text: str, kind: str, *, is_literal: bool) -> str:
    """A title or a name without markup; `is_literal` where a text that is not HTML has none."""
    if kind == XHTML:
        return without_markup(_FORMULA_TAG.sub("", _unescaped_once(text)))
    if kind == HTML:
        return without_markup(_FORMULA_TAG.sub("", _without_section(text)))
    if is_literal or not ("&" in text or "<" in text):
        return text
    text = _without_section(text)
    if not _only_elements(text):
        return text
    is_escaped = _has_entity(text)
    if _MARKUP_IN_TITLE.search(text) or (is_escaped and _UNCLOSED_MARKUP.search(text)):
        return without_markup(_FORMULA_TAG.sub("", text))
    return html.unescape(text) if is_escaped else text


def body_html(text: str, kind: str, *, is_literal: bool) -> str:
    """A text of an entry as HTML."""
    if kind == HTML:
        return _without_section(text)
    if kind == XHTML:
        return _unescaped_once(text)
    if (kind == PLAIN and is_literal) or ("<" in text and not _is_marked_up(text)):
        return _plain_html(text)
    if "<" in text or (not is_literal and _has_entity(text)):
        return text
    return "".join(f"<p>{part}</p>" for part in text.split("\n\n"))


def media_html(text: str, kind: str) -> str:
    """The text about a picture or recording as HTML; plain where nobody says that it is HTML."""
    if kind in {HTML, XHTML} or (kind == UNSAID and _is_marked_up(text)):
        return text
    if kind != UNSAID:
        return _plain_html(text)
    plain = html.unescape(text) if _has_entity(text) else text
    return _plain_html(plain) if "\n" in plain or _needs_escapes(plain) else plain


def _plain_html(text: str) -> str:
    shown = paragraphs(text)
    # Where it is as good, entries of before keep the very bytes that they had.
    return shown if _needs_escapes(text) else html.unescape(shown)


def _needs_escapes(text: str) -> bool:
    return "<" in text or html.unescape(text) != text


def _only_elements(text: str) -> bool:
    return all(_ELEMENTS.fullmatch(tag[1]) for tag in _TAG.finditer(text))


def _is_marked_up(text: str) -> bool:
    """Whether a text has an end tag, a comment, or a tag of HTML."""
    if "<" not in text:
        return False
    marks = _END_TAG.search(text) or "<!" in text
    return bool(marks) or any(_ELEMENTS.fullmatch(tag[1]) for tag in _TAG.finditer(text))


def _has_entity(text: str) -> bool:
    names = (entity[1] for entity in _ENTITY.finditer(text))
    return any(not name or f"{name};" in html5 for name in names)


def _without_section(text: str) -> str:
    section = _ESCAPED_SECTION.fullmatch(text)
    return section[1] if section else text


def _unescaped_once(text: str) -> str:
    """XHTML; where all of it is markup that was escaped once too often, that markup."""
    if "<" in text or "&lt;" not in text:
        return text
    unescaped = html.unescape(text)
    is_markup = unescaped.startswith("<") and unescaped.endswith(">")
    return unescaped if is_markup and _is_marked_up(unescaped) else text
