"""The encoding of a body, settled before any parser sees it: bytes in any encoding to UTF-8."""

from __future__ import annotations

import codecs
import re
from functools import lru_cache
from typing import TYPE_CHECKING

import webencodings

if TYPE_CHECKING:
    from collections.abc import Sequence

# A byte order mark shows it, or where the zeros of the first two characters are (XML 1.0, F.1).
_WIDE = (
    (re.compile(rb"\xff\xfe\0\0|[^\0]\0\0\0[^\0]\0\0\0"), "utf-32-le"),
    (re.compile(rb"\0\0\xfe\xff|\0\0\0[^\0]\0\0\0[^\0]"), "utf-32-be"),
    (re.compile(rb"\xff\xfe|[^\0]\0[^\0]\0"), "utf-16-le"),
    (re.compile(rb"\xfe\xff|\0[^\0]\0[^\0]"), "utf-16-be"),
)
_MARKS = re.compile(rb"\s*(?:\xef\xbb\xbf)+")
# With what may stand before it by mistake.
_DECLARATION = re.compile(
    rb"[\0-\x20]*(?:<!--[^>]*-->[\0-\x20]*)?<\?xml\s"
    rb"(?:[^<>]*?\bencoding\s*=\s*[\"']?(?P<label>[\w.:+-]+))?[^<>]*\?>"
)
_HEAD = 2_000
_HTML = re.compile(rb"\s*(?:<!--[^>]*-->\s*)*<(?:!doctype\s+html|html)\b", re.IGNORECASE)
# HTML Standard, 13.2.3.2.
_META = re.compile(rb"<meta\s[^>]*?\bcharset\s*=\s*[\"']?\s*(?P<label>[\w.:+-]+)", re.IGNORECASE)
_JSON = re.compile(rb"\s*[{[]")  # RFC 8259, section 8.1: it is UTF-8
_UTF_8 = "utf-8"
# Of the server it says nothing: many have it for whatever they serve.
_LATIN_1 = "cp1252"
# Where the Encoding Standard has a larger encoding than the library's.
_LARGER = {"gbk": "gb18030"}
# What Java and some databases have for an emoji and for NUL: wrong, but in no other encoding.
_OF_JAVA = re.compile(rb"\xed[\xa0-\xaf][\x80-\xbf]\xed[\xb0-\xbf][\x80-\xbf]|\xc0\x80")
# They need 7 bits only, and so look like ASCII.
_IN_7_BITS = {"hz", "iso2022_jp", "iso2022_kr"}
# With the escapes of UTF-7 and of Python, in which no document is.
_ASCII = b"<?xml version='1.0'?><a>{&amp;}+AD4-\\u0041</a>"
# Where Python has other characters than the Standard: wave dash and its like, bytes for own use.
_STANDARD = {
    "euc_jp": dict(zip("〜‖−¢£¬", "～∥－￠￡￢", strict=True)),
    "cp932": dict.fromkeys("\uf8f0\uf8f1\uf8f2\uf8f3", "\ufffd"),
}
# And where it has fewer, the handlers that know the rest.
_ERRORS = {"euc_jp": "digest.jis", "gb18030": "digest.gbk"}
_JIS_CHARACTERS = re.compile(rb"\x1b\$[@B]([\x21-\x7e]*)")
_JIS_KATAKANA = re.compile(rb"\x1b\(I([\x21-\x5f]*)")
_JIS_ASCII = re.compile(rb"\x1b\([BJ]")
_WITH_8TH_BIT = bytes([*range(0x21), *range(0xA1, 0xFF), *range(0x7F, 0x100)])
# A guess needs no more, and would take seconds for megabytes.
_SAMPLE = 100_000
_LEAST_CONFIDENCE = 0.8


def to_utf_8(body: bytes, charset: str | None = None) -> bytes:
    """A body as valid UTF-8, without a byte order mark; `charset` is what its server says.

    A byte order mark goes before the server, the server before the declaration, and labels mean
    what they do in the Encoding Standard. What is valid UTF-8 is UTF-8, unless server and
    declaration both say otherwise. Each wrong byte becomes one U+FFFD. Clean UTF-8 comes back as it
    is, all else without its declaration.
    """
    for zeros, wide in _WIDE:
        if zeros.match(body):
            return _undeclared(_encoded(body.decode(wide, "replace").removeprefix("\ufeff")))
    marks = _MARKS.match(body)
    body = body[marks.end() :] if marks else body
    label = _declared(body)
    claims = [_UTF_8] if marks else _claims(charset or "", label)
    if _is_utf_8(body, claims):
        return body if label.lower() in {"", _UTF_8} else _undeclared(body)
    return _undeclared(_encoded(_text(body, claims)))


def _declared(body: bytes) -> str:
    """The label of an encoding that an XML declaration, or else a page, has; empty without one."""
    declaration = _DECLARATION.match(body, 0, _HEAD)
    if declaration is None and _HTML.match(body, 0, _HEAD):
        declaration = _META.search(body, 0, _HEAD)
    return (declaration["label"] or b"").decode("ascii", "ignore") if declaration else ""


def _undeclared(body: bytes) -> bytes:
    return _DECLARATION.sub(b"", body[:_HEAD], count=1) + body[_HEAD:]


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "replace")


def _claims(charset: str, label: str) -> list[str]:
    """What server and declaration say, the one to believe first, without what cannot be."""
    of_server, declared = _codec(charset), _codec(label)
    if of_server == _LATIN_1 or declared in _IN_7_BITS:
        return list(filter(None, (declared or _UTF_8, of_server)))
    return list(filter(None, (of_server, declared)))


@lru_cache(maxsize=256)
def _codec(label: str) -> str | None:
    """Python's name of an encoding; None where there is none in which a declaration is ASCII."""
    label = label.encode("ascii", "ignore").decode().strip(" \t\"'")
    web = webencodings.lookup(label)
    try:
        name = codecs.lookup(label).name if not web or web.name == "replacement" else ""
        web = webencodings.lookup(name) or web
        name = web.codec_info.name if web and web.name != "replacement" else name
        # Not UTF-16, since the zeros would show it.
        reads_ascii = _ASCII.decode(name, "replace").encode() == _ASCII
    except (LookupError, ValueError):
        return None
    return _LARGER.get(name, name) if reads_ascii else None


def _is_utf_8(body: bytes, claims: Sequence[str]) -> bool:
    if body.isascii():
        return _IN_7_BITS.isdisjoint(claims)
    if len(claims) > 1 and not {_UTF_8, _LATIN_1}.intersection(claims):
        return False
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def _text(body: bytes, claims: Sequence[str]) -> str:
    """The text by the first claim that fits; by a guess where none does."""
    for codec in dict.fromkeys((*claims, _UTF_8)):
        text = _decoded(body, codec)
        # A single wrong byte tells nothing against what is said.
        if text.count("\ufffd") <= (codec in claims) or _fits(text):
            return text
        if codec == _UTF_8 and _fits(_decoded(_OF_JAVA.sub(b"", body), codec)):
            return text
    return _decoded(body, _UTF_8 if _JSON.match(body) else _guess(body))


def _fits(text: str) -> bool:
    """Whether most of what is beyond ASCII could be read.

    Of text in other encodings a quarter may pass for UTF-8 (Big5: 9 characters of 30).
    """
    wrong = text.count("\ufffd")
    beyond_ascii = len(text) - len(text.encode("ascii", "ignore"))
    return wrong <= beyond_ascii - wrong


def _guess(body: bytes) -> str:
    # Only worker processes need it; the daemon stays small.
    import chardet

    first = re.search(rb"[\x80-\xff]", body)
    start = max(0, first.start() - 1_000) if first else 0
    guessed = chardet.detect(body[start : start + _SAMPLE])
    sure = (guessed["confidence"] or 0) >= _LEAST_CONFIDENCE
    return (sure and _codec(guessed["encoding"] or "")) or _LATIN_1


def _decoded(body: bytes, codec: str) -> str:
    if codec == "iso2022_jp":
        return _decoded(_jis_in_8_bits(body), "euc_jp")
    text = body.decode(codec, _ERRORS.get(codec, "replace"))
    for wrong, standard in _STANDARD.get(codec, {}).items():
        text = text.replace(wrong, standard)
    return text


def _jis_in_8_bits(body: bytes) -> bytes:
    """ISO-2022-JP as EUC-JP, whose codec reads wrong bytes, and makers' characters."""
    body = _JIS_CHARACTERS.sub(lambda match: match[1].translate(_WITH_8TH_BIT), body)
    body = _JIS_KATAKANA.sub(
        lambda match: b"".join(b"\x8e%c" % byte for byte in match[1].translate(_WITH_8TH_BIT)),
        body,
    )
    return _JIS_ASCII.sub(b"", body)


def _character_of_makers(error: UnicodeError) -> tuple[str, int]:
    """A character of NEC or IBM, which only Python's codec of Shift_JIS knows, or U+FFFD."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    row, cell = (*error.object[error.start : error.start + 2], 0, 0)[:2]
    if row < 0xA1 or cell < 0xA1:
        return "\ufffd", error.start + 1
    row, cell = row - 0xA1, cell - 0xA1
    lead = row // 2 + (0x81 if row < 62 else 0xC1)
    trail = cell + 0x9F if row % 2 else cell + (0x40 if cell < 63 else 0x41)
    character = bytes((lead, trail)).decode("cp932", "replace")
    known = len(character) == 1 and character != "\ufffd"
    return (character, error.start + 2) if known else ("\ufffd", error.start + 1)


def _euro(error: UnicodeError) -> tuple[str | bytes, int]:
    """The euro sign of GBK, which Python does not know, or U+FFFD."""
    if isinstance(error, UnicodeDecodeError) and error.object[error.start] == 0x80:
        return "€", error.start + 1
    return codecs.replace_errors(error)


codecs.register_error("digest.jis", _character_of_makers)
codecs.register_error("digest.gbk", _euro)
