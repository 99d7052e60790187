"""Which elements of HTML nobody sees: by their styles, as browsers take them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_NOTHING = r"\s*:\s*0(?:\.0*)?(?:px|pt|em|rem|%)?\s*(?:;|$|!)"
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|mso-hide\s*:\s*all"
    rf"|(?<![\w-])(?:max-)?height{_NOTHING}|(?<![\w-])(?:max-)?width{_NOTHING}"
    rf"|(?<![\w-])opacity{_NOTHING}"
    r"|text-indent\s*:\s*-\d{3}|(?:left|top|right|bottom)\s*:\s*-\d{3}"
    r"|clip(?:-path)?\s*:\s*(?:rect\(\s*0|inset\(\s*(?:50|100)%)|transform\s*:\s*scale\(\s*0\s*\)",
    re.IGNORECASE,
)
_TINY_TEXT = re.compile(r"font-size\s*:\s*[01](?:\.\d+)?(?:px|pt)?\s*(?:;|$|!)", re.IGNORECASE)
# The colour of letters and of what is behind them, as they are mostly written.
_COLOUR = r"(?P<colour>#[0-9a-f]{3,8}|rgba?\([^)]{5,40}\)|[a-z]{3,20})"
_LETTERS = re.compile(rf"(?<![\w-])color\s*:\s*{_COLOUR}", re.IGNORECASE)
_BEHIND = re.compile(rf"background(?:-color)?\s*:\s*(?:{_COLOUR})?", re.IGNORECASE)
_NAMES = {"white": "#ffffff", "black": "#000000", "rgb(255,255,255)": "#ffffff"}
_WHITE, _UNSEEN = "#ffffff", "transparent"
_STYLES = re.compile(r"style\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_ATTRIBUTE = re.compile(r"<[a-z][^<>]{0,500}?\shidden(?=[\s=>/])")


def may_hide(html: str) -> bool:
    """Whether HTML may have elements that nobody sees; rather too often than too seldom.

    To look for words takes far less time than a parser, and most texts have none of them.
    """
    plain = html.lower()
    if "<template" in plain or "<noscript" in plain:
        return True
    if "hidden" in plain and _ATTRIBUTE.search(plain):
        return True
    if "style" not in plain:
        return False
    has_backgrounds = "background" in plain or "bgcolor" in plain
    styles = {first or second for first, second in _STYLES.findall(plain)}
    return any(_may_hide(style, on_colours=has_backgrounds) for style in styles)


def _may_hide(style: str, *, on_colours: bool) -> bool:
    if _HIDDEN.search(style) or _TINY_TEXT.search(style):
        return True
    found = _LETTERS.search(style)
    if found is None:
        return False
    return on_colours or _plain(found["colour"]) in {_WHITE, _UNSEEN}


def is_hidden(element: HtmlElement) -> bool:
    """Whether nobody sees an element, whatever stands around it."""
    if element.get("hidden") is not None or element.tag == "template":
        return True
    # Pictures that scripts load later stand in one as they are.
    if element.tag == "noscript":
        return next(element.iter("img"), None) is None
    style = element.get("style") or ""
    if not style:
        return False
    if _HIDDEN.search(style):
        return True
    # Cells around other elements have it to leave no gaps between them.
    return not len(element) and element.tag != "img" and bool(_TINY_TEXT.search(style))


def is_unreadable(element: HtmlElement) -> bool:
    """Whether the letters of an element have the colour of what is behind them, or none."""
    found = _LETTERS.search(element.get("style") or "")
    if not found:
        return False
    colour = _plain(found["colour"])
    around = (element, *element.iterancestors())
    behind = next(filter(None, map(_background, around)), _WHITE)
    return colour in {behind, _UNSEEN}


def _background(element: HtmlElement) -> str:
    """The colour behind an element, as it says itself; empty where it says nothing."""
    found = _BEHIND.search(element.get("style") or "")
    if found:
        # A picture may be of any colour.
        return _plain(found["colour"]) if found["colour"] else "picture"
    return _plain(element.get("bgcolor") or "")


def _plain(colour: str) -> str:
    plain = re.sub(r"\s+", "", colour).lower()
    if len(plain) == len("#fff") and plain.startswith("#"):
        plain = "#" + "".join(digit * 2 for digit in plain[1:])
    return _NAMES.get(plain, plain)
