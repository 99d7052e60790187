"""Blocks in every form: what has to be said of them is, and no message gets too large for them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from msgspec.json import decode
from msgspec.structs import replace

from digest.model import BlockDay, BlockLine, Edition, EditionBlock
from digest.rendering.dialects import COMMON
from digest.rendering.messages import edition_messages
from digest.rendering.parts import Limit, utf16_units
from digest.rendering.slack.blocks import MAX_BLOCKS, MAX_JSON
from digest.rendering.slack.messages import build_messages, build_thread
from digest.rendering.slack.plain import plain_message
from digest.rendering.templates import THEMES, Templates
from tests.rendering.samples import edition, story

GOLDEN = Path(__file__).parents[1] / "editions_golden/blocks/edition.json"
DISCORD = [Limit(utf16_units, 2_000)]
LONG = "\N{GRINNING FACE}<b>*_~`" * 25


def with_blocks() -> Edition:
    return decode(GOLDEN.read_bytes(), type=Edition)


def large(most: int) -> Edition:
    """As much as settings allow: in six blocks so many lines, each as long as can be."""
    lines = tuple(BlockLine(LONG[:100], LONG[:60], "12:00") for _ in range(most // 2))
    days = (BlockDay("Monday", lines), BlockDay("Tuesday", lines))
    blocks = tuple(EditionBlock("calendar", LONG[:60], days) for _ in range(6))
    return replace(edition(*(story(n) for n in range(30))), blocks=blocks)


def test_what_has_to_be_said_is_in_every_form_with_its_link() -> None:
    made = with_blocks()
    slack = build_messages(made)
    plain = plain_message(slack[0])
    assert plain
    forms = [
        *(Templates(theme=theme).html(made) for theme in THEMES),
        *(Templates(theme=theme).text(made) for theme in THEMES),
        Templates().markdown(made),
        edition_messages(COMMON, made, DISCORD)[0],
        json.dumps(slack[0]),
        json.dumps(build_thread(made)[0]),
        plain["text"],
    ]
    for form in forms:
        assert "Weather data by Open-Meteo.com" in form
        assert "https://open-meteo.com/" in form


def test_what_a_calendar_says_is_shown_as_it_is() -> None:
    made = with_blocks()

    assert "Dentist *not* &lt;b&gt;fun&lt;/b&gt;" in Templates().html(made)
    assert r"Dentist \*not\* \<b\>fun\</b\>" in Templates().markdown(made)
    assert r"Dentist \*not\* \<b\>fun\</b\>" in edition_messages(COMMON, made, DISCORD)[0]
    assert "Dentist *not* <b>fun</b>" in json.dumps(build_messages(made)[0])


@pytest.mark.parametrize("lines", [2, 40])
def test_messages_keep_to_their_limits(lines: int) -> None:
    made = large(lines)
    for message in (*build_messages(made), *build_thread(made)):
        assert len(json.dumps(message)) <= MAX_JSON
        assert len(message["blocks"]) <= MAX_BLOCKS
    parts = edition_messages(COMMON, made, DISCORD)
    assert max(map(utf16_units, parts)) <= 2_000
    assert sum(part.count("[Story ") for part in parts) == 30
    assert all(part.count("# ") for part in parts)


def test_a_later_part_has_no_blocks_again() -> None:
    made = replace(large(40), blocks=with_blocks().blocks)
    parts = [*edition_messages(COMMON, made, DISCORD)]

    assert len(parts) > 1
    assert ["Open-Meteo" in part for part in parts] == [True] + [False] * (len(parts) - 1)
    assert parts[0].startswith(f"# {made.title} (1/{len(parts)})\n")
