"""Text and addresses as Markdown shows them as they are."""

from __future__ import annotations

import re

# What means something anywhere, then what does at the start of a line or, a #, of a word.
_MARKDOWN = re.compile(r"[\\`*_\[\]<>~&]|^[+-]|(?<!\S)#")
# A number with a dot makes a list at the start of a line only.
_NUMBERED = re.compile(r"^(\d+)([.)])")
# What Obsidian and Logseq take for mathematics, a comment, a highlight, a macro and a property.
_OF_NOTES = re.compile(r"\$|(?<=%)%|(?<==)=|(?<=\{)\{|(?<=:):(?=\s|$)")
_MARKDOWN_URL = re.compile(r"[<>\s\\]|&(?=#?\w+;)")


def markdown(text: str) -> str:
    """Text that Markdown shows as it is (CommonMark, backslash escapes)."""
    return _NUMBERED.sub(r"\1\\\2", _MARKDOWN.sub(r"\\\g<0>", text))


def note_text(text: str) -> str:
    """Text that Markdown shows as it is (CommonMark), and so do Obsidian and Logseq."""
    return _OF_NOTES.sub(r"\\\g<0>", markdown(text))


def markdown_url(url: str) -> str:
    """An address for the inside of `<...>` in a Markdown link."""
    return _MARKDOWN_URL.sub(
        lambda match: "&amp;" if match[0] == "&" else f"%{ord(match[0]):02X}", url
    )
