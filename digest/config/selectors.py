"""CSS selectors as settings, and the attribute that may stand behind one: `a@href`."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

# An @ in the quotes of a selector has a bracket behind it.
_ATTRIBUTE = re.compile(r"@([A-Za-z_][\w:.-]*)\s*$", re.ASCII)


def split_selector(text: str) -> tuple[str, str]:
    """A CSS selector, and the attribute behind it; each is empty where the text does without."""
    attribute = _ATTRIBUTE.search(text)
    return (text[: attribute.start()].strip(), attribute[1]) if attribute else (text.strip(), "")


def _selector(value: str) -> str:
    # Files without selectors do without the library.
    from cssselect import HTMLTranslator, SelectorError, parse

    selector, attribute = split_selector(value)
    if not selector and attribute:
        return value
    try:
        parsed = parse(selector)
        for part in parsed:
            HTMLTranslator().selector_to_xpath(part)
    except SelectorError as error:
        raise ValueError(f"{value!r} is no CSS selector: {str(error).rstrip('.')}") from None
    if any(part.pseudo_element for part in parsed):
        raise ValueError(f"{value!r}: write h2 for the text of h2, a@href for an attribute")
    return value


def _of_elements(value: str) -> str:
    if split_selector(value)[1]:
        raise ValueError("finds whole elements, so without an @attribute")
    return value


CssSelector = Annotated[
    str, StringConstraints(min_length=1, max_length=1_000), AfterValidator(_selector)
]
ElementSelector = Annotated[CssSelector, AfterValidator(_of_elements)]
