"""How an edition would look on a channel, before it goes out."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable

_PAGE = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Preview</title>
<style>
body {{ margin: 0; padding: 16px; background: #fff; color: #222; max-width: 720px; }}
pre {{ margin: 0 0 16px; padding: 12px 16px; border: 1px solid #ddd; border-radius: 6px;
  font: 13px/1.5 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere; }}
</style>
</head>
<body>
{body}
</body>
</html>
"""


class Preview(Struct, frozen=True):
    """An edition as text for a terminal, and as a whole HTML document without scripts."""

    text: str
    page: str


def plain_page(messages: Iterable[str]) -> str:
    """A page of messages as they are, one below the other."""
    return _PAGE.format(body="\n".join(f"<pre>{escape(message)}</pre>" for message in messages))
