"""What readers are told beside the stories: what waits, and what was edited since."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from digest.model import Edition, Failing, Held
from digest.rendering.footer import notes
from digest.rendering.slack.messages import build_messages
from digest.rendering.templates import Templates
from tests.rendering.samples import NOW, edition, story

if TYPE_CHECKING:
    from collections.abc import Callable

FORMS: dict[str, Callable[[Edition], str]] = {
    "html": Templates().html,
    "text": Templates().text,
    "markdown": Templates().markdown,
    "slack": lambda edition: json.dumps(build_messages(edition), ensure_ascii=False),
}


@pytest.mark.parametrize(
    ("held", "said"),
    [
        ([Held("News", 1)], "1 entry of News."),
        ([Held("News", 25), Held("Blog", 1_200)], "25 entries of News, 1,200 entries of Blog."),
        (
            [Held(str(n), 11) for n in range(5)],
            "11 entries of 0, 11 entries of 1, 11 entries of 2, those of 2 more feeds.",
        ),
    ],
)
def test_what_is_held(held: list[Held], said: str) -> None:
    note = notes(edition(story(), held=tuple(held)))
    assert note == f"Held for review, since they came all at once: {said}"


def test_what_waits_comes_before_what_is_held() -> None:
    note = notes(edition(story(), held_back=2, held=(Held("News", 25),)))
    assert note.startswith("2 more stories will come with the next edition. Held for review")


@pytest.mark.parametrize("form", FORMS)
def test_each_form_says_what_cannot_be_read(form: str) -> None:
    failing = tuple(Failing(f"Feed {n}", NOW) for n in range(5))
    shown = " ".join(FORMS[form](edition(story(), failing=failing)).split())
    since = "(since 16 November 2026)"
    assert f"Cannot be read: Feed 0 {since}, Feed 1 {since}, Feed 2 {since}, 2 more feeds." in shown


@pytest.mark.parametrize("form", FORMS)
def test_each_form_says_what_is_held(form: str) -> None:
    shown = FORMS[form](edition(story(), held=(Held("News", 25),)))
    assert "25 entries of News" in " ".join(shown.split())
    assert "Held for review" not in FORMS[form](edition(story()))


@pytest.mark.parametrize("form", FORMS)
def test_each_form_marks_what_was_edited(form: str) -> None:
    mark = " · updated" if form == "slack" else "updated · "
    assert mark in FORMS[form](edition(story(updated=True))).lower()
    assert "updated" not in FORMS[form](edition(story())).lower()
