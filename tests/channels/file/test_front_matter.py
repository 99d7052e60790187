"""Notes have properties on top that Obsidian and Logseq read, and names that they can link to."""

from __future__ import annotations

import string
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from digest.config.path_template import file_name, filled_path, placeholder_values
from digest.errors import ConfigError
from digest.rendering.file.front_matter import with_front_matter
from tests.channels.making import deliveries, open_it
from tests.rendering.samples import edition, story

AT = datetime(2027, 1, 1, 7, 5, tzinfo=UTC)
OWN = {"date": date(2026, 11, 16), "digest": "weekly", "title": "Weekly reading", "stories": 1}


def note(**settings: Any) -> dict[str, Any]:
    return {"kind": "file", "path": "out/{digest}.md", **settings}


def text_of(folder: Path, **settings: Any) -> str:
    channel = open_it(folder, note(**settings))
    [made] = deliveries(channel, edition(story(), timezone="UTC"))
    return made.payload.decode()


def properties(folder: Path, given: dict[str, Any]) -> dict[str, Any]:
    text = text_of(folder, front_matter=given)
    nothing, top, body = text.split("---\n", 2)
    assert nothing == ""
    assert body.startswith("\n# Weekly reading")
    found: dict[str, Any] = yaml.safe_load(top)
    return found


def test_a_note_says_what_it_is_of(tmp_path: Path) -> None:
    assert properties(tmp_path, {}) == OWN


def test_what_was_asked_for_is_there_as_a_note_has_it(tmp_path: Path) -> None:
    asked = {
        "tags": ["digest", "reading/{digest}", "year-{year}"],
        "title": "{title}: {date}",
        "daily": "[[{date}]]",
        "read": "false",
        "rating": 5,
        "share": "0.5",
        "isbn": "0123",
        "due": "2026-12-24",
        "never": "2026-13-45",
        "aliases": ["Week {week}", 'of "{month}": #1'],
    }

    assert properties(tmp_path, asked) == OWN | {
        "tags": ["digest", "reading/weekly", "year-2026"],
        "title": "Weekly reading: 2026-11-16",
        "daily": "[[2026-11-16]]",
        "read": False,
        "rating": 5,
        "share": 0.5,
        "isbn": "0123",
        "due": date(2026, 12, 24),
        "never": "2026-13-45",
        "aliases": ["Week 2026-W47", 'of "11": #1'],
    }


def test_one_tag_is_a_list_of_one(tmp_path: Path) -> None:
    assert (properties(tmp_path, {"tags": "{title}"}))["tags"] == ["Weekly-reading"]
    assert (properties(tmp_path, {"tags": "{year}"}))["tags"] == ["_2026"]


@given(st.dictionaries(st.text("abc_", min_size=1), st.text(string.printable[:95])))
def test_any_property_is_read_back(given: dict[str, str]) -> None:
    texts = {name: f"x{text}".replace("{", "").replace("}", "") for name, text in given.items()}
    values = placeholder_values("weekly", "Weekly", AT)
    text = with_front_matter("", edition(), texts, values, "yaml")

    assert yaml.safe_load(text.split("---\n")[1]).items() >= texts.items()


def test_without_the_setting_a_note_is_as_ever(tmp_path: Path) -> None:
    assert (text_of(tmp_path)).startswith("# Weekly reading\n")


def test_logseq_has_lines_of_its_own_and_no_title(tmp_path: Path) -> None:
    """Its `title` would name the page."""
    asked = {"tags": ["digest", "{digest}"], "Read it": "true", "journal": "[[{date}]]"}

    text = text_of(tmp_path, front_matter=asked, front_matter_style="logseq")

    assert text.split("\n\n")[0].splitlines() == [
        "date:: 2026-11-16",
        "digest:: weekly",
        "stories:: 1",
        "tags:: digest, weekly",
        "read-it:: true",
        "journal:: [[2026-11-16]]",
    ]


@pytest.mark.parametrize(
    ("settings", "key", "message"),
    [
        ({"front_matter": {"tags": ["two words"]}}, "front_matter", "'two words' is not a tag"),
        ({"front_matter": {"tags": ["2026"]}}, "front_matter", "not digits alone"),
        ({"front_matter": {"tags": "#x"}}, "front_matter", "'#x' is not a tag"),
        ({"front_matter": {"a:b": "x"}}, "front_matter.a:b", "must be made of letters"),
        ({"front_matter": {"a": "{who}"}}, "front_matter.a", "the only placeholders are"),
        ({"front_matter": {}, "format": "html"}, "front_matter", "needs format: markdown"),
        ({"front_matter": {}, "mode": "append"}, "front_matter", "on top of the file"),
        ({"mode": "append", "format": "text"}, "mode", "append needs format: markdown"),
        ({"mode": "replace", "format": "atom"}, "mode", "adds to its feed by itself"),
        ({"latest": "elsewhere.md"}, "latest", "must be in"),
        ({"latest": "out/{date}.md"}, "latest", "the only placeholder in it is {digest}"),
        ({"latest": "out/x.md", "mode": "replace"}, "latest", "needs mode: new"),
        ({"archive": True}, "archive", "needs format: html"),
        ({"archive": True, "format": "html", "path": "index.html"}, "archive", "another path"),
    ],
)
def test_what_does_not_go_together_is_told(
    tmp_path: Path, settings: dict[str, Any], key: str, message: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        open_it(tmp_path, note(**settings))

    [problem] = caught.value.problems
    assert problem.key == f"channels.it.{key}"
    assert message in problem.message


def test_a_path_has_parts_of_the_date() -> None:
    values = placeholder_values("weekly", "AI: this/that?", AT)
    template = "{year}/{month}/{day} {week} {time} {digest} {title} {date}.md"

    assert (
        filled_path(template, values)
        == "2027/01/01 2026-W53 0705 weekly AI this that 2027-01-01.md"
    )


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ('a*b"c\\d/e<f>g:h|i?j', "a b c d e f g h i j"),
        ("C# [[x]] ^y", "C x y"),
        (" ..hidden. ", "hidden"),
        ("日" * 120, "日" * 40),
        ("a\nb", "a b"),
        ("///", ""),
        ("Con", "_Con"),
        ("LPT1.2: x", "_LPT1.2 x"),
        ("Console", "Console"),
    ],
)
def test_a_title_is_made_a_name_that_every_system_takes(title: str, name: str) -> None:
    assert file_name(title) == name


@given(st.text(max_size=120))
def test_no_title_leads_out_of_its_folder(title: str) -> None:
    values = placeholder_values("weekly", title, AT)
    path = Path(filled_path("/vault/{title}/{title}.md", values))

    assert len(path.parts) == 4
    assert not {*path.parts} & {"..", "."}
    assert not set(path.name) & set('*"\\/<>:|?#^[]')
    assert len(path.name.encode()) <= 255
