"""What mail programs drop or spoil, found in finished HTML.

The rules are those that cost other tools their readers: styles inline or in a head of at most
16 KB, tables for layout, sizes in pixels, pictures sized and described, absolute links, colours
that can be read in both modes. `complaints` is empty for a document that is fit to send.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from lxml import etree

from digest.rendering.colours import LEAST_CONTRAST, contrast
from tests.rendering.css import COMPOUND, Rule, declarations, matches, parse_rules
from tests.rendering.markup import document

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_STYLE = 16 * 1024
TAGS = {
    *("html", "head", "meta", "title", "style", "body", "a", "abbr", "b", "blockquote", "br"),
    *(
        "caption",
        "cite",
        "code",
        "dd",
        "del",
        "div",
        "dl",
        "dt",
        "em",
        "figcaption",
        "figure",
        "h1",
    ),
    *("h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "mark", "ol", "p", "pre"),
    *("q", "s", "samp", "small", "span", "strong", "sub", "sup", "table", "tbody", "td", "tfoot"),
    *("th", "thead", "time", "tr", "u", "ul", "var"),
}
PROPERTIES = {
    *("background-color", "border", "border-bottom", "border-collapse", "border-color"),
    *("border-left", "border-right", "border-spacing", "border-top", "border-top-color", "color"),
    *("direction", "display", "font-family", "font-size", "font-weight", "height"),
    *("letter-spacing", "line-height", "margin", "margin-bottom", "margin-left", "margin-right"),
    *("max-height", "max-width", "overflow", "padding", "padding-bottom", "padding-left"),
    *("padding-right", "padding-top", "text-align", "text-decoration", "vertical-align"),
    *("white-space", "width", "word-break"),
}
_HEAD_ONLY = {"color-scheme", "supported-color-schemes"}
_DISPLAYS = {"none", "block", "inline-block"}
_VALUE = re.compile(
    r"(#[0-9a-f]{6}|-?\d+(\.\d+)?px|0|\d+%|[1-9]00|[a-z]+(-[a-z]+)*)"
    r"(\s+(#[0-9a-f]{6}|-?\d+(\.\d+)?px|0|[a-z]+))*"
)
_FONTS = re.compile(
    r"(-?[A-Za-z][A-Za-z0-9-]*|'[A-Za-z0-9 -]+')(, (-?[A-Za-z][A-Za-z0-9-]*|'[^']+'))*"
)
_COLOUR = re.compile("#[0-9a-f]{6}")
_MSO = re.compile(r"\[if mso\]>(.*)<!\[endif\]", re.DOTALL)
_MEDIA = re.compile(
    r"@media (only screen and \(max-width: \d+px\)|\(prefers-color-scheme: dark\)) "
)
_UNITS = re.compile(r"\d(r?em|pt|vw|vh|ch|ex|cm|in)\b")
_REFUSED = ("data:", "<svg", ".webp", "url(", "var(", "@import", "@font-face", "expression(")
_LOADED = (".svg", ".webp")
_SPACE = re.compile(r"[\s\u2007\u034f\u00ad]+")


def complaints(html: str) -> list[str]:
    """What is wrong with a document, one line each."""
    page = _Page(html)
    checks = (
        *(page.shape, page.tags, page.inline_styles, page.kept_styles, page.dark),
        *(page.pictures, page.links, page.tables, page.outlook, page.contrasts),
    )
    return [complaint for check in checks for complaint in check()]


@dataclass(frozen=True)
class _Page:
    html: str

    @cached_property
    def root(self) -> Any:
        return document(self.html)

    @cached_property
    def css(self) -> str:
        return "\n".join(style.text or "" for style in self.root.iter("style"))

    @cached_property
    def rules(self) -> list[Rule]:
        return parse_rules(self.css)

    @cached_property
    def dark_rules(self) -> dict[str, list[Rule]]:
        """Those for colours in the dark, the last first."""
        dark = [rule for rule in reversed(self.rules) if "dark" in rule.media]
        names = ("color", "background-color")
        return {name: [rule for rule in dark if name in rule.style] for name in names}

    @cached_property
    def elements(self) -> list[Any]:
        return list(self.root.find("body").iter("*"))

    def shape(self) -> Iterator[str]:
        root = self.root
        if not self.html.startswith("<!DOCTYPE html>"):
            yield "the document does not begin with <!DOCTYPE html>"
        if not re.fullmatch(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]+)*", root.get("lang") or ""):
            yield "html has no lang"
        if root.get("dir") not in {"ltr", "rtl"}:
            yield "html has no dir"
        metas = {meta.get("name"): meta.get("content") for meta in root.iter("meta")}
        for name in ("color-scheme", "supported-color-schemes"):
            if metas.get(name) != "light dark":
                yield f"meta {name} is not 'light dark'"
        if "width=device-width" not in (metas.get("viewport") or ""):
            yield "meta viewport is not for phones"
        bare = re.sub(r">[^<]*<", "><", self.html.lower())
        yield from (f"{refused} is used" for refused in _REFUSED if refused in bare + self.css)

    def tags(self) -> Iterator[str]:
        for element in self.root.iter("*"):
            if element.tag not in TAGS:
                yield f"<{element.tag}> is used"
            if any(name.startswith("on") for name in element.attrib):
                yield f"<{element.tag}> has a handler"

    def inline_styles(self) -> Iterator[str]:
        for element in self.elements:
            style = declarations(element.get("style") or "")
            for name, value in style.items():
                yield from _bad_declaration(element.tag, name, value)
                zero = set(value.split()) <= {"0"}
                if name.startswith("padding") and element.tag not in {"td", "th"} and not zero:
                    yield f"padding on <{element.tag}>"

    def kept_styles(self) -> Iterator[str]:
        for style in self.root.iter("style"):
            if style.getparent().tag != "head":
                yield "a style element outside the head"
        if len(self.css.encode()) > MOST_STYLE:
            yield f"{len(self.css.encode())} bytes of style in the head"
        for media in re.findall(r"@[^{]*", self.css):
            if not _MEDIA.fullmatch(media):
                yield f"{media.strip()} in the head"
        for rule in self.rules:
            yield from self._bad_rule(rule)

    def dark(self) -> Iterator[str]:
        if "prefers-color-scheme: dark" not in self.css:
            yield "no styles for the dark"
        dark, outlook = (self._colours(kind) for kind in ("dark", "outlook"))
        yield from (f"[data-ogsc] differs at {one[0]}" for one in sorted(dark ^ outlook))

    def _bad_rule(self, rule: Rule) -> Iterator[str]:
        plain = rule.selector.removeprefix("[data-ogsc] ")
        if plain != ":root" and not all(COMPOUND.fullmatch(compound) for compound in plain.split()):
            yield f"the selector {rule.selector}"
        for name, value in rule.style.items():
            if name not in _HEAD_ONLY:
                yield from _bad_declaration(rule.selector, name, value)

    def _colours(self, kind: str) -> set[tuple[str, str]]:
        prefix = "[data-ogsc] "
        return {
            (rule.selector.removeprefix(prefix), rule.style["color"])
            for rule in self.rules
            if "color" in rule.style
            and ("dark" in rule.media if kind == "dark" else rule.selector.startswith(prefix))
        }

    def pictures(self) -> Iterator[str]:
        for image in self.root.iter("img"):
            source = image.get("src") or ""
            if not source.startswith(("https://", "http://", "cid:")) or source.endswith(_LOADED):
                yield f"a picture at {source!r}"
            for name in ("width", "height"):
                if not re.fullmatch(r"[1-9]\d{0,3}", image.get(name) or ""):
                    yield f"a picture without {name}"
            link = image.getparent() if image.getparent().tag == "a" else None
            named = image.get("alt") or (
                image.get("alt") == "" and (link is None or link.get("aria-hidden") == "true")
            )
            if not named:
                yield "a picture without alt"

    def links(self) -> Iterator[str]:
        for element in self.root.iter("*"):
            for name in ("href", "background", "action", "srcset"):
                address = element.get(name)
                if address is not None and not address.startswith(
                    ("https://", "http://", "mailto:")
                ):
                    yield f"{name} is {address!r}"

    def tables(self) -> Iterator[str]:
        for table in self.root.iter("table"):
            if table.get("role") != "presentation" and "data" not in (table.get("class") or ""):
                yield "a table for layout without its role"

    def outlook(self) -> Iterator[str]:
        comments = [str(comment.text) for comment in self.root.iter(etree.Comment)]
        inside = [match[1] for match in map(_MSO.fullmatch, comments) if match]
        tags = re.findall(r"</?\w+", "".join(inside))
        if tags != ["<table", "<tr", "<td", "</td", "</tr", "</table"]:
            yield "no table for Outlook around the card"
            return
        [width] = re.findall(r'width="(\d+)"', inside[0])
        widest = self.root.xpath("//table[contains(@style, 'max-width')]/@style")
        if not widest or declarations(widest[0])["max-width"] != f"{width}px":
            yield f"the table for Outlook is {width} wide, the card is not"

    def contrasts(self) -> Iterator[str]:
        for mode in ("light", "dark"):
            for element in self.elements:
                texts = [element.text, *(child.tail for child in element)]
                if not any(_SPACE.sub("", text or "") for text in texts) or _hidden(element):
                    continue
                colour = self._computed(element, "color", mode)
                behind = self._computed(element, "background-color", mode)
                if colour is None or behind is None:
                    yield f"<{element.tag}> has no colour in {mode}"
                elif not (_COLOUR.fullmatch(colour) and _COLOUR.fullmatch(behind)):
                    yield f"<{element.tag}> {colour} on {behind} cannot be measured"
                elif contrast(colour, behind) < LEAST_CONTRAST:
                    yield f"<{element.tag}> {colour} on {behind} in {mode}"

    def _computed(self, element: Any, name: str, mode: str) -> str | None:
        """A colour of an element, by the dark rules, its own style or those around it."""
        if mode == "dark":
            for rule in self.dark_rules[name]:
                if matches(element, rule.selector):
                    return rule.style[name]
        own = declarations(element.get("style") or "").get(name)
        if own or element.getparent() is None:
            return own
        return self._computed(element.getparent(), name, mode)


def _hidden(element: Any) -> bool:
    return any(
        declarations(one.get("style") or "").get("display") == "none"
        for one in (element, *element.iterancestors())
    )


def _bad_declaration(where: str, name: str, value: str) -> Iterator[str]:
    good = _FONTS if name == "font-family" else _VALUE
    if name not in PROPERTIES:
        yield f"{name} at {where}"
    elif not good.fullmatch(value) or (name != "font-family" and _UNITS.search(value)):
        yield f"{name}: {value} at {where}"
    elif name == "display" and value not in _DISPLAYS:
        yield f"display: {value} at {where}"
