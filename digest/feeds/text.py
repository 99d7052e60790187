"""Text from feeds, made safe to store and to show on one line."""

from __future__ import annotations

import html
import re
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from digest.feeds.hosts import with_shown_host, without_user_info
from digest.feeds.limits import MAX_CATEGORIES, MAX_CATEGORY, MAX_NAME
from digest.feeds.lookalikes import visible

if TYPE_CHECKING:
    from collections.abc import Iterable

# C0 and C1 controls, the Unicode line separators, and the bidirectional controls that can turn
# the text around them (embeddings, overrides, isolates).
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]+")
_SURROGATES = re.compile("[\ud800-\udfff]")
# An address that is as it should be: making it absolute and valid would change nothing, and take
# longer (docs/performance.md).
_USUAL_LINK = re.compile(
    r"https?://(?:(?!xn--)[a-z0-9-]+\.)+[a-z]{2,63}/[\w.~%!$&'()*+,=:@/-]*"
    r"(?:\?[\w.~%!$&'()*+,;=:@/?-]+)?(?:\#[\w.~%!$&'()*+,;=:@/?-]+)?",
    re.ASCII,
)
# Tags of elements that stand apart from the text around them.
_BLOCK_TAG = re.compile(
    r"<(?=/?(?:br|hr|p|div|h[1-6]|li|ul|ol|dl|dt|dd|tr|td|th|table|blockquote|pre|section|article)"
    r"[\s/>])",
    re.IGNORECASE,
)
_WITH_ADDRESS = re.compile(r"\S+@\S+ \((.+)\)|(.+) \(\S+@\S+\)")
_IN_BRACKETS = re.compile(r"<[^\s<>]+@[^\s<>]+>")
# XML 1.0, section 2.2.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_BLANK_LINE = re.compile(r"\r?\n[ \t\r]*\n")


def well_formed(text: str) -> str:
    """The text with NUL and lone surrogates, which neither SQLite nor UTF-8 take, replaced."""
    text = text.replace("\0", "\ufffd")
    try:
        text.encode()
    except UnicodeEncodeError:
        return _SURROGATES.sub("\ufffd", text)
    return text


def xml_characters(text: str) -> str:
    """The text with what no escape makes a part of an XML document replaced."""
    return _NOT_XML.sub("\ufffd", well_formed(text))


def one_line(text: str, limit: int) -> str:
    """At most `limit` characters without controls, white space collapsed; none that nobody sees."""
    line = " ".join(text[: limit * 4].split())
    if not line.isprintable():
        line = " ".join(_CONTROLS.sub(" ", _SURROGATES.sub("\ufffd", line)).split())
    cut = line[:limit].rstrip()
    return cut if visible(cut) else ""


def without_markup(text: str) -> str:
    """HTML to its text, for titles and names."""
    if text.isprintable() and "<" not in text and "&" not in text:
        return text
    # The daemon itself, which only shows text, does without.
    import nh3

    return html.unescape(nh3.clean(_BLOCK_TAG.sub(" <", well_formed(text)), tags=set()))


def without_address(author: str) -> str:
    """The name of an author without the mail address that feeds put beside it."""
    if "@" not in author:
        return author
    # Cut before it is searched, which takes the square of its length.
    line = one_line(author, MAX_NAME)
    name = one_line(_IN_BRACKETS.sub("", line), MAX_NAME)
    if match := _WITH_ADDRESS.fullmatch(name):
        return match[1] or match[2]
    # Quotes are around a name with a comma in it, as in the header of a mail.
    return name if name == line else name.strip('"') or line.strip("<>")


def categories(labels: Iterable[str]) -> tuple[str, ...]:
    """What an entry is filed under: each once, as one line, without what is for programs only."""
    lines = (one_line(without_markup(label[: MAX_CATEGORY * 8]), MAX_CATEGORY) for label in labels)
    # Blogger files everything under the address of a schema.
    kept = dict.fromkeys(line for line in lines if line and "://" not in line)
    return tuple(islice(kept, MAX_CATEGORIES))


def paragraphs(text: str) -> str:
    """Plain text as HTML: a paragraph for each run of lines, its line ends kept."""
    parts = (part.strip() for part in _BLANK_LINE.split(text))
    return "".join(
        f"<p>{html.escape(part, quote=False).replace(chr(10), '<br>')}</p>"
        for part in parts
        if part
    )


def absolute_link(base: str, link: str, limit: int) -> str:
    """The link as an absolute http or https address without a user in it, or nothing."""
    if not link or (len(link) <= limit and _USUAL_LINK.fullmatch(link)):
        return link
    link = link.strip()
    if not link or len(link) > limit or not link.isprintable():
        return ""
    try:
        joined = urljoin(base, link)
        parts = urlsplit(joined)
        good = parts.scheme.lower() in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        return ""
    joined = with_shown_host(without_user_info(joined.replace(" ", "%20")))
    return joined if good and openable(joined) else ""


def openable(address: str) -> bool:
    """Whether an address is absolute and valid by the URL Standard, and so fit as a base."""
    import nh3

    # The standard, which nh3 holds a base to, refuses hosts and ports that urlsplit takes.
    try:
        nh3.clean("", url_relative=("rewrite_with_base", address))
    except ValueError:
        return False
    return True
