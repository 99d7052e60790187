"""JMESPath expressions as settings, and addresses with such expressions in braces."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import AfterValidator, StringConstraints

from digest.config.spelling import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_BRACES = re.compile(r"\{([^{}]*)\}")


def is_template(text: str) -> bool:
    """Whether a link is an address with paths in braces, which no expression looks like."""
    return text.startswith(("https://", "http://", "/"))


def paths_in(template: str) -> list[str]:
    """The paths in the braces of an address."""
    return _BRACES.findall(template)


def filled(template: str, values: list[str]) -> str:
    """An address with these in place of its braces, in their order."""
    left = iter(values)
    return _BRACES.sub(lambda _: next(left), template)


def _path(value: str) -> str:
    # Files without paths do without the library.
    import jmespath
    from jmespath.exceptions import JMESPathError
    from jmespath.functions import Functions

    try:
        parsed = jmespath.compile(value).parsed
    except JMESPathError as error:
        # The lines below the first point at the place.
        where = str(error).splitlines()[0].removeprefix("Bad jmespath expression: ")
        where = "".join(filter(str.isprintable, where.partition(": Parse error")[0])).rstrip(" .:")
        raise ValueError(f"{value!r} is no JMESPath: {where}") from None
    for name in _functions_of(parsed):
        if name not in Functions.FUNCTION_TABLE:
            hint = nearest(name, Functions.FUNCTION_TABLE)
            raise ValueError(f"{value!r}: JMESPath has no function {name!r}{hint}")
    return value


def _functions_of(node: Mapping[str, Any]) -> Iterator[str]:
    if node["type"] == "function_expression":
        yield node["value"]
    for child in node["children"]:
        if isinstance(child, dict):
            yield from _functions_of(child)


def _path_or_template(value: str) -> str:
    if not is_template(value):
        return _path(value)
    paths = paths_in(value)
    if not paths:
        raise ValueError("needs a path in braces, like https://example.com/item/{id}")
    for path in paths:
        _path(path)
    return value


_TEXT = StringConstraints(min_length=1, max_length=1_000)
JsonPath = Annotated[str, _TEXT, AfterValidator(_path)]
LinkPath = Annotated[str, _TEXT, AfterValidator(_path_or_template)]
