"""Templates of pages that stand beside the code, and that nobody replaces."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from jinja2 import Template


@cache
def page_template(path: Path) -> Template:
    """The template in a file; it escapes what it is given, and what it lacks is an error."""
    # Few processes show such a page.
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(path.parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(path.name)
