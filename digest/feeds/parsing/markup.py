"""Markup is mended before it is parsed, so that one fault costs one field of one entry."""

from __future__ import annotations

import re
from xml.parsers import expat

from digest.feeds.parsing.char_refs import with_xml_references, without_controls
from digest.feeds.parsing.namespaces import URIS
from digest.feeds.parsing.tags import with_fitting_tags

_DECLARATION = re.compile(r"<\?xml\s[^<>]*\?>")
_UNBOUND_PREFIX = expat.errors.codes[expat.errors.XML_ERROR_UNBOUND_PREFIX]
_UNDEFINED_ENTITY = expat.errors.codes[expat.errors.XML_ERROR_UNDEFINED_ENTITY]
# No feed has as many, and each is a rule to find for every element.
_MOST_PREFIXES = 100
_ROOT = re.compile(r"<[A-Za-z_][\w.:-]*")


class _UnknownEntityError(Exception):
    """A name that an outer document type might explain."""


def mended(body: bytes) -> bytes:
    """A document in UTF-8 as well-formed XML, by as little change as it takes.

    As it is where that is what it is; where no feed can be made out, only its references are
    mended, and the rest is for a parser that is tolerant.
    """
    if not _fault(body):
        return body
    text = _DECLARATION.sub("", without_controls(body.decode("utf-8", "replace")))
    text = with_xml_references(text.lstrip("\ufeff \t\r\n"))
    referenced = text.encode("utf-8", "replace")
    fault = _fault(referenced)
    if not fault:
        return referenced
    text = with_fitting_tags(text)
    best = text.encode("utf-8", "replace")
    if fault == _UNBOUND_PREFIX or _fault(best) == _UNBOUND_PREFIX:
        best = _with_declared_prefixes(text).encode("utf-8", "replace")
    return referenced if _fault(best) else best


def _fault(body: bytes) -> int:
    """The code of expat's first error in a document; 0 where it is well-formed."""
    parser = expat.ParserCreate("utf-8", namespace_separator=" ")
    parser.SkippedEntityHandler = _refuse
    try:
        parser.Parse(body, True)
    except expat.ExpatError as error:
        return error.code
    except _UnknownEntityError:
        return _UNDEFINED_ENTITY
    return 0


def _refuse(*_: object) -> None:
    raise _UnknownEntityError


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
    if not root or len(uris) > _MOST_PREFIXES:
        return text
    declarations = "".join(f' xmlns:{prefix}="{uris[prefix]}"' for prefix in sorted(uris))
    return f"{text[: root.end()]}{declarations}{text[root.end() :]}"
