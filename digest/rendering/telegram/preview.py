"""Messages of Telegram as a terminal and as a page show them, to look at before they are sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.rendering.chat_page import chat_page
from digest.rendering.telegram.messages import marked_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.rendering.telegram.messages import Message

_STYLE = """\
:root { --ground: #d5e3c8; --bubble: #fff; --text: #000; --link: #2678b6; --line: #3390ec;
  --quote: #eaf3fd; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #0f1a24; --bubble: #182533; --text: #f5f5f5; --link: #6ab3f3;
    --line: #6ab3f3; --quote: #21364a; }
}
body { padding: 16px 12px; background: var(--ground); color: var(--text);
  font: 15px/1.4 Roboto, "Segoe UI", "Helvetica Neue", Helvetica, Arial, sans-serif; }
.bubble { box-sizing: border-box; max-width: 480px; margin: 0 0 8px; padding: 8px 12px;
  border-radius: 4px 12px 12px 4px; background: var(--bubble); }
.bubble:first-child { border-top-left-radius: 12px; }
.bubble:last-child { border-bottom-left-radius: 0; }
a { color: var(--link); }
blockquote { margin: 2px 0; padding: 4px 8px 4px 9px; border-inline-start: 3px solid var(--line);
  border-radius: 4px; background: var(--quote); }
"""


def telegram_text(message: Message) -> str:
    """A message for a terminal: its text, and the address of each link behind it."""
    marked = marked_text(message)
    text, last = "", 0
    for span in sorted((span for span in marked.spans if span.url), key=lambda span: span.end):
        text += f"{marked.text[last : span.end]} <{span.url}>"
        last = span.end
    return f"{text}{marked.text[last:]}"


def telegram_page(messages: Sequence[Message]) -> str:
    """A whole HTML document without scripts that looks like the chat, light or dark."""
    texts = [marked_text(message).html for message in messages]
    bubbles = [f'<div class="bubble" dir="auto">{text}</div>' for text in texts]
    return chat_page("Telegram", _STYLE, bubbles)
