"""A YAML text to the maps, lists and texts it is made of, each with where it begins.

libyaml reads a large file twenty times faster than ruamel.yaml does, which stays the reference:
what may mean something else to libyaml, or is wrong, is left to it.
"""

from __future__ import annotations

import re
from typing import Any, Protocol, cast

import yaml

# Breaks of lines that only YAML 1.1 has, and what is not to be in a text at all; directives and
# marks of documents; a colon that may end a key; tags, long keys, anchors, blocks of text.
_ODD = re.compile(
    r"[^\r\n -~\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]|\r(?!\n)"
    r"|^(?:%|---|\.\.\.)|\S:[,\[\]{}]"
    r"|(?:^|[\s,\[{:?-])(?:[!?]|&\S|[|>](?! +[^\s#]))",
    re.MULTILINE,
)


class Mark(Protocol):
    """A place in a text; lines count from 0."""

    line: int


class Node(Protocol):
    """`id` is `mapping` (`value`: pairs of nodes), `sequence` (nodes) or `scalar` (a text)."""

    id: str
    tag: Any
    value: Any
    start_mark: Mark


class NotYamlError(Exception):
    """What is not YAML, and on which line, counted from 1; 0 where nobody knows."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line
        self.reason = reason


def is_plain(scalar: Any) -> bool:
    """Whether a text stands there without quotes."""
    return not scalar.style


def compose(text: str) -> Node | None:
    """The one document of a text; None where there is nothing.

    Raises:
        NotYamlError: it is not YAML 1.2.
    """
    return compose_quickly(text) or compose_carefully(text)


def compose_quickly(text: str) -> Node | None:
    """What `compose_carefully` makes of a text; None where that has to tell."""
    loader = getattr(yaml, "CBaseLoader", None)
    if loader is None or _ODD.search(text):
        return None
    try:
        return cast("Node | None", yaml.compose(text, loader))
    except yaml.YAMLError:
        return None


def compose_carefully(text: str) -> Node | None:
    """The same as `compose`, by ruamel.yaml."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    reader = YAML(typ="safe", pure=True)
    reader.allow_duplicate_keys = True
    reader.composer.warn_double_anchors = False
    try:
        node: Node | None = reader.compose(text)
    except (YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        reason = str(getattr(error, "problem", None) or error).splitlines()[0]
        raise NotYamlError(mark.line + 1 if mark else 0, reason) from None
    return node
