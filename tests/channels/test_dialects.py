"""What feeds say is literal in every dialect: it mentions nobody, links nowhere and stays whole.

The markup of a service is in `tests/channels/KIND/markup.py`: patterns, and what a reader sees.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.channels import channel_class
from digest.config.channels import CHANNEL_KINDS
from digest.rendering.dialects import COMMON

if TYPE_CHECKING:
    from types import ModuleType

    from digest.rendering.dialects import Dialect

# Of the common one `tests/rendering/test_messages.py` says all that.
KINDS = [
    kind for kind in CHANNEL_KINDS if getattr(channel_class(kind), "dialect", COMMON) is not COMMON
]
HOSTILE = (
    *("@all", "@here x", "@channel", "<!channel>", "<users/all>", "@**all**", "@*team*"),
    *("#general", "#**general**", "~town-square", ":smile: at 12:30:45", "ada@site.example"),
    *("[x](https://evil.example)", "<https://evil.example|x>", "<evil.example|x>"),
    *("https://evil.example/a", "www.evil.example", "evil.example", "a|b ||c||"),
    *("**b** *b* __i__ _i_ ~~s~~ `c`", "snake_case __init__ a*b*c", "$$x$$ \\(x\\) \\[y\\] \\_z"),
    *(
        "> quote",
        "# title",
        "- item",
        "+ item",
        "* item",
        "1. item",
        "2026. A year",
        "2) item",
        "+49 30 123456",
    ),
    *(
        "<t:1630360800:R> <@!1> <#2> -# small color:#ff0000 <time:2026-01-01>",
        "&lt;b&gt; &amp; &copy;",
        "<b>x</b>",
    ),
)
_MARKS = st.sampled_from([*"*_~`<>|[]()@#:.+-\\!&$ ", "https://", "a", "1", "ab.cd", "all"])


def markup_of(kind: str) -> tuple[Dialect, ModuleType]:
    dialect: Dialect = channel_class(kind).dialect  # type: ignore[attr-defined]
    return dialect, import_module(f"tests.channels.{kind}.markup")


def held(kind: str, text: str) -> None:
    dialect, markup = markup_of(kind)
    line = dialect.literal(text)
    for name, pattern in markup.MARKUP.items():
        assert not pattern.search(line), f"{name} in {line!r}"
    assert markup.shown(line) == " ".join(text.split())


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("kind", KINDS)
def test_hostile_text_is_literal(kind: str, text: str) -> None:
    held(kind, text)
    held(kind, f"x {text} x")


@pytest.mark.parametrize("kind", KINDS)
@given(st.lists(_MARKS, max_size=12).map("".join))
@settings(max_examples=50)
def test_any_marks_are_literal(kind: str, text: str) -> None:
    held(kind, text)


@pytest.mark.parametrize("kind", KINDS)
def test_a_link_has_no_more_than_its_text_and_its_address(kind: str) -> None:
    dialect, _ = markup_of(kind)
    link = dialect.link("a] <c|d>", "https://site.example/a_(b)|c>d e")

    assert link.count("https://site.example/a_%28b%29%7Cc%3Ed%20e") == 1
    assert link.count("](https") + link.count("<https") == 1
