"""The SAX driver that feedparser is told to use, by the name of this module."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.expatreader import ExpatParser

if TYPE_CHECKING:
    from xml.parsers.expat import XMLParserType


class _BufferedParser(ExpatParser):
    """expat, but handing over a text in one piece, not in crumbs."""

    _parser: XMLParserType

    def reset(self) -> None:
        super().reset()
        self._parser.buffer_text = True


def create_parser() -> _BufferedParser:
    """What `xml.sax.make_parser` asks a driver for."""
    return _BufferedParser()
