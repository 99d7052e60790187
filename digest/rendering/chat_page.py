"""Messages as a page that looks like the chat they are for, to look at before they are sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_PAGE = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="{scheme}">
<title>{service}</title>
<base target="_blank">
<style>
body {{ margin: 0; padding: 16px 20px; overflow-wrap: anywhere; }}
a {{ text-decoration: none; }}
.message {{ display: flex; gap: 8px; margin: 0 auto 20px; max-width: 760px; }}
.face {{ flex: 0 0 var(--face); height: var(--face); border-radius: 50%; color: #fff;
  font-weight: 600; line-height: var(--face); text-align: center; }}
.content {{ flex: 1; min-width: 0; }}
{style}</style>
</head>
<body>
{messages}
</body>
</html>
"""
_MESSAGE = """\
<div class="message"><div class="face">{face}</div><div class="content">
<div><b>{name}</b>{badge}</div>
{html}
</div></div>"""
_BADGE = ' <span class="app">APP</span>'


def chat_page(service: str, style: str, messages: Iterable[str], *, dark: bool = True) -> str:
    """A whole HTML document without scripts; `messages` are HTML.

    `style` says how the service looks; `--face` is how large its avatars are. Without `dark` it is
    light everywhere.
    """
    return _PAGE.format(
        scheme="light dark" if dark else "light",
        service=service,
        style=style,
        messages="\n".join(messages),
    )


def bot_message(html: str, name: str = "digest", *, badge: bool = False) -> str:
    """A message of a bot or a webhook, with its avatar; `badge` says that it is one."""
    return _MESSAGE.format(face=name[0], name=name, badge=_BADGE if badge else "", html=html)
