"""Cards as a page, to look at before they are posted."""

from __future__ import annotations

import re
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING, Any

from digest.rendering.chat_page import bot_message, chat_page
from digest.rendering.teams.cards import blocks_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_STYLE = """\
:root { --face: 32px; --ground: #f5f5f5; --card: #fff; --ink: #242424; --quiet: #616161;
  --link: #4f52b2; --line: #e0e0e0; }
@media (prefers-color-scheme: dark) { :root { --ground: #1f1f1f; --card: #292929; --ink: #fff;
  --quiet: #adadad; --link: #9299f7; --line: #525252; } }
body { background: var(--ground); color: var(--ink);
  font: 14px/20px "Segoe UI", system-ui, sans-serif; }
a { color: var(--link); }
.face { background: #4f52b2; }
.card { margin: 4px 0 0; padding: 12px; border-radius: 4px; background: var(--card);
  box-shadow: 0 1px 3px #0003; }
.block { margin: 8px 0 0; }
.block:first-child { margin: 0; }
.none { margin: 0; }
.large { margin: 16px 0 0; }
.separated { border-top: 1px solid var(--line); padding-top: 12px; }
.size-medium { font-size: 17px; line-height: 24px; }
.size-large { font-size: 21px; line-height: 28px; }
.bolder { font-weight: 600; }
.subtle { color: var(--quiet); }
.right { text-align: right; }
ul { margin: 0; padding: 0; padding-inline-start: 24px; }
"""
# What is escaped, bold and links: all that is written into a block.
_LINKED = re.compile(r"\[([^\[\]]*)\]\(([^)]*)\)")
_BOLD = re.compile(r"\*\*((?:\\.|[^\\*])+)\*\*")
_ESCAPED = re.compile(r"\\([*_])")
_ITEM = "- "


def teams_page(messages: Sequence[dict[str, Any]]) -> str:
    """A whole HTML document without scripts."""
    return chat_page("Microsoft Teams", _STYLE, map(_message, messages))


def _message(message: dict[str, Any]) -> str:
    blocks = "\n".join(map(_block, blocks_of(message)))
    return bot_message(f'<div class="card">\n{blocks}\n</div>', "Workflows")


def _block(block: dict[str, Any]) -> str:
    looks = [
        *("block", block.get("spacing", "").lower()),
        *([f"size-{block['size'].lower()}"] if "size" in block else []),
        *(["bolder"] if "weight" in block else []),
        *(["subtle"] if block.get("isSubtle") else []),
        *(["separated"] if block.get("separator") else []),
    ]
    right = ["right"] if block.get("horizontalAlignment") == "Right" else []
    direction = ' dir="rtl"' if right else ""
    inside = "".join(_lines(block["text"]))
    return f'<div class="{" ".join(filter(None, looks + right))}"{direction}>{inside}</div>'


def _lines(text: str) -> Iterator[str]:
    lines = text.split("\n")
    for listed, run in groupby(lines, key=lambda line: line.startswith(_ITEM)):
        shown = [_line(line.removeprefix(_ITEM) if listed else line) for line in run]
        items = "".join(f"<li>{line}</li>" for line in shown)
        yield f"<ul>{items}</ul>" if listed else "<br>".join(shown)


def _line(text: str) -> str:
    """A line with its links; addresses are ours, so they have nothing in them to be escaped."""
    linked = _LINKED.sub(r'<a href="\2" rel="noreferrer">\1</a>', escape(text))
    return _ESCAPED.sub(r"\1", _BOLD.sub(r"<b>\1</b>", linked))
