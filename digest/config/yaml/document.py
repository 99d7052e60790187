"""YAML to plain data that remembers on which line each key stands."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from digest.config.yaml.nodes import NotYamlError, compose
from digest.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from digest.config.yaml.nodes import Node

Key = tuple[str | int, ...]

# A dollar sign that stands for itself, a variable, or what looks like one.
_VARIABLE = re.compile(
    r"\$\$(?=\{)|\$\{(?:([A-Za-z_][A-Za-z0-9_]*)(?::-((?:[^}$]|\$(?!\{))*))?\})?"
)
_SPOKEN = (
    "only ${NAME} and ${NAME:-default} are filled in; text that has ${ in it is written with $${"
)
_NULL = {"", "~", "null"}
_MERGE = "<<"
# Keys at the top that are there for their anchors, as Compose has them.
_EXTENSION = "x-"
# What aliases may stand for in all; a file of ten thousand feeds needs none of it.
_MOST_REPEATED = 50_000
_CHARACTERS_OF_A_VALUE = 100
_DEEPEST = 100


class Document(Struct):
    """The data of a YAML file, the line of each key path, and what was wrong so far."""

    data: Any = None
    lines: dict[Key, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    unfilled: dict[Key, Problem] = field(default_factory=dict)
    """What a setting lacks that comes from elsewhere: a variable, or a file with a secret."""
    empty: dict[Key, str] = field(default_factory=dict)
    """The variables that are set to nothing, by the settings that name them without a default."""

    def line(self, key: Key) -> int:
        """The line of the key, or of the nearest one around it."""
        while key and key not in self.lines:
            key = key[:-1]
        return self.lines.get(key, 0)

    def report(self, key: Key, message: str) -> None:
        """Add a problem at this key."""
        self.problems.append(Problem(self.line(key), dotted(key), message))

    def lack(self, key: Key, message: str, *, at: Key = ()) -> None:
        """Note why a setting cannot be filled in; the reason may stand `at` another key."""
        self.unfilled[key] = Problem(self.line(at or key), dotted(at or key), message)

    def is_wrong(self, key: Key) -> bool:
        """Whether something is wrong at this key, or missing."""
        reported = any(problem.key == dotted(key) for problem in self.problems)
        return reported or key in self.unfilled


def dotted(key: Key) -> str:
    """`('feeds', 0, 'url')` as `feeds[0].url`."""
    parts = (f"[{part}]" if isinstance(part, int) else f".{_one_line(part)}" for part in key)
    return "".join(parts).lstrip(".")


def _one_line(text: str) -> str:
    return text if text.isprintable() else repr(text)


def read_document(text: str, environ: Mapping[str, str]) -> Document:
    """Read YAML 1.2, filling in variables."""
    document = Document()
    root = _compose(text, document)
    if root is not None:
        document.data = read_node(root, document, environ)
    return document


def read_node(node: Node, document: Document, environ: Mapping[str, str]) -> Any:
    """The data of a node, with its lines and problems noted in the document."""
    reader = _Reader(document, environ)
    try:
        return reader.read(node, (), ())
    except _TooMuchError:
        reason = f"the aliases (*) stand for more than {_MOST_REPEATED:,} values; use fewer of them"
    except RecursionError:
        reason = "lists or maps in each other without end"
    document.problems[:] = [Problem(reader.last_alias, "", f"not YAML: {reason}")]
    return None


# By how the reader's error begins: what text starts with that is taken for something else.
_NEED_QUOTES = (("found undefined", "* or !"), ("found character that cannot start", "@ or `"))


def _compose(text: str, document: Document) -> Node | None:
    tabs = [n for n, line in enumerate(text.splitlines(), 1) if re.match(r" *\t\s*[^\s#]", line)]
    if tabs:
        document.problems += [
            Problem(n, "", "a tab in the indentation; YAML takes spaces only") for n in tabs
        ]
        return None
    try:
        return compose(text)
    except NotYamlError as error:
        # What stands there may be a secret that was meant as text, so it is not repeated.
        signs = next((s for begin, s in _NEED_QUOTES if error.reason.startswith(begin)), "")
        reason = f"text that starts with {signs} needs quotes" if signs else error.reason
        document.problems.append(Problem(error.line, "", f"not YAML: {reason}"))
        return None


class _TooMuchError(Exception):
    """Aliases stand for more than anybody means."""


class _Reader:
    def __init__(self, document: Document, environ: Mapping[str, str]) -> None:
        self._document = document
        self._environ = environ
        self._repeated = 0
        self._aliases = 0
        self.last_alias = 0

    def read(self, node: Node, key: Key, above: tuple[int, ...]) -> Any:
        """The data of a node, which stands at a key and inside of others."""
        self._document.lines.setdefault(key, node.line)
        if node.target is None:
            return self._read(node, key, above)
        self.last_alias = node.line
        self._aliases += 1
        try:
            return self._read(node.target, key, above)
        finally:
            self._aliases -= 1

    def _read(self, node: Node, key: Key, above: tuple[int, ...]) -> Any:
        if len(above) > _DEEPEST:
            raise RecursionError
        if self._aliases:
            self._repeated += 1 + len(node.value) // _CHARACTERS_OF_A_VALUE
            if self._repeated > _MOST_REPEATED:
                raise _TooMuchError
        if id(node) in above:
            self._document.report(key, "refers to itself")
            return None
        above = (*above, id(node))
        if node.tag.startswith("!"):
            self._document.report(key, "starts with !, a YAML tag; put it in quotes if it is text")
        if node.kind == "map":
            return self._mapping(node, key, above)
        if node.kind == "list":
            return [self.read(item, (*key, n), above) for n, item in enumerate(node.children)]
        return self._scalar(node, key)

    def _mapping(self, node: Node, key: Key, above: tuple[int, ...]) -> dict[str, Any]:
        data: dict[str, Any] = {}
        merged: list[tuple[Node, int]] = []
        for name_node, value_node in node.pairs():
            name, line = (name_node.target or name_node).value, name_node.line
            if not key and name.startswith(_EXTENSION):
                continue
            if name == _MERGE and name_node.plain:
                merged.append((value_node, line))
                continue
            if (name_node.target or name_node).kind != "scalar":
                self._document.report(key, "has a list or a map in the place of a key")
                continue
            if name in data:
                first = self._document.lines[(*key, name)]
                message = f"given twice; the first is on line {first}"
                self._document.problems.append(Problem(line, dotted((*key, name)), message))
                continue
            # What is merged in is read later, and does not stand here.
            self._document.lines.setdefault((*key, name), line)
            data[name] = self.read(value_node, (*key, name), above)
        for value_node, line in merged:
            self._merge(value_node, line, data, key, above)
        return data

    def _merge(
        self, node: Node, line: int, data: dict[str, Any], key: Key, above: tuple[int, ...]
    ) -> None:
        """Put into a map what it has not of other maps (YAML's merge key), the first first."""
        target = node.target or node
        for source in target.children if target.kind == "list" else [node]:
            if (source.target or source).kind != "map":
                message = f"{_MERGE} takes a map, or a list of maps, as in `<<: *name`"
                self._document.problems.append(Problem(line, dotted((*key, _MERGE)), message))
                return
            more = self.read(source, key, above)
            data |= {name: value for name, value in (more or {}).items() if name not in data}

    def _scalar(self, node: Node, key: Key) -> str | None:
        # Numbers and booleans stay text until a setting's type asks for them: a password of
        # 0123 keeps its zero, and a variable is read just like text in the same place.
        filled = _VARIABLE.sub(lambda match: self._variable(match, key), node.value)
        null = node.plain and filled.lower() in _NULL
        return None if null and not self._document.is_wrong(key) else filled

    def _variable(self, match: re.Match[str], key: Key) -> str:
        if match[0] == "$$":
            return "$"
        name, default = match[1], match[2]
        if name is None:
            self._document.report(key, _SPOKEN)
            return ""
        value = self._environ.get(name)
        if value:
            return value
        if default is not None:
            return default
        if value is not None:
            self._document.empty[key] = name
            return ""
        self._document.lack(
            key, f"the environment variable {name} is not set; set it or write ${{{name}:-default}}"
        )
        return ""
