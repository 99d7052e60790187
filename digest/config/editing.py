"""Adding feeds to a configuration file and leaving everything else in it as it is."""

from __future__ import annotations

import json
import os
import re
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

from digest.config.load import load_settings
from digest.errors import ConfigError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from digest.config.settings import Settings

_VARIABLE = re.compile(r"\$\{(?=[A-Za-z_])")
_PLAIN = re.compile(r"[A-Za-z](?:[A-Za-z0-9 ./?&=%+~@_-]|:(?=\S))*(?<![ :])")
# Neither the settings nor editors that check them take these for text.
_WORDS = {"null", "true", "false", "yes", "no", "on", "off", "y", "n"}
_COMMENT = re.compile(r"[ \t]+#[^\n]*(\n|$)")


def feed_lines(url: str, name: str = "", tags: Sequence[str] = ()) -> list[str]:
    """A feed as the lines of one item of the list `feeds`.

    Nothing of it is taken for a variable: in an address the brace is percent-encoded (RFC 3986,
    section 2.1), in a name it is set apart.
    """
    address = scalar(_VARIABLE.sub("$%7B", url))
    if not name and not tags:
        return [f"- {address}"]
    lines = [f"- url: {address}"]
    if name:
        lines.append(f"  name: {scalar(_VARIABLE.sub('$ {', name))}")
    if tags:
        lines.append(f"  tags: [{', '.join(map(scalar, tags))}]")
    return lines


def scalar(text: str) -> str:
    """A text as YAML writes it, in quotes where it needs them."""
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS:
        return text
    # A JSON string is a double-quoted scalar (YAML 1.2, section 7.3.1).
    return json.dumps(text, ensure_ascii=False)


def append_feeds(path: Path, items: Sequence[Sequence[str]]) -> None:
    """Add feeds, each as `feed_lines` has them, to the end of a configuration file's `feeds`.

    The file is replaced as a whole, by one that was loaded before; every line in it stays.

    Raises:
        ConfigError: the file has problems already.
        UsageError: it stays as it was, since it cannot be written, its `feeds` are not a block
            list, or it would not load.
    """
    before = load_settings(path)
    try:
        # Read as bytes, which keeps the ends of lines.
        text = path.read_bytes().decode()
        content = _with_items(path, text, items).encode()
        with _file_beside(path.absolute(), content) as trial:
            _check(path, before, trial, len(items))
        target = path.resolve()
        with _file_beside(target, content) as whole:
            whole.replace(target)
    except OSError as error:
        raise UsageError(f"{path}: cannot be changed: {error.strerror}") from None


def _with_items(path: Path, text: str, items: Sequence[Sequence[str]]) -> str:
    feeds = _value(YAML(typ="rt").compose(text), "feeds")
    if not isinstance(feeds, SequenceNode) or feeds.flow_style:
        raise UsageError(f"{path}: feeds is not a list with a line for each; paste the feeds there")
    end = _end_of_item(text, _last(feeds).end_mark.index)
    newline = "\r\n" if "\r\n" in text else "\n"
    indent = " " * feeds.start_mark.column
    added = "".join(f"{indent}{line}{newline}" for item in items for line in item)
    head = text[:end]
    return head + ("" if head.endswith("\n") else newline) + added + text[end:]


def _value(root: Node, key: str) -> Node | None:
    pairs = root.value if isinstance(root, MappingNode) else []
    return next((value for name, value in pairs if name.value == key), None)


def _last(node: Node) -> Node:
    """The node in which a block ends; the block's own end is behind the comments after it."""
    if not isinstance(node, MappingNode | SequenceNode) or node.flow_style or not node.value:
        return node
    last = node.value[-1]
    return _last(last[1] if isinstance(node, MappingNode) else last)


def _end_of_item(text: str, at: int) -> int:
    """The start of the line behind an item that ends at `at`, and behind comments on it."""
    if text[at - 1] != "\n":
        at = text.find("\n", at) + 1 or len(text)
    while comment := _COMMENT.match(text, at):
        at = comment.end()
    return at


def _check(path: Path, before: Settings, trial: Path, added: int) -> None:
    try:
        after = load_settings(trial)
    except ConfigError as error:
        problems = ConfigError(path, error.problems)
        raise UsageError(f"{path} stays as it was, since it would not load:\n{problems}") from None
    known = len(before.feeds)
    same = after.model_copy(update={"feeds": after.feeds[:known]}) == before
    if not same or len(after.feeds) != known + added:
        raise UsageError(f"{path}: the end of feeds is hard to tell; paste the feeds there")


@contextmanager
def _file_beside(target: Path, content: bytes) -> Iterator[Path]:
    """A file in the same folder, with the rights of `target`; gone at the end."""
    rights = target.stat()
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            # Only root may give a file away, and only root needs to.
            with suppress(PermissionError):
                os.fchown(handle, rights.st_uid, rights.st_gid)
            os.fchmod(handle, rights.st_mode & 0o7777)
            file.flush()
            os.fsync(handle)
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)
