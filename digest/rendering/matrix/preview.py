"""Notices as a page, to look at before they are posted."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

_PAGE = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>Matrix</title>
<base target="_blank">
<style>
:root {{ --ground: #fff; --ink: #1b1d22; --quiet: #454b54; --link: #0352b0; --line: #d2d6db; }}
@media (prefers-color-scheme: dark) {{ :root {{ --ground: #101317; --ink: #ebeef2;
  --quiet: #a9b2bc; --link: #6aa5f5; --line: #3c434c; }} }}
body {{ margin: 0; padding: 16px 20px; background: var(--ground); color: var(--ink);
  font: 15px/24px Inter, system-ui, sans-serif; overflow-wrap: anywhere; }}
a {{ color: var(--link); text-decoration: none; }}
.message {{ display: flex; gap: 8px; margin: 0 auto 20px; max-width: 760px; }}
.face {{ flex: 0 0 30px; height: 30px; border-radius: 50%; background: #0467dd; color: #fff;
  font-weight: 600; line-height: 30px; text-align: center; }}
.said {{ flex: 1; min-width: 0; }}
/* Element shows notices more quietly than what people write. */
.notice {{ opacity: .8; }}
.notice p {{ margin: 0 0 12px; }}
.notice h3, .notice h4 {{ margin: 16px 0 8px; line-height: 1.3; }}
.notice h3 {{ font-size: 19px; }}
.notice h4 {{ font-size: 16px; }}
.notice ul {{ margin: 0 0 12px; padding: 0; padding-inline-start: 24px; }}
.notice blockquote {{ margin: 0 0 12px; padding: 0 12px; border-inline-start: 4px solid var(--line);
  color: var(--quiet); }}
.notice hr {{ border: 0; border-top: 1px solid var(--line); }}
.replies {{ border-left: 2px solid var(--line); margin: 0 auto 20px; padding-left: 16px;
  max-width: 720px; }}
</style>
</head>
<body>
{body}
</body>
</html>
"""
_MESSAGE = """\
<div class="message"><div class="face">d</div><div class="said">
<b>digest</b>
<div class="notice" dir="auto">{html}</div>
</div></div>"""


def matrix_page(messages: Sequence[dict[str, Any]], *, threaded: bool = False) -> str:
    """A whole HTML document without scripts; with `threaded`, all but the first are its replies."""
    shown = [_message(message) for message in messages]
    if threaded and len(shown) > 1:
        shown[1:] = ['<div class="replies">', *shown[1:], "</div>"]
    return _PAGE.format(body="\n".join(shown))


def _message(message: dict[str, Any]) -> str:
    html = message.get("formatted_body") or escape(message["body"])
    return _MESSAGE.format(html=html.replace("<a ", '<a rel="noreferrer" '))
