"""An edition in its forms on one page."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_PAGE = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{title}</title>
<style>
html, body {{ height: 100%; margin: 0; }}
body {{ background: #e9e7e2; color: #222; font: 14px/1.4 system-ui, sans-serif; display: grid;
  grid-template: auto minmax(0, 1fr) / minmax(460px, 540px) {columns} 500px;
  gap: 4px 12px; padding: 12px; box-sizing: border-box; }}
h2 {{ font-size: 13px; font-weight: 600; margin: 0; color: #555; }}
iframe, pre {{ width: 100%; height: 100%; margin: 0; border: 1px solid #cfccc4; border-radius: 6px;
  background: #fff; box-sizing: border-box; }}
pre {{ padding: 16px; overflow: auto; font: 11px/1.5 ui-monospace, monospace; }}
</style>
</head>
<body>
{headings}<h2>Text</h2>
{frames}
<pre>{text}</pre>
</body>
</html>
"""
_COLUMN = "minmax(420px, 1fr)"
_HEAD = '<head><base target="_blank">'
# No script runs in a sandbox that does not allow any; links open in a tab of their own.
_SANDBOX = "allow-same-origin allow-popups allow-popups-to-escape-sandbox"
_FRAME = f'<iframe title="{{title}}" sandbox="{_SANDBOX}" srcdoc="{{document}}"></iframe>'


def side_by_side(title: str, pages: Mapping[str, str], text: str) -> str:
    """One HTML document of some, each under its heading, and the text; needs no other file."""
    return _PAGE.format(
        title=escape(title),
        columns=" ".join([_COLUMN] * (len(pages) - 1)),
        headings="".join(f"<h2>{escape(heading)}</h2>" for heading in pages),
        frames="\n".join(_frame(heading, page) for heading, page in pages.items()),
        text=escape(text),
    )


def _frame(heading: str, page: str) -> str:
    opening = page if "<base" in page else page.replace("<head>", _HEAD, 1)
    return _FRAME.format(title=escape(heading), document=escape(opening))
