"""HTML as a real parser reads it."""

from __future__ import annotations

from typing import Any

import lxml.html


def document(html: str) -> Any:
    """The root of a whole document."""
    return lxml.html.document_fromstring(html)


def fragment(html: str) -> Any:
    """An element around a piece of HTML."""
    return document(f"<html><body><main>{html}</main></body></html>").find("body/main")


def links(root: Any) -> set[str]:
    """Every address that the HTML leads to or loads."""
    return {str(link) for _, _, link, _ in root.iterlinks()}


def structure(root: Any) -> list[tuple[str, list[str]]]:
    """Every element, in order, with the names of its attributes."""
    return [(element.tag, sorted(element.attrib)) for element in root.iter("*")]
