"""Whatever is wrong with whichever setting, the error has words, a line and a key."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import pytest

from digest.config import load_settings
from digest.config.settings import Settings
from digest.config.synonyms import known_keys, places
from digest.errors import ConfigError
from tests.config.files import SECRET
from tests.config.test_synonyms import FILE, section_of

if TYPE_CHECKING:
    from pathlib import Path

    from digest.config.synonyms import Place

VALUES: dict[str, Any] = {
    "nothing": None,
    "an empty text": "",
    "white space": " ",
    "a short text": "x",
    "a long text": SECRET * 200,
    "two lines": f"{SECRET}\nx",
    "a control character": f"{SECRET}\x07",
    "a word like an address": f"http://u:{SECRET}@",
    "a host that is none": "-.-",
    "braces": f"{{{SECRET}}}",
    "less than nothing": -1,
    "a large number": 10**30,
    "a fraction": 0.5,
    "yes": True,
    "an empty list": [],
    "a list of nothing": [None],
    "a list of lists": [[SECRET]],
    "an empty map": {},
    "a map": {"x": SECRET, "": SECRET},
}
PLACES = places(Settings)


def faults(folder: Path, data: Any) -> list[tuple[str, str]]:
    """What is wrong with data as a file, by key; each has a line, and words on one line."""
    path = folder / "config.yaml"
    # JSON is YAML, and is written faster.
    text = json.dumps(data, indent=1)
    path.write_text(text, "utf-8")
    try:
        load_settings(path, {})
    except ConfigError as raised:
        error = raised
    else:
        return []
    assert len(str(error).splitlines()) == len(error.problems) > 0
    for problem in error.problems:
        assert problem.key, problem
        assert problem.message.strip(), problem
        assert problem.message.isprintable(), problem
        assert 0 < problem.line <= text.count("\n"), problem
    return [(problem.key, problem.message) for problem in error.problems]


def file_with(place: Place, settings: dict[str, Any]) -> Any:
    """A file that is right, but for these settings in one of its sections."""
    data = copy.deepcopy(FILE)
    if place.name != "smtp.dkim":
        del data["smtp"]["dkim"]
    here: Any = data
    for part in section_of(place):
        here = here[part]
    here.update(settings)
    return data


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES)
def test_every_wrong_value_of_every_setting_is_named(tmp_path: Path, value: Any) -> None:
    for place in PLACES:
        keys = set(known_keys(place.model)) - {"kind"}
        found = faults(tmp_path, file_with(place, dict.fromkeys(keys, value)))
        # No value is right for all settings of a section.
        assert found, place.name


@pytest.mark.parametrize("value", ["x", {}], ids=repr)
def test_so_is_one_where_all_else_is_right(tmp_path: Path, value: Any) -> None:
    """What is looked at only then, like settings that need each other."""
    for place in PLACES:
        for key in known_keys(place.model):
            faults(tmp_path, file_with(place, {key: value}))


def test_a_text_that_is_too_short_is_told_how_long_it_has_to_be(tmp_path: Path) -> None:
    (web,) = (place for place in PLACES if place.name == "web")
    found = faults(tmp_path, file_with(web, {"password": "short"}))
    assert found == [("web.password", "must be at least 8 characters")]
