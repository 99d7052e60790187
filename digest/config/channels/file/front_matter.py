"""The setting of the properties that stand on top of a note."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

from pydantic import AfterValidator, StringConstraints, WithJsonSchema

from digest.config.path_template import only_known

if TYPE_CHECKING:
    from collections.abc import Mapping

# Also in a name of Logseq, where a colon or a comma would end it.
_NAME = re.compile(r"[^\W_][\w -]{0,63}")
_PLACEHOLDER = re.compile(r"\{\w+\}")
# https://help.obsidian.md/tags: letters, digits, _ - /, and not digits alone.
_TAG = re.compile(r"[\w/-]*[^\W\d][\w/-]*|[\w/-]*[/-][\w/-]*")


def _name(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ValueError("must be made of letters, digits, spaces, - and _")
    return name


def _value(value: str | tuple[str, ...]) -> str | tuple[str, ...]:
    for text in (value,) if isinstance(value, str) else value:
        if not text.isprintable():
            raise ValueError("must be lines of visible characters")
        only_known(text)
    return value


def is_tag(text: str) -> bool:
    """Whether notes take a text for a tag."""
    return bool(_TAG.fullmatch(text))


def _tags(properties: Mapping[str, str | tuple[str, ...]]) -> dict[str, str | tuple[str, ...]]:
    tags = properties.get("tags", ())
    tags = (tags,) if isinstance(tags, str) else tags
    for tag in tags:
        if not is_tag(_PLACEHOLDER.sub("x", tag)):
            raise ValueError(
                f"{tag!r} is not a tag: letters, digits, _, - and /, not digits alone and no spaces"
            )
    return {**properties, "tags": tags} if "tags" in properties else dict(properties)


_Text = Annotated[str, StringConstraints(max_length=1_000)]
_SCALARS = ["string", "number", "boolean"]
_Value = Annotated[
    _Text | tuple[_Text, ...],
    AfterValidator(_value),
    WithJsonSchema({"type": [*_SCALARS, "array"], "items": {"type": _SCALARS}}),
]
FrontMatter = Annotated[dict[Annotated[str, AfterValidator(_name)], _Value], AfterValidator(_tags)]
"""Properties by name, each a text or a list of them, with placeholders; `tags` is a list."""
