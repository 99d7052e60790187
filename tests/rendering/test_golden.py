"""Whole editions in each form, as files: `tests/editions_golden/<case>/`.

A case is an `edition.json` (the fields of `digest.model.Edition`) and what is expected of it;
`edition.html` is of the theme `classic`, other themes have files of their name in cases that show
all there is. To make a new case, write its `edition.json`; to make the expected files anew, run

    UPDATE_GOLDEN=1 pytest tests/rendering/test_golden.py

and read what changed before it is accepted. Dates and numbers are as in English, whatever the
language: how others write them changes with each edition of CLDR; `tests/test_language.py` looks at
that.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from msgspec.json import decode

from digest.language import Language, language_of
from digest.model import Edition
from digest.rendering.slack.messages import build_messages
from digest.rendering.templates import THEMES, Templates

GOLDEN = Path(__file__).parents[1] / "editions_golden"
CASES = sorted(path.parent for path in GOLDEN.glob("*/edition.json"))
UPDATE = bool(os.environ.get("UPDATE_GOLDEN"))
TEMPLATES = Templates()
# Most cases say nothing of these that `classic` does not.
OTHER_THEMES = {theme: Templates(theme=theme) for theme in THEMES if theme != "classic"}
THEMED = {"everything", "facts", "ordinary", "right_to_left"}
TRANSLATED = type(language_of("de"))
BY_CLDR = {name for name in vars(TRANSLATED) if not name.startswith("_")}


@pytest.fixture(autouse=True)
def _dates_and_numbers_as_in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in BY_CLDR:
        monkeypatch.setattr(TRANSLATED, name, getattr(Language, name))


def rendered(edition: Edition, *, themed: bool) -> dict[str, str]:
    messages = build_messages(edition)
    others = OTHER_THEMES if themed else {}
    return {f"{theme}.html": templates.html(edition) for theme, templates in others.items()} | {
        "edition.html": TEMPLATES.html(edition),
        "edition.txt": TEMPLATES.text(edition),
        "edition.md": TEMPLATES.markdown(edition),
        "slack.json": json.dumps(messages, ensure_ascii=False, indent=1) + "\n",
    }


def test_there_are_cases() -> None:
    assert {case.name for case in CASES} >= {
        "ordinary",
        "multilingual",
        "empty",
        "hostile",
        *THEMED,
    }
    assert {path.parent for path in GOLDEN.glob("*/*")} == set(CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_an_edition_is_rendered_as_before(case: Path) -> None:
    edition = decode((case / "edition.json").read_bytes(), type=Edition)

    forms = rendered(edition, themed=case.name in THEMED)

    if UPDATE:
        for name, text in forms.items():
            (case / name).write_text(text, "utf-8", newline="")
    assert {path.name for path in case.iterdir()} == {"edition.json", *forms}
    for name, text in forms.items():
        assert text == (case / name).read_bytes().decode(), f"{case.name}/{name}"
