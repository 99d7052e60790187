"""Messages of Discord as a page, to look at before they are posted."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from digest.rendering.chat_page import bot_message, chat_page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it import MarkdownIt

    from digest.rendering.discord.messages import Embed, Message

_STYLE = """\
:root { --face: 40px; --page: #fff; --text: #2e3338; --dim: #5c5e66; --embed: #f2f3f5;
  --bar: #c4c9ce; --link: #0059c1; }
@media (prefers-color-scheme: dark) {
  :root { --page: #313338; --text: #dbdee1; --dim: #a9adb4; --embed: #2b2d31; --bar: #1e1f22;
    --link: #4ea8fc; }
}
body { padding: 16px; background: var(--page); color: var(--text);
  font: 16px/1.375 "gg sans", "Noto Sans", "Helvetica Neue", Helvetica, Arial, sans-serif; }
a { color: var(--link); }
.message { gap: 16px; margin: 0 0 24px; max-width: none; }
.face { background: #5865f2; font-size: 18px; }
.app { background: #5865f2; color: #fff; font-size: 10px; font-weight: 600; padding: 1px 4px;
  border-radius: 3px; vertical-align: 2px; }
.content h1 { font-size: 24px; line-height: 1.375; margin: 8px 0; }
.content p { margin: 0 0 8px; }
h1, p, li, .title { unicode-bidi: plaintext; }
.embed { max-width: 488px; margin: 4px 0; padding: 8px 16px 12px 12px; background: var(--embed);
  border-left: 4px solid var(--bar); border-radius: 4px; font-size: 14px; line-height: 1.3; }
.embed p { margin: 8px 0 0; }
.embed ul { margin: 8px 0 0; padding-left: 18px; }
.title { margin-top: 8px; font-size: 16px; font-weight: 600; }
"""


def discord_page(messages: Sequence[Message]) -> str:
    """The messages one below the other, in light or dark."""
    from markdown_it import MarkdownIt

    reader = MarkdownIt("commonmark", {"breaks": True, "html": False})
    return chat_page("Discord", _STYLE, (_message(message, reader) for message in messages))


def _message(message: Message, reader: MarkdownIt) -> str:
    embeds = [_embed(embed, reader) for embed in message.get("embeds", [])]
    return bot_message("\n".join([reader.render(message["content"]), *embeds]), badge=True)


def _embed(embed: Embed, reader: MarkdownIt) -> str:
    title = reader.renderInline(embed.get("title", ""))
    if "url" in embed:
        title = f'<a href="{escape(embed["url"])}">{title}</a>'
    heading = f'<div class="title">{title}</div>' if title else ""
    colour = f' style="border-color: #{embed["color"]:06x}"' if "color" in embed else ""
    return f'<div class="embed"{colour}>{heading}{reader.render(embed["description"])}</div>'
