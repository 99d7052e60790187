"""Whole editions in each form, as files: `tests/editions_golden/<case>/`.

A case is an `edition.json` (the fields of `digest.model.Edition`) and what is expected of it;
`edition.html` is of the theme `classic`, other themes have files of their name in cases that show
all there is. Each kind of channel has the files that its `Place` in `tests/channels` makes. To make
a new case, write its `edition.json`; to make the expected files anew, run

    UPDATE_GOLDEN=1 pytest tests/rendering/test_golden.py

and read what changed before it is accepted. Dates and numbers are as in English, whatever the
language: how others write them changes with each edition of CLDR; `tests/test_language.py` looks at
that.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from msgspec.json import decode

from digest.config.channels import CHANNEL_KINDS
from digest.language import Language, language_of
from digest.model import Edition
from digest.rendering.templates import THEMES, Templates
from tests.channels.places import places_of

GOLDEN = Path(__file__).parents[1] / "editions_golden"
CASES = sorted(path.parent for path in GOLDEN.glob("*/edition.json"))
UPDATE = bool(os.environ.get("UPDATE_GOLDEN"))
TEMPLATES = Templates()
# Most cases say nothing of these that `classic` does not.
OTHER_THEMES = {theme: Templates(theme=theme) for theme in THEMES if theme != "classic"}
THEMED = {"blocks", "everything", "facts", "ordinary", "right_to_left", "summaries"}
TRANSLATED = type(language_of("de"))
BY_CLDR = {name for name in vars(TRANSLATED) if not name.startswith("_")}


@pytest.fixture(autouse=True)
def _dates_and_numbers_as_in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in BY_CLDR:
        monkeypatch.setattr(TRANSLATED, name, getattr(Language, name))


def rendered(edition: Edition, *, themed: bool) -> dict[str, str]:
    others = OTHER_THEMES if themed else {}
    # What the first place of each kind expects.
    of_kinds = [places_of(kind)[0].golden(edition) for kind in CHANNEL_KINDS]
    return {f"{theme}.html": templates.html(edition) for theme, templates in others.items()} | {
        "edition.html": TEMPLATES.html(edition),
        "edition.txt": TEMPLATES.text(edition),
        "edition.md": TEMPLATES.markdown(edition),
        **{name: text for files in of_kinds for name, text in files.items()},
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
