"""A YAML text as the maps, lists and texts that it is made of, and where each of them stands."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal

import yaml
from msgspec import Struct, field

if TYPE_CHECKING:
    from collections.abc import Iterator

# libyaml is twenty times as fast; where it is missing, the same grammar is read in Python.
_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
# YAML 1.1 takes them for ends of lines, as PyYAML does, and 1.2 for letters.
_OLD_BREAKS = re.compile("[\x85\u2028\u2029]")
# What is said of the colon in `[::1]`, which YAML 1.1 takes for one between a key and its value.
_AT_A_COLON = {"did not find expected node content", "found unexpected ':'"}
_COLON = re.compile(r"\s*:")
_BYTE_ORDER_MARK = "\ufeff"


class NotYamlError(Exception):
    """What is not YAML, and on which line, counted from 1; 0 where nobody knows."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line
        self.reason = reason


class Node(Struct):
    """A value and where it stands: `text[start:end]`, without the comments around it.

    `start` is that of its anchor or tag, where it has one; lines count from 1. `value` is the text
    of a scalar, `plain` whether it has no quotes. `children` are the items of a list, or the keys
    and values of a map in turn; `flow` is whether they are in brackets or braces. `target` is what
    an alias stands for.
    """

    kind: Literal["scalar", "alias", "map", "list"]
    start: int
    end: int
    line: int
    value: str = ""
    plain: bool = False
    tag: str = ""
    flow: bool = False
    children: list[Node] = field(default_factory=list)
    target: Node | None = None

    def pairs(self) -> Iterator[tuple[Node, Node]]:
        """Keys and values of a map."""
        yield from zip(self.children[::2], self.children[1::2], strict=True)

    def get(self, key: str) -> Node | None:
        """The value of a key of a map."""
        return next((value for name, value in self.pairs() if name.value == key), None)


def compose(text: str) -> Node | None:
    """The one document of a text; None where there is nothing.

    Raises:
        NotYamlError: it is not YAML.
    """
    if found := _OLD_BREAKS.search(text):
        line = text.count("\n", 0, found.start()) + 1
        code = f"\\u{ord(found[0]):04x}"
        raise NotYamlError(line, f'the character U+{code[2:].upper()}; write "{code}" in quotes')
    try:
        return _Composer(text).document()
    except yaml.YAMLError as error:
        raise _not_yaml(text, error) from None
    except RecursionError:
        raise NotYamlError(0, "lists or maps in each other without end") from None


def _not_yaml(text: str, error: yaml.YAMLError) -> NotYamlError:
    reason = str(getattr(error, "problem", None) or error).splitlines()[0]
    mark = getattr(error, "problem_mark", None)
    if mark is None:
        return NotYamlError(0, reason)
    if reason in _AT_A_COLON and text.lstrip(_BYTE_ORDER_MARK).startswith(":", mark.index):
        reason = "in brackets, text that begins or ends with : needs quotes"
    return NotYamlError(mark.line + 1, reason)


class _Composer:
    def __init__(self, text: str) -> None:
        self._text = text
        # The mark at the very start counts for no character.
        self._shift = len(_BYTE_ORDER_MARK) if text.startswith(_BYTE_ORDER_MARK) else 0
        self._events: Iterator[Any] = yaml.parse(text[self._shift :], _LOADER)
        self._anchors: dict[str, Node] = {}

    def document(self) -> Node | None:
        root = None
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent) and root is not None:
                raise NotYamlError(_line(event), "a second document begins")
            if isinstance(event, yaml.NodeEvent):
                root = self._node(event)
        return root

    def _node(self, event: Any) -> Node:
        start, end, line = self._start(event), self._end(event), _line(event)
        if isinstance(event, yaml.AliasEvent):
            if event.anchor not in self._anchors:
                raise NotYamlError(line, "found undefined alias")
            return Node("alias", start, end, line, target=self._anchors[event.anchor])
        kind: Any = _KINDS[type(event)]
        node = Node(kind, start, end, line, tag=event.tag or "")
        if event.anchor:
            self._anchors[event.anchor] = node
        if kind == "scalar":
            # A block of text is said to end where the next value begins.
            node.end = start + len(self._text[start:end].rstrip())
            node.value, node.plain = event.value, not event.style
        else:
            self._fill(node, flow=bool(event.flow_style))
        return node

    def _start(self, event: Any) -> int:
        return int(event.start_mark.index) + self._shift

    def _end(self, event: Any) -> int:
        return int(event.end_mark.index) + self._shift

    def _fill(self, node: Node, *, flow: bool) -> None:
        while not isinstance(event := next(self._events), yaml.CollectionEndEvent):
            child = self._node(event)
            if node.kind == "map" and len(node.children) % 2 and child.start == child.end:
                # Nothing at all stands right behind the colon.
                colon = _COLON.match(self._text, node.children[-1].end)
                child.start = child.end = colon.end() if colon else node.children[-1].end
            node.children.append(child)
        node.flow = flow
        node.end = self._end(event) if flow else node.children[-1].end


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1


_KINDS = {
    yaml.ScalarEvent: "scalar",
    yaml.MappingStartEvent: "map",
    yaml.SequenceStartEvent: "list",
}
