"""A message as an entry: headers, the better of its texts, and nothing that is attached."""

from __future__ import annotations

import re
from email import message_from_bytes
from email.errors import HeaderParseError, MessageError
from email.header import decode_header
from email.parser import BytesHeaderParser
from email.utils import getaddresses
from hashlib import sha256
from html import escape
from itertools import islice
from typing import TYPE_CHECKING

from digest.feeds.limits import MAX_NAME, MAX_TITLE
from digest.feeds.newsletters.confirmations import confirming_link
from digest.feeds.newsletters.content import Content, read_content
from digest.feeds.newsletters.furniture import LONGEST_FURNITURE
from digest.feeds.newsletters.phrases import BROWSER, LEAVING
from digest.feeds.parsing.charset import to_utf_8
from digest.feeds.parsing.dates import read_date
from digest.feeds.text import one_line, paragraphs
from digest.model import CONFIRMATION, Fact, ParsedEntry

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import Message

# A header is cut before it is decoded, and of parts only so many are looked at: a message may be
# all headers, or all parts. What nests deeper than anybody writes takes the square of its length.
_LONGEST_HEADER = 8_000
_MOST_PARTS = 200
_MOST_NESTED = 60
_NESTING = re.compile(rb"(?:multipart|message)/", re.IGNORECASE)
_HEAD = 256 * 1024
_META_CHARSET = re.compile(
    rb"<meta\b[^>]{0,200}\bcharset\s*=\s*[\"']?([\w.:+-]{1,40})", re.IGNORECASE
)
_LATIN_1 = {"iso-8859-1", "iso8859-1", "latin1", "latin-1", "windows-1252", "cp1252"}
_LINK = re.compile(r"https?://[^\s<>\"\u3000-\u303f\uff00-\uff65]+")
_AFTER_LINK = ".,;:!?)]}'*_"
_LIST_ID = re.compile(r"^(.*?)\s*<[^<>]*>\s*$")
# RFC 3676: a line that ends with a space goes on in the next, but for that above a signature.
_FLOWING = re.compile(r"(?<!\n--) \n(?!\n)")
_BLANK_LINE = re.compile(r"\n[ \t]*\n")
# What is below the last line of two dashes, if it is no more; digests have one in each message,
# with a line of 30 between messages (RFC 1153).
_LONGEST_SIGNATURE = 1_000
_BETWEEN_MESSAGES = re.compile(r"^-{30}$", re.MULTILINE)
# RFC 9580, section 7.
_CLEARSIGNED = re.compile(r"\s*-----BEGIN PGP SIGNED MESSAGE-----\n(?:[\w-]+:.*\n)*\n")
_PGP_SIGNATURE = "\n-----BEGIN PGP SIGNATURE-----\n"
_ESCAPED_DASH = re.compile(r"^- (?=-)", re.MULTILINE)
# Characters of no text, around what becomes a link when paragraphs are made.
_MARKS = re.compile("[\ue000\ue001]")
_WEB_LINK = re.compile(r"<(https?://[^<>\s]+)>")


def entry_of(raw: bytes) -> ParsedEntry:
    """What a message says; however it is made, some of it."""
    message = _parsed(raw)
    subject = _header(message, "Subject", MAX_TITLE)
    content = _content(message, subject)
    if confirming := confirming_link(subject, content):
        content = _content(message, "", confirming)
    sender = _sender(message)
    return ParsedEntry(
        guid=_identity(message),
        link=confirming or content.browser_link,
        title=_telling_subject(subject, sender) if confirming else subject,
        author=sender,
        published=read_date(_raw(message, "Date")),
        html=content.html,
        categories=tuple(filter(None, [_list_name(message)])),
        facts=(Fact(CONFIRMATION, 1),) if confirming else (),
    )


def _parsed(raw: bytes) -> Message:
    """A message, or only its headers where its parts nest too deep to be read."""
    if len(_NESTING.findall(raw)) <= _MOST_NESTED:
        try:
            return message_from_bytes(raw)
        except (MessageError, ValueError, RecursionError):
            pass
    return BytesHeaderParser().parsebytes(raw[:_HEAD])


def _telling_subject(subject: str, sender: str) -> str:
    """The subject with its sender, since all who ask for a confirmation write the same."""
    return subject if sender.casefold() in subject.casefold() else f"{sender}: {subject}"


def _header(message: Message, name: str, limit: int) -> str:
    """A header with its encoded words decoded (RFC 2047), on one line."""
    return one_line(_decoded(_raw(message, name)), limit)


def _raw(message: Message, name: str) -> str:
    """A header as it came, cut; in 8 bits it is in UTF-8 mostly (RFC 6532)."""
    for found, value in message.raw_items():
        if found.lower() == name.lower():
            cut = str(value)[:_LONGEST_HEADER]
            return cut if cut.isascii() else _text(cut.encode("utf-8", "surrogateescape"), None)
    return ""


def _decoded(value: str) -> str:
    value = value[:_LONGEST_HEADER]
    try:
        parts = decode_header(value)
    except (HeaderParseError, ValueError):
        return value
    return "".join(
        part if isinstance(part, str) else _text(part, charset) for part, charset in parts
    )


def _text(raw: bytes, charset: str | None) -> str:
    if charset and raw and not raw.isascii() and _is_latin_1(charset) and not _is_utf_8(raw):
        # Web servers say it of whatever they serve, who writes mail means it.
        return raw.decode("cp1252", "replace")
    return to_utf_8(raw, charset).decode("utf-8", "replace")


def _is_latin_1(charset: str) -> bool:
    return charset.lower().replace("_", "-") in _LATIN_1


def _is_utf_8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _sender(message: Message) -> str:
    """The name of who sent it, or the address where there is no name."""
    found = getaddresses([_raw(message, "From")])
    name, address = next((each for each in found if "@" in each[1]), ("", ""))
    return one_line(_decoded(name), MAX_NAME) or one_line(address, MAX_NAME)


def _identity(message: Message) -> str:
    """The Message-ID; where there is none, a hash of what tells messages apart without."""
    given = _header(message, "Message-ID", MAX_TITLE).strip("<>")
    if given:
        return given
    parts = (_raw(message, name) for name in ("Date", "From", "Subject"))
    digest = sha256("\0".join(parts).encode("utf-8", "replace"))
    return f"{digest.hexdigest()[:32]}@no-message-id.invalid"


def _list_name(message: Message) -> str:
    """What its list is called (RFC 2919): the phrase of List-Id."""
    named = _LIST_ID.match(_header(message, "List-Id", MAX_NAME))
    return named[1].strip('" ') if named else ""


def _leaving(message: Message) -> frozenset[str]:
    """The addresses by which a reader leaves the list (RFC 2369); they are never shown or asked."""
    return frozenset(_WEB_LINK.findall(_raw(message, "List-Unsubscribe")))


def _content(message: Message, title: str, kept: str = "") -> Content:
    """The HTML of a message, or its plain text as HTML; nothing where it has neither."""
    rich = next(_parts(message, "text/html"), "")
    # A digest of a list has a part for each of its messages.
    plain = "\n\n".join(_parts(message, "text/plain"))
    content = read_content(rich, title, _leaving(message), kept) if rich else Content("", "", (), 0)
    if not content.html:
        return _plain_content(plain)
    if content.browser_link:
        return content
    return content._replace(browser_link=_browser_line(plain))


def _plain_content(text: str) -> Content:
    parts = _BLANK_LINE.split(_without_signature(text))
    shown = _linked("\n\n".join(filter(None, map(_without_furniture, parts))))
    links = tuple((address, line) for address, line in _lines_with_links(text))
    return Content(shown, _browser_line(text), links, len(text.split()))


def _without_signature(text: str) -> str:
    """A plain text without what is below its last `-- `, and without the armour of OpenPGP."""
    if signed := _CLEARSIGNED.match(text):
        text = _ESCAPED_DASH.sub("", text[signed.end() :].partition(_PGP_SIGNATURE)[0])
    shown, mark, below = text.rpartition("\n-- \n")
    if not mark or len(below) > _LONGEST_SIGNATURE or _BETWEEN_MESSAGES.search(below):
        return text
    return shown


def _without_furniture(part: str) -> str:
    """A paragraph of plain text without what leads to it on the web, or out of the list.

    That is all of it, or where it has other links too, the lines.
    """
    if len(part) > LONGEST_FURNITURE or "://" not in part:
        return part
    if part.count("://") == 1:
        return "" if _is_furniture(part) else part
    return "\n".join(line for line in part.splitlines() if not _is_furniture(line))


def _is_furniture(text: str) -> bool:
    return "://" in text and bool(BROWSER.search(text) or LEAVING.search(text))


def _browser_line(text: str) -> str:
    """The address in, or below, the line of a plain text that leads to it on the web."""
    found = (address for address, words in _lines_with_links(text) if BROWSER.search(words))
    return next(found, "")


def _lines_with_links(text: str) -> Iterator[tuple[str, str]]:
    """The addresses of a plain text, each with the words before it on its line, or above it."""
    above = ""
    for line in text[:_HEAD].splitlines():
        for found in _LINK.finditer(line):
            yield found[0].rstrip(_AFTER_LINK), line[: found.start()].strip(" :<([-") or above
        above = line.strip(" :") or above


def _linked(text: str) -> str:
    """A plain text as HTML, with its addresses as links."""
    pieces, at = [], 0
    text = _MARKS.sub("", text)
    for found in _LINK.finditer(text):
        address = found[0].rstrip(_AFTER_LINK)
        pieces += [text[at : found.start()], f"\ue000{address}\ue001"]
        at = found.start() + len(address)
    shown = paragraphs("".join([*pieces, text[at:]]))
    return re.sub("\ue000([^\ue001]*)\ue001", _anchor, shown)


def _anchor(match: re.Match[str]) -> str:
    return f'<a href="{escape(match[1].replace("&amp;", "&"))}">{match[1]}</a>'


def _parts(message: Message, kind: str) -> Iterator[str]:
    """The texts of a kind that are not attached."""
    for part in islice(message.walk(), _MOST_PARTS):
        if part.get_content_type() == kind and part.get_content_disposition() != "attachment":
            yield _part_text(part)


def _part_text(part: Message) -> str:
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    charset = part.get_content_charset() or ""
    found = _META_CHARSET.search(payload[:4_000])
    text = _text(payload, charset or (found[1].decode() if found else None)).replace("\r\n", "\n")
    is_flowed = str(part.get_param("format", "")).lower() == "flowed"
    return _FLOWING.sub(" ", text) if is_flowed else text
