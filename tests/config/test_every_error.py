"""Whatever is wrong with whichever setting: the error has words, a line and a key."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest

from digest.config import Settings, load_settings
from digest.config.blocks import BLOCK_KINDS
from digest.config.channels import CHANNEL_KINDS
from digest.config.secrets import FILE_SUFFIX, file_forms
from digest.config.sources import SOURCE_KINDS
from digest.config.structure import fields_of, has_kind, sections
from digest.errors import ConfigError
from tests.channels.places import places_of
from tests.config.files import CHANNELS, DIGESTS, FEEDS, refusal
from tests.config.walk import models_below
from tests.keys import PRIVATE_KEY

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from digest.config.base import Model
    from digest.config.yaml.document import Key

# The channels that editions go to.
SENT_TO = ("file",)
# A section of every kind.
WHOLE: dict[str, Any] = {
    "log": {"level": "info"},
    "polling": {"every": "1h"},
    "feeds": [
        {"url": "https://a.example/f.xml", "headers": {"X-Token": "x"}},
        {"kind": "hackernews", "list": "front"},
        {"kind": "youtube", "handle": "@name"},
        {"kind": "bluesky", "account": "a.example"},
        {"kind": "mastodon", "account": "@a@b.example"},
        {"kind": "github", "repo": "astral-sh/uv"},
        {"kind": "reddit", "subreddits": "selfhosted"},
        {"kind": "mail", "maildir": "/m", "senders": "*"},
        {
            "kind": "page",
            "url": "https://a.example/news",
            "item": "li",
            "headers": {"X-Token": "x"},
        },
        {"kind": "json", "url": "https://a.example/api", "title": "t", "headers": {"X-Token": "x"}},
    ],
    "smtp": {"host": "h.example", "from": "a@example.org", "dkim": {}},
    "channels": {kind: places_of(kind)[0].example for kind in CHANNEL_KINDS},
    "digests": {
        "a": {
            "schedule": "daily at 09:00",
            "send_to": [{"channel": "file", "max_entries": 9}],
            "look": {"accent": "#123456"},
            "blocks": [{"kind": "weather", "place": "Rome"}, {"kind": "calendar", "path": "a.ics"}],
            "summary": {"kind": "model", "overview": True},
        }
    },
    "models": [{"url": "http://127.0.0.1/v1", "model": "m", "headers": {"X-Token": "x"}}],
    "alerts": {"send_to": "file"},
    "web": {"listen": "127.0.0.1:8080"},
}
# What is wrong for most settings, one way or another: text, and what is no text.
WORDS = (
    "",
    "x",
    "-1",
    "99999999999",
    "y" * 2000,
    "\x00",
    "a@b",
    "https://u:p@h",
    "/(/",
    "~nobody/x",
)
OTHERS: tuple[Any, ...] = (None, [], ["x", "x"], [[]], {}, {"x": []}, {"a b": "\n"})


def whole() -> dict[str, Any]:
    data = deepcopy(WHOLE)
    data["smtp"]["dkim"] = {"domain": "example.org", "selector": "s", "key": PRIVATE_KEY}
    return data


def _settings() -> Iterator[Any]:
    """Every key of every section, also those that name a file, and one that is none.

    What all kinds of sources or of channels have is tried with the first.
    """
    tried: set[tuple[type, str]] = set()
    for section in sections(Settings, whole()):
        forms = [name + FILE_SUFFIX for name in file_forms(section.model)]
        homes = {name: _home(section.model, name) for name in fields_of(section.model)}
        own = [name for name, home in homes.items() if name == "kind" or home not in tried]
        tried |= {*homes.values()}
        for name in (*own, *forms, *section.model.other_names, "nonesuch"):
            key = (*section.key, name)
            yield pytest.param(key, id=".".join(map(str, key)))


def _home(model: type[Model], key: str) -> tuple[type, str]:
    """A key and the model that has it first, of which the others are."""
    having = [kind for kind in model.__mro__ if key in getattr(kind, "model_fields", {})]
    return (having or [model])[-1], key


def test_every_section_is_tried() -> None:
    kinds = {*BLOCK_KINDS.values(), *CHANNEL_KINDS.values(), *SOURCE_KINDS.values()}
    models = {*models_below(Settings), *kinds}
    tried = {section.model for section in sections(Settings, whole())}
    assert {model for model in models if not has_kind(model)} <= tried
    assert kinds <= tried


@pytest.mark.parametrize("key", [*_settings()])
def test_every_error_has_words_a_line_and_a_key(tmp_path: Path, key: Key) -> None:
    path = tmp_path / "config.yaml"
    write(path, key, "${WRONG}")
    for wrong in WORDS:
        problems_are_clear(path, wrong, {"WRONG": wrong})
    for other in OTHERS:
        write(path, key, other)
        problems_are_clear(path, other, {})


def write(path: Path, key: Key, value: Any) -> None:
    """Write a file in which all is right but for the setting at a key.

    It has one source and few channels, since each of very many files is read.
    """
    data = whole()
    needed = {*SENT_TO, *(key[1:2] if key[0] == "channels" else ())}
    data["channels"] = {name: data["channels"][name] for name in needed}
    if key[0] == "feeds" and len(key) > 1:
        data["feeds"], key = [data["feeds"][key[1]]], ("feeds", 0, *key[2:])
    else:
        del data["feeds"][1:]
    place: Any = data
    for part in key[:-1]:
        place = place[part]
    place[key[-1]] = value
    path.write_text(json.dumps(data, indent=1), "utf-8")


def problems_are_clear(path: Path, wrong: Any, environ: dict[str, str]) -> None:
    try:
        load_settings(path, environ)
    except ConfigError as error:
        problems = error.problems
    else:
        return
    # There is no error without a problem.
    assert problems, wrong
    for problem in problems:
        assert problem.line, (wrong, problem)
        assert problem.key, (wrong, problem)
        assert len(problem.message.split()) > 1, (wrong, problem)
        assert problem.message.isprintable(), (wrong, problem)
        assert not problem.message.startswith(("value ", "input ", "assertion ")), (wrong, problem)


def test_a_short_password_is_told_of(tmp_path: Path) -> None:
    error = refusal(tmp_path, f"{FEEDS}{CHANNELS}{DIGESTS}web: {{password: short}}\n")

    assert str(error).endswith("config.yaml:4: web.password: must be at least 8 characters")
