"""The HTML of a reader's page: a heading, a few lines and forms; no script, no picture."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from digest.rendering.page_template import page_template

if TYPE_CHECKING:
    from digest.language import Language

_PAGE = Path(__file__).with_name("public.html")
_STYLE = """\
:root { color-scheme: light dark; }
body { margin: 0; padding: 24px 16px; background: #f3f4f6; color: #1c2430;
  font: 17px/1.5 -apple-system, "Segoe UI", Roboto, Helvetica, Arial, sans-serif; }
main { max-width: 480px; margin: 0 auto; padding: 28px 32px; background: #fefefe;
  border: 1px solid #e2e5e9; border-top: 4px solid #1b5e8c; overflow-wrap: anywhere; }
h1 { margin: 0 0 8px; font-size: 24px; line-height: 1.25; }
p { margin: 10px 0; }
form { margin: 20px 0 0; padding: 4px 0 0; border-top: 1px solid #e2e5e9; }
label { display: block; font-size: 15px; }
input, select, button { font: inherit; box-sizing: border-box; padding: 8px 12px; }
input, select { width: 100%; }
button { margin-top: 12px; color: #fefefe; background: #1b5e8c; border: 1px solid #1b5e8c;
  border-radius: 4px; }
.quiet button { color: #1b5e8c; background: none; }
button:focus-visible { outline: 3px solid #6cb2e4; outline-offset: 2px; }
@media (prefers-color-scheme: dark) {
  body { background: #14181d; color: #f0f2f4; }
  main { background: #1d232a; border-color: #343c46; border-top-color: #6cb2e4; }
  form { border-color: #343c46; }
  button { color: #14181d; background: #8ac4ee; border-color: #8ac4ee; }
  .quiet button { color: #8ac4ee; }
}
"""
_STYLE_HASH = b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
# Forms go back to where they came from, and nothing else is loaded or sent.
HEADERS = {
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action 'self';"
        " base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}


class Field(Struct, frozen=True):
    """A field of a form; with `choices`, values and their texts, one is chosen of those."""

    name: str
    label: str
    value: str = ""
    kind: str = "text"
    required: bool = False
    choices: tuple[tuple[str, str], ...] = ()


class Form(Struct, frozen=True):
    """What can be done: `do` is the word for it that is sent, to the page's own address."""

    do: str
    button: str
    fields: tuple[Field, ...] = ()


class Page(Struct, frozen=True):
    """A page in a reader's language; `main` is what most come for, and stands out."""

    language: Language
    title: str
    texts: tuple[str, ...]
    forms: tuple[Form, ...] = ()
    main: str = ""

    def html(self) -> str:
        """The whole document."""
        return page_template(_PAGE).render(page=self, style=_STYLE)


def masked(address: str) -> str:
    """`a***@example.com`: enough for whom it belongs to, and no more."""
    local, at, domain = address.rpartition("@")
    return f"{local[:1]}***{at}{domain}"
