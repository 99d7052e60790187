"""Templates of somebody's own run no code, read no file, and take neither all time nor memory."""

from __future__ import annotations

import asyncio
import os
import time
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from jinja2 import StrictUndefined
from jinja2.exceptions import SecurityError
from msgspec import Struct

from digest.errors import TemplateError
from digest.jobs.custom_templates import OwnTemplates, check_folder
from digest.model import Edition
from digest.rendering.colours import Palette
from digest.rendering.email.personal import Links
from digest.rendering.renderer import rendered
from digest.rendering.samples import SAMPLES, links, ordinary
from digest.rendering.sandbox import ATTRIBUTES, Sandbox
from digest.rendering.template_functions import Function, Look, Speech, variables
from digest.rendering.template_trial import MOST_CHARACTERS
from digest.rendering.templates import Templates
from tests import limits
from tests.rendering import tricks
from tests.rendering.escapes import BOMBS, TO_READ, TO_RUN, WORD, lay_out

REFUSED = TO_RUN | TO_READ | tricks.TO_RUN | tricks.TO_READ
ENDED = BOMBS | tricks.BOMBS

# What has nothing in it to reach.
_PLAIN = {bool, int, type(None), Function}


@pytest.mark.parametrize("source", REFUSED.values(), ids=REFUSED)
def test_what_tries_to_get_out_is_refused(tmp_path: Path, source: str) -> None:
    own = lay_out(tmp_path, source)
    with pytest.raises(TemplateError) as refused:
        Templates(own).text(ordinary())
    assert str(refused.value).startswith(f"{own}/")
    assert "\n" not in str(refused.value)
    assert WORD not in str(refused.value)
    assert not (tmp_path / "canary").exists()


@pytest.mark.parametrize("source", ENDED.values(), ids=ENDED)
def test_what_takes_all_time_or_memory_is_ended(tmp_path: Path, source: str) -> None:
    own, begun = lay_out(tmp_path, source), time.monotonic()
    with pytest.raises(TemplateError) as ended:
        OwnTemplates(own, seconds=0.7)
    assert time.monotonic() - begun < limits.seconds(5)
    assert str(ended.value).startswith(str(own))
    assert len(str(ended.value)) < 1_000


def test_what_takes_long_in_a_template_is_told_with_its_line(tmp_path: Path) -> None:
    own = lay_out(tmp_path, "\n" + BOMBS["loops in loops"])
    begun = time.monotonic()
    assert check_folder(own, "classic") == [f"{own}/edition.txt:2: takes longer than 4.5 s"]
    assert time.monotonic() - begun < limits.seconds(10)


def test_what_takes_much_memory_is_told_with_its_line(tmp_path: Path) -> None:
    own = lay_out(tmp_path, "\n" + BOMBS["a text, by a variable"])
    said = f"{own}/edition.txt:2: needs more memory than templates have"
    assert check_folder(own, "classic") == [said]


def test_what_is_made_has_a_bound(tmp_path: Path) -> None:
    (tmp_path / "edition.md").write_text(f"{{{{ 'a' * {MOST_CHARACTERS} }}}}")
    own = OwnTemplates(tmp_path)
    assert own.markdown(ordinary()) == "a" * MOST_CHARACTERS
    (tmp_path / "edition.md").write_text(f"{{{{ 'a' * {MOST_CHARACTERS + 1} }}}}")
    with pytest.raises(TemplateError, match=r"edition\.md: makes more than 16 million characters"):
        own.markdown(ordinary())


def test_what_is_being_rendered_ends_with_the_program(tmp_path: Path) -> None:
    (tmp_path / "edition.md").write_text("{{ edition.title }}")
    own = OwnTemplates(tmp_path)
    own.close()
    with pytest.raises(TemplateError, match="was not begun"):
        own.markdown(ordinary())


async def test_what_is_being_rendered_is_ended_with_the_program(tmp_path: Path) -> None:
    own = OwnTemplates(tmp_path)
    (tmp_path / "edition.md").write_text(BOMBS["loops in loops"])
    loop = asyncio.get_running_loop()
    rendering = asyncio.create_task(asyncio.to_thread(own.markdown, ordinary()))
    while not own._alone._busy:  # noqa: ASYNC110 - a thread has it
        await asyncio.sleep(0)
    begun = loop.time()
    own.close()
    with pytest.raises(TemplateError, match=r"edition\.md: rendering ended its process"):
        await rendering
    assert loop.time() - begun < limits.seconds(4)


@pytest.mark.parametrize("name", SAMPLES)
def test_everything_within_reach_is_on_the_list(name: str) -> None:
    environment = Templates()._environment
    beginnings = [*variables(SAMPLES[name](), links()).values(), *environment.globals.values()]
    seen: dict[object, object] = {}
    for value in beginnings:
        walk(environment, value, seen)
    assert {Edition, Links, Look, Palette, Speech, str, datetime} <= set(map(type, seen.values()))


def walk(environment: Sandbox, value: Any, seen: dict[object, object]) -> None:
    """Hold a value to the lists, and all that a template gets from it."""
    kind = type(value)
    assert kind in ATTRIBUTES or kind in _PLAIN, kind
    # One text or time is as good as another.
    key = id(value) if isinstance(value, (Struct, tuple)) else kind
    if key in seen:
        return
    seen[key] = value
    if isinstance(value, Struct):
        assert value.__struct_config__.frozen
    assert_nothing_else_of(environment, value)
    for item in value if isinstance(value, (tuple, list)) else ():
        walk(environment, item, seen)
    for name in ATTRIBUTES.get(kind, ()):
        got = environment.getattr(value, name)
        if callable(got):
            assert environment.is_safe_callable(got)
            # What needs no more than this to answer.
            with suppress(TypeError, ValueError, IndexError):
                got = got(100, 100) if name == "within" else got()
        if not callable(got):
            walk(environment, got, seen)


def assert_nothing_else_of(environment: Sandbox, value: Any) -> None:
    """No attribute but the listed ones is handed out, by any way of asking."""
    for name in set(dir(value)) - ATTRIBUTES.get(type(value), frozenset()):
        for got in (environment.getattr(value, name), environment.getitem(value, name)):
            assert isinstance(got, StrictUndefined), name
            with pytest.raises(SecurityError):
                str(got)


def test_the_lists_are_these() -> None:
    environment = Templates()._environment
    own = "age content_markdown content_text day dir email_html excerpt inline line markdown"
    assert sorted(environment.filters) == sorted(
        f"{own} markdown_url reading_time short source wrap"
        " abs attr batch capitalize center count d default dictsort e escape filesizeformat first"
        " float forceescape format groupby indent int items join last length list lower map max min"
        " pprint random reject rejectattr replace reverse round safe select selectattr slice sort"
        " string striptags sum title tojson trim truncate unique upper urlencode urlize wordcount"
        " wordwrap xmlattr".split()
    )
    functions = {name for name, value in environment.globals.items() if type(value) is Function}
    assert functions == {
        *("cycler", "dict", "joiner", "namespace", "range"),
        *("contents", "is_long", "next_edition", "notes", "preheader", "summary"),
    }
    assert set(environment.globals) - functions == {"dark", "light", "look", "version"}
    assert {name for name, value in variables(ordinary()).items() if type(value) is Function} == {
        *("t", "plural", "count", "facts", "glance", "measures", "posted")
    }


def test_nothing_but_the_list_is_called(tmp_path: Path) -> None:
    environment = Templates()._environment
    for uncalled in (os.system, Path, print, tmp_path.exists, "x".encode, type, lambda: 1, [1]):
        assert not environment.is_safe_callable(uncalled)
    for called in ("x".upper, [1].append, environment.globals["summary"]):
        assert environment.is_safe_callable(called)


def test_what_templates_of_jinja_do_they_still_do(tmp_path: Path) -> None:
    (tmp_path / "part.html").write_text(
        "{% macro b(x) %}<b>{{ x }}{{ caller() }}</b>{% endmacro %}"
    )
    (tmp_path / "edition.txt").write_text(
        "{% import 'part.html' as part %}{% set ns = namespace(n=0) %}{% set found = [] %}"
        "{% for s in edition.stories %}{% set ns.n = ns.n + 1 %}{{ found.append(s.title) or '' }}"
        "{{ loop.cycle('a', 'b') }}{% endfor %}|{{ ns.n == edition.stories | length }}|"
        "{{ found == edition.stories | map(attribute='title') | list }}|"
        "{% call part.b('<') %}in{% endcall %}|{{ dict(a=1).items() | list }}|{{ {'a': 2}.a }}|"
        "{{ '%s-%s' | format('a', 'b') }}|{{ '{:>3}'.format(1) }}|{{ 'aXb'.split('X') | join }}|"
        "{{ edition.period_to.strftime('%Y') }}|"
        "{{ (edition.period_to - edition.period_from).days }}|"
        "{% for feed, group in edition.stories | groupby('feed') %}{{ feed }}={{ group | length }} "
        "{% endfor %}|{{ edition.stories[0].picture.within(100, 100)[0] }}|{{ look['width'] }}"
    )
    text = OwnTemplates(tmp_path).text(ordinary()).split("|")
    assert text[1:3] == ["True", "True"]
    assert text[3:10] == ["<b>&lt;in</b>", "[('a', 1)]", "2", "a-b", "  1", "ab", "2026"]
    assert text[10] == "7"
    assert text[12:] == ["100", "600"]


def test_a_folder_may_be_a_link_and_so_may_a_file_within(tmp_path: Path) -> None:
    folder = tmp_path / "really"
    folder.mkdir()
    (folder / "edition.md").write_text("{% include 'also.md' %}")
    (folder / "part.md").write_text("{{ edition.title }}")
    (folder / "also.md").symlink_to("part.md")
    (tmp_path / "linked").symlink_to(folder)
    assert rendered(OwnTemplates(tmp_path / "linked"), "markdown", ordinary(), None) == "A sample"
