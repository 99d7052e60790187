"""As much of CSS as emails use: rules, declarations, and which elements a selector matches."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

COMPOUND = re.compile(r'([a-z][a-z0-9]*)?((?:\.[\w-]+|\[dir="(?:rtl|ltr)"\])*)(?::hover)?')


@dataclass(frozen=True)
class Rule:
    """A selector, where it applies, and what it declares."""

    media: str
    selector: str
    style: Mapping[str, str]


@cache
def declarations(css: str) -> dict[str, str]:
    """`a: b; c: d` as a dictionary, without `!important`."""
    pairs = (part.partition(":") for part in css.split(";") if part.strip())
    return {name.strip(): value.replace("!important", "").strip() for name, _, value in pairs}


def parse_rules(css: str) -> list[Rule]:
    """The rules of a style sheet, those of at-rules with what stands before their brace."""
    found = []
    selectors: list[str] = []
    media = ""
    for head, brace in re.findall(r"([^{}]*)([{}])", css.replace("\n", " ")):
        if brace == "{" and head.strip().startswith("@"):
            media = head.strip() + " "
        elif brace == "{":
            selectors = [one.strip() for one in head.split(",")]
        elif head.strip():
            found += [Rule(media, selector, declarations(head)) for selector in selectors]
            selectors = []
        elif media and not head.strip():
            media = ""
    return found


def matches(element: Any, selector: str) -> bool:
    """Whether a selector of tags, classes, directions and descendants matches an element."""
    *outer, last = selector.split()
    if not _matches_compound(element, last):
        return False
    for compound in reversed(outer):
        element = next((a for a in element.iterancestors() if _matches_compound(a, compound)), None)
        if element is None:
            return False
    return True


@cache
def _compound(text: str) -> tuple[str | None, frozenset[str], tuple[str, ...]]:
    """The tag, classes and directions of a compound selector that can match without a mouse."""
    found = COMPOUND.fullmatch(text)
    if not found or ":hover" in text:
        return "nothing", frozenset(), ()
    classes = frozenset(re.findall(r"\.([\w-]+)", found[2]))
    return found[1], classes, tuple(re.findall(r'\[dir="(\w+)"\]', found[2]))


def _matches_compound(element: Any, compound: str) -> bool:
    tag, classes, directions = _compound(compound)
    return (
        tag in {None, element.tag}
        and classes <= set((element.get("class") or "").split())
        and all(element.get("dir") == direction for direction in directions)
    )
