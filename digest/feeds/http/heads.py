"""Heads of answers (a status line, header lines) as bytes: mended, and what is wrong with one."""

from __future__ import annotations

import re

MOST_BYTES = 64 * 1024
MOST_LINES = 1_000

_LINE_END = re.compile(rb"\r?\n")
_LENGTH, _CODING = b"content-length", b"transfer-encoding"
# With one way to match at the most: a hostile line may be 64 KB of spaces.
_LENGTH_LINE = re.compile(rb"^content-length:([^\r\n]*)\r?\n", re.IGNORECASE | re.MULTILINE)
_STATUS_LINE = re.compile(rb"HTTP/1\.[01] [0-9]{3}(?: .*)?", re.DOTALL)
# RFC 9110, section 5.6.2.
_TOKEN = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_TLS_RECORDS = (b"\x15", b"\x16")
_LONGEST_SHOWN = 60


def mended(head: bytes) -> bytes:
    """A head in which equal lengths of the body are one (RFC 9110, section 8.6)."""
    values = _LENGTH_LINE.findall(head)
    lengths = {each.strip() for value in values for each in value.split(b",")}
    if len(lengths) != 1 or (len(values) == 1 and b"," not in values[0]):
        return head
    status_line, headers = _LENGTH_LINE.sub(b"", head).split(b"\n", 1)
    return b"%b\nContent-Length: %b\r\n%b" % (status_line, lengths.pop(), headers)


def wrong_start(start: bytes) -> str:
    """Why what does not begin with `HTTP/` is no answer, with a remedy where there is one."""
    if start.startswith(_TLS_RECORDS):
        return "the server speaks TLS at this port; write https:// in the address"
    if start.lstrip().startswith((b"<", b"{")):
        return "it has no status line and no headers (HTTP/0.9)"
    return f"another protocol is spoken at this port; it begins with {_shown(start)}"


def trouble(head: bytes) -> str:
    """What is wrong with a head that cannot be read; of headers, no values, which may be secret."""
    status_line, *lines = _LINE_END.split(head.rstrip(b"\r\n"))
    if not _STATUS_LINE.fullmatch(status_line):
        return f"its status line is not one of HTTP/1.1: {_shown(status_line)}"
    if len(lines) > MOST_LINES:
        return f"it has more than {MOST_LINES:,} header lines"
    headers = [line.partition(b":") for line in lines if not line.startswith((b" ", b"\t"))]
    for name, colon, value in headers:
        if not (colon and _TOKEN.fullmatch(name)):
            return f"a header line does not begin with a name and a colon: {_shown(name)}"
        if b"\0" in value:
            return f"there is a NUL in its header {_shown(name)}"
    lengths = [_shown(value.strip()) for name, _, value in headers if name.lower() == _LENGTH]
    if lengths and any(name.lower() == _CODING for name, _, _ in headers):
        # A recipient may refuse it (RFC 9112, section 6.3): so answers are smuggled into others.
        return "it has both a Content-Length and a Transfer-Encoding"
    return f"its Content-Length is {' and '.join(lengths)}" if lengths else "its headers are wrong"


def _shown(text: bytes) -> str:
    """What bytes begin with, as one line in quotation marks."""
    return repr(_LINE_END.split(text, 1)[0][:_LONGEST_SHOWN].decode("utf-8", "replace"))
