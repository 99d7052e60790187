"""Markup is mended before it is parsed, so that one fault costs one field of one entry."""

from __future__ import annotations

import re
from xml.parsers import expat

from digest.feeds.parsing.char_refs import with_xml_references, without_controls
from digest.feeds.parsing.namespaces import URIS
from digest.feeds.parsing.tags import with_fitting_tags

_DECLARATION = re.compile(r"<\?xml\s[^<>]*\?>")
_ROOT = re.compile(r"<[A-Za-z_][\w.:-]*")


def mended(body: bytes) -> bytes:
    """A document in UTF-8 as well-formed XML, by as little change as it takes.

    As it is where that is what it is; where no feed can be made out, only its references are
    mended, and the rest is for a parser that is tolerant.
    """
    if _is_well_formed(body):
        return body
    text = _DECLARATION.sub("", without_controls(body.decode("utf-8", "replace")))
    text = with_xml_references(text.lstrip("\ufeff \t\r\n"))
    best = referenced = text.encode("utf-8", "replace")
    for mend in (_with_declared_prefixes, with_fitting_tags, _with_declared_prefixes):
        if _is_well_formed(best):
            return best
        text = mend(text)
        best = text.encode("utf-8", "replace")
    return best if _is_well_formed(best) else referenced


def _is_well_formed(body: bytes) -> bool:
    parser = expat.ParserCreate("utf-8", namespace_separator=" ")
    parser.SkippedEntityHandler = _refuse
    try:
        parser.Parse(body, True)
    except expat.ExpatError:
        return False
    return True


def _refuse(*_: object) -> None:
    raise expat.ExpatError


def _with_declared_prefixes(text: str) -> str:
    """A document whose root declares the prefixes that nothing declares, where its tags fit."""
    used: set[str] = set()
    declared = {"xml", "xmlns"}

    def note(tag: str, attributes: dict[str, str]) -> None:
        used.update(name.partition(":")[0] for name in (tag, *attributes) if ":" in name)
        declared.update(name[6:] for name in attributes if name.startswith("xmlns:"))

    parser = expat.ParserCreate("utf-8")
    parser.StartElementHandler = note
    root = _ROOT.search(text)
    try:
        parser.Parse(text.encode("utf-8", "replace"), True)
    except expat.ExpatError:
        return text
    uris = {name: URIS.get(name, f"urn:x:{name}") for name in used - declared}
    if not root or not uris:
        return text
    declarations = "".join(f' xmlns:{prefix}="{uris[prefix]}"' for prefix in sorted(uris))
    return f"{text[: root.end()]}{declarations}{text[root.end() :]}"
