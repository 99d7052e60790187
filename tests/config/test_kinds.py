"""A kind of channel or source is a file: its settings, secrets, errors and schema follow."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import digest
from digest.config.channels import CHANNEL_KINDS
from digest.config.sources import SOURCE_KINDS
from tests.config.files import DIGESTS

TOKEN = "t0p-secret-t0ken"
# The first of many.
WEB_SOURCES = " or ".join(f"feeds[] with kind: {kind}" for kind in ("feed", "json", "page"))
PIGEON = '''
from typing import Literal

from pydantic import Field, SecretStr, model_validator

from digest.config.base import Model
from digest.config.channels.base import ChannelSettings
from digest.config.fields import SecretUrl


class LoftSettings(Model):
    """Where a pigeon lives."""

    gate_code: SecretStr = Field(description="Opens the loft.")


class PigeonSettings(ChannelSettings):
    """A channel that flies."""

    kind: Literal["pigeon"]
    token: SecretStr = Field(description="What the bird knows.")
    coop: SecretUrl | None = Field(None, description="Where it starts.")
    wing: str = Field("left", pattern="^(left|right)$", description="Which it likes.")
    rings: dict[str, SecretStr] = Field(default_factory=dict, description="By leg.")
    songs: tuple[SecretStr, ...] = Field((), description="What it sings.")
    loft: LoftSettings | None = Field(None, description="Where it lives.")

    @model_validator(mode="after")
    def _flies(self):
        if self.token.get_secret_value() == "wing-clipped":
            raise ValueError("cannot fly")
        return self
'''
MOON = '''
from typing import Any, Literal

from pydantic import Field, SecretStr

from digest.config.sources.base import SourceSettings


class MoonSettings(SourceSettings):
    """The moon."""

    kind: Literal["moon"]
    phase: Literal["new", "full"] = Field(description="Which moon.")
    token: SecretStr | None = Field(None, description="Of the observatory.")

    @classmethod
    def short_form(cls, argument: str) -> dict[str, Any]:
        return {"phase": argument}

    @property
    def address(self) -> str:
        return f"moon:{self.phase}"
'''
CHANNEL = f"""\
channels:
  out:
    kind: pigeon
    token: {TOKEN}
    coop: https://u:pa55w0rd@coop.example/hooks/0123456789abcdef/l4st?key=fedcba9876543210
    rings: {{left: l3ft-ring}}
    songs: [s0ng-one, s0ng-two]
    loft: {{gate_code: g4te-code}}
"""
FEEDS = """\
feeds:
  - https://a.example/f.xml
  - moon:full
  - {kind: moon, phase: new, name: Dark, token_file: token}
"""


CHANNELS = "channels: {out: {kind: file, path: x}}\n"
SEEN = (
    TOKEN,
    "https://u:pa55w0rd@coop.example/hooks/0123456789abcdef/l4st?key=fedcba9876543210",
    "pa55w0rd",
    "0123456789abcdef",
    "fedcba9876543210",
    "l4st",
    "l3ft-ring",
    "s0ng-one",
    "s0ng-two",
    "g4te-code",
)
LOAD = """
import json, sys
from pathlib import Path
from digest.config import load_settings
from digest.config.schema import json_schema
from digest.errors import ConfigError
from digest.log import Redactor

def load(text):
    path = Path("config.yaml")
    path.write_text(text, "utf-8")
    return load_settings(path, {})

def problems(text):
    try:
        load(text)
    except ConfigError as error:
        return [f"{p.line}: {p.key}: {p.message}" for p in error.problems]
    return []
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the package with kinds of its own, as a wheel would have them."""
    folder = tmp_path_factory.mktemp("kinds")
    package = folder / "site/digest"
    ignored = shutil.ignore_patterns("__pycache__", "*.po", "versions", "static")
    shutil.copytree(Path(digest.__file__).parent, package, ignore=ignored)
    (package / "config/channels/pigeon.py").write_text(PIGEON)
    (package / "config/sources/moon.py").write_text(MOON)
    (folder / "token").write_text(f"{TOKEN}\n")
    (folder / "rings").write_text("left: l3ft-ring\n")
    return folder


def told(folder: Path, expression: str, *texts: str) -> Any:
    """What an expression says of each text, by a process that has these kinds."""
    program = f"{LOAD}print(json.dumps([{expression} for text in json.loads(sys.argv[1])]))"
    done = subprocess.run(
        [sys.executable, "-c", program, json.dumps(texts)],
        env={**os.environ, "PYTHONPATH": str(folder / "site")},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_no_secret_of_a_new_kind_is_shown(folder: Path) -> None:
    expression = (
        "(lambda s: [repr(s), str(s), s.model_dump_json(),"
        f" *(Redactor(s.secrets())(f'<{{seen}}>') for seen in {SEEN!r})])(load(text))"
    )
    ((whole, short, dumped, *masked),) = told(folder, expression, FEEDS + CHANNEL + DIGESTS)

    assert not any(secret in text for text in (whole, short, dumped) for secret in SEEN)
    assert masked == ["<***>"] * len(SEEN)


def test_a_secret_of_a_new_kind_may_stand_in_a_file(folder: Path) -> None:
    text = FEEDS + (
        "channels:\n  out:\n    kind: pigeon\n    token_file: token\n    rings_file: rings\n"
        "    loft: {gate_code_file: token}\n" + DIGESTS
    )

    (secrets,) = told(folder, "load(text).secrets()", text)

    assert sorted(secrets) == sorted({TOKEN, "l3ft-ring"})


WITH_PIGEON = ", ".join(sorted([*CHANNEL_KINDS, "pigeon"]))
BAD_CHANNELS = {
    f"kind: pigeon\n    token: {TOKEN}\n    token_file: token": [
        "7: channels.out.token_file: give token or token_file, not both"
    ],
    "kind: pigeon\n    token_file: nowhere": [
        "6: channels.out.token_file: cannot read 'nowhere': No such file or directory"
    ],
    "kind: pigeon\n    token_file: [token]": [
        "6: channels.out.token_file: must be the path of a file"
    ],
    f"kind: pigeon\n    token: {TOKEN}\n    tokn_file: token": [
        "7: channels.out.tokn_file: unknown key; did you mean 'token_file'?"
    ],
    f"kind: pigeon\n    token: {TOKEN}\n    wing: {TOKEN}": [
        "7: channels.out.wing: must match ^(left|right)$"
    ],
    f"kind: pigeon\n    token: {TOKEN}\n    coop: {TOKEN}": [
        "7: channels.out.coop: must be a web address that starts with http:// or https://"
    ],
    f"kind: pigeon\n    token: {TOKEN}\n    loft: {{gate: {TOKEN}}}": [
        "7: channels.out.loft.gate: unknown key; did you mean 'gate_code'?",
        "7: channels.out.loft.gate_code: is required",
    ],
    "kind: pigeon\n    token: wing-clipped": ["4: channels.out: cannot fly"],
    "kind: pigeon": ["4: channels.out.token: is required"],
    "kind: pigoen": [f"5: channels.out.kind: must be one of {WITH_PIGEON}; did you mean 'pigeon'?"],
}


def test_what_is_wrong_with_a_channel_of_a_new_kind_is_named(folder: Path) -> None:
    start = f"feeds: [https://a.example/]\n{DIGESTS}channels:\n  out:\n    "
    problems = told(folder, "problems(text)", *(f"{start}{bad}\n" for bad in BAD_CHANNELS))

    assert problems == list(BAD_CHANNELS.values())


KINDS = ", ".join(sorted([*SOURCE_KINDS, "moon"]))
BAD_SOURCES = {
    "moon:half": ["2: feeds[0]: must be one of new, full"],
    "moon:fulll": ["2: feeds[0]: must be one of new, full; did you mean 'full'?"],
    "{kind: moon, phase: fulll}": [
        "2: feeds[0].phase: must be one of new, full; did you mean 'full'?"
    ],
    "mooon:full": ["2: feeds[0]: there is no kind 'mooon'; did you mean 'moon'?"],
    "{kind: mon}": [f"2: feeds[0].kind: must be one of {KINDS}; did you mean 'moon'?"],
    "{kind: 7, phase: new}": [f"2: feeds[0].kind: must be one of {KINDS}"],
    "{kind: moon, url: x}": [
        "2: feeds[0].phase: is required",
        f"2: feeds[0].url: unknown key; it belongs to {WEB_SOURCES}",
    ],
    "{kind: feed, phase: new}": [
        "2: feeds[0].phase: unknown key; it belongs to feeds[] with kind: moon",
        "2: feeds[0].url: is required",
    ],
    "{kind: moon, phase: new}\n  - moon:new": [
        "3: feeds[1]: two feeds have this address; the first is on line 2"
    ],
}


def test_what_is_wrong_with_a_source_of_a_new_kind_is_named(folder: Path) -> None:
    texts = [f"feeds:\n  - {bad}\n{CHANNELS}{DIGESTS}" for bad in BAD_SOURCES]

    assert told(folder, "problems(text)", *texts) == list(BAD_SOURCES.values())


NAMES = {
    "moon:full": ["moon:full"],
    "Dark": ["moon:new"],
    "moon:new": ["moon:new"],
    "https://a.example/f.xml": ["https://a.example/f.xml"],
}


def test_a_digest_names_a_source_by_name_or_by_its_short_form(folder: Path) -> None:
    digests = "digests: {{weekly: {{schedule: daily at 07:00, send_to: out, feeds: '{}'}}}}\n"
    texts = [FEEDS + CHANNELS + digests.format(name) for name in NAMES]

    expression = "[feed.address for feed in load(text).feeds_of('weekly')]"
    assert told(folder, expression, *texts) == list(NAMES.values())


def test_a_short_form_is_written_out_where_it_is_paused(folder: Path) -> None:
    expression = "__import__('digest.config.yaml.edits').config.yaml.edits.with_paused(text, 1)"
    block = "feeds:\n  - https://a.example\n  - moon:full # ours\n  - moon:new\n"

    assert told(folder, expression, block, "feeds: [a, moon:full]\n") == [
        (
            "feeds:\n  - https://a.example\n  - kind: moon\n    phase: full # ours\n"
            "    paused: true\n  - moon:new\n"
        ),
        "feeds: [a, {kind: moon, phase: full, paused: true}]\n",
    ]


def test_the_schema_has_the_new_kinds(folder: Path) -> None:
    (schema,) = told(folder, "json_schema()", "")
    for channel, good in (
        ({"token": "x"}, True),
        ({"token_file": "x"}, True),
        ({}, False),
        ({"token": "x", "token_file": "x"}, False),
        ({"token": "x", "coop_file": "x", "rings_file": "x"}, True),
        ({"token": "x", "coop_file": "x", "coop": "https://a.example"}, False),
        ({"token": "x", "songs_file": "x"}, False),
        ({"token": "x", "loft": {"gate_code_file": "x"}}, True),
        ({"token": "x", "loft": {}}, False),
        ({"token": "x", "kind_file": "x"}, False),
    ):
        data = {
            "feeds": ["moon:full", {"kind": "moon", "phase": "new"}, {"url": "https://a.example"}],
            "channels": {"out": {"kind": "pigeon", **channel}},
            "digests": {"weekly": {"schedule": "daily at 07:00", "send_to": "out"}},
        }

        assert Draft202012Validator(schema).is_valid(data) is good, channel
