"""Slack messages as a page, to look at before they are posted."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from digest.rendering.chat_page import bot_message, chat_page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.rendering.slack.blocks import Block, Message

_STYLE = """\
:root { --face: 36px; }
body { background: #fff; color: #1d1c1d;
  font: 15px/1.46668 Lato, "Helvetica Neue", Helvetica, Arial, sans-serif; max-width: 680px; }
a { color: #1264a3; }
.message { margin: 0 0 20px; max-width: none; }
.face { border-radius: 4px; background: #4a154b; font: bold 18px/36px Georgia, serif; }
.app { background: #ebeaeb; color: #616061; font-size: 10px; font-weight: bold;
  padding: 1px 3px; border-radius: 2px; vertical-align: 1px; }
.block { margin: 8px 0; }
.header { font-size: 18px; font-weight: 900; line-height: 1.33; }
.context { font-size: 13px; color: #616061; }
.section { display: flex; gap: 16px; justify-content: space-between; white-space: pre-line; }
.section img { width: 88px; height: 88px; object-fit: cover; border-radius: 8px; flex: none;
  background: #ebeaeb; font-size: 11px; }
.line { white-space: pre-line; }
.list { margin: 0; padding: 0 0 0 26px; }
.list li { white-space: pre-line; padding: 1px 0; }
.indent1 { list-style: circle; margin-left: 26px; }
hr { border: 0; border-top: 1px solid #ddd; }
.replies { border-left: 2px solid #ddd; margin: 0 0 20px 44px; padding-left: 16px; }
.count { color: #1264a3; font-size: 13px; font-weight: bold; margin: 0 0 12px; }
"""
_REPLIES = '<div class="replies">\n<p class="count">{count}</p>\n{replies}\n</div>'


def slack_page(messages: Sequence[Message], *, threaded: bool = False) -> str:
    """A whole HTML document without scripts; with `threaded`, all but the first are its replies."""
    shown = [_message(message) for message in messages]
    if threaded and len(shown) > 1:
        count = "1 reply" if len(shown) == 2 else f"{len(shown) - 1} replies"
        shown[1:] = [_REPLIES.format(count=count, replies="\n".join(shown[1:]))]
    return chat_page("Slack", _STYLE, shown, dark=False)


def _message(message: Message) -> str:
    return bot_message("\n".join(map(_block, message["blocks"])), badge=True)


def _block(block: Block) -> str:
    match block["type"]:
        case "divider":
            return '<hr class="block">'
        case "header":
            inside = escape(block["text"]["text"])
        case "context":
            inside = " ".join(escape(element["text"]) for element in block["elements"])
        case "section":
            picture = _picture(block["accessory"]) if "accessory" in block else ""
            inside = f"<div>{escape(block['text']['text'])}</div>{picture}"
        case _:
            inside = "".join(_rich_text(element) for element in block["elements"])
    return f'<div class="block {block["type"]}">{inside}</div>'


def _rich_text(element: Block) -> str:
    if element["type"] == "rich_text_section":
        return f'<div class="line">{_line(element)}</div>'
    items = "".join(f"<li>{_line(item)}</li>" for item in element["elements"])
    return f'<ul class="list indent{element.get("indent", 0)}">{items}</ul>'


def _line(line: Block) -> str:
    return "".join(_element(element) for element in line["elements"])


def _element(element: dict[str, Any]) -> str:
    shown = escape(element["text"])
    if "style" in element:
        shown = f"<b>{shown}</b>"
    if not element.get("url", "").startswith(("http://", "https://")):
        return shown
    return f'<a href="{escape(element["url"])}" rel="noreferrer">{shown}</a>'


def _picture(accessory: Block) -> str:
    source, alternative = escape(accessory["image_url"]), escape(accessory["alt_text"])
    return f'<img src="{source}" alt="{alternative}" referrerpolicy="no-referrer">'
