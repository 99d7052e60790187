"""References to characters, such as `&#65;` and `&auml;`, and characters that may not be."""

from __future__ import annotations

import re
from html import escape
from html.entities import html5

# All shorter numbers are characters.
_LONG = re.compile(rb"&#(?:[xX]([0-9a-fA-F]{4,})|([0-9]{5,}));?")
# A reference, or an ampersand that begins none; before them, what they mean nothing in.
_REFERENCE = re.compile(
    r"<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)|<\?.*?(?:\?>|\Z)"
    r"|(?P<start>&)(?:#(?:[xX](?P<hexadecimal>[0-9a-fA-F]+)|(?P<decimal>[0-9]+));?"
    r"|(?P<name>[A-Za-z][\w.-]*);)?",
    re.DOTALL,
)
_ROOT = re.compile(r"<\w")
_DECLARED = re.compile(r"<!ENTITY\s+([\w.-]+)\s")
_OF_XML = {"amp", "lt", "gt", "quot", "apos"}
# What XML 1.0 (2.2) has no place for: controls go, but those that are white space stay a space.
_NOT_IN_XML = {
    **dict.fromkeys({*range(0x20)} - {0x09, 0x0A, 0x0D}, ""),
    **dict.fromkeys((0x0B, 0x0C, *range(0x1C, 0x20)), " "),
    **dict.fromkeys((0xFFFE, 0xFFFF, *range(0xD800, 0xE000)), "\ufffd"),
}
_CONTROL = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def without_impossible(body: bytes) -> bytes:
    """A body with U+FFFD for references to what is no character: feedparser fails on those."""
    return _LONG.sub(_possible, body)


def _possible(reference: re.Match[bytes]) -> bytes:
    hexadecimal, decimal = reference.groups(b"")
    number = _number(hexadecimal.decode(), decimal.decode())
    possible = number <= 0x10FFFF and not 0xD800 <= number <= 0xDFFF
    return reference[0] if possible else b"&#xFFFD;"


def _number(hexadecimal: str, decimal: str) -> int:
    digits = (hexadecimal or decimal).lstrip("0") or "0"
    # Longer numbers are out of range, and slow to read.
    return int(digits, 16 if hexadecimal else 10) if len(digits) <= 7 else 0x110000


def without_controls(text: str) -> str:
    """A document without the characters that XML has no place for."""
    return text.translate(_NOT_IN_XML) if _CONTROL.search(text) else text


def with_xml_references(text: str) -> str:
    """A document with the references of HTML as their characters, and no other than those of XML.

    An ampersand that begins no reference is meant as one, and so is a name that nobody knows. In
    an address `&lang=en` is no reference: HTML's old names without a semicolon do not count.
    """
    root = _ROOT.search(text)
    start = root.start() if root else 0
    declared = _OF_XML.union(_DECLARED.findall(text, 0, start))

    def replaced(match: re.Match[str]) -> str:
        if not match["start"]:
            return match[0]
        if match["name"]:
            known = html5.get(f"{match['name']};")
            kept = match[0] if match["name"] in declared else f"&amp;{match[0][1:]}"
            return escape(known) if known and match["name"] not in declared else kept
        if match[0] == "&":
            return "&amp;"
        number = _number(match["hexadecimal"] or "", match["decimal"] or "")
        character = chr(number) if 0 < number <= 0x10FFFF else "\ufffd"
        return _NOT_IN_XML.get(ord(character), f"&#{ord(character)};")

    return text[:start] + _REFERENCE.sub(replaced, text[start:])
