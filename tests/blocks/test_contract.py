"""What every kind of block keeps to, whichever there are: they are found, not listed."""

from __future__ import annotations

import json
import os
import pickle
import pkgutil
import re
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from msgspec import to_builtins
from msgspec.structs import replace

import digest.blocks
from digest.blocks import block_of
from digest.config.blocks import BLOCK_KINDS
from digest.config.secrets import secrets_in
from digest.feeds.http.messages import Request
from tests.blocks.examples import FOLDER, OCCASION, body_of, found_by, settings_of_kind
from tests.feeds.sources.test_contract import hostile, made_of

if TYPE_CHECKING:
    from digest.model import EditionBlock

UPDATE = bool(os.environ.get("UPDATE_GOLDEN"))
KINDS = sorted(BLOCK_KINDS)
ROOT = Path(digest.__file__).parent
MOST_LINES, LONGEST = 41, 200
of_every_kind = pytest.mark.parametrize("kind", KINDS)


def lines_of(block: EditionBlock) -> list[str]:
    lines = [line for day in block.days for line in day.lines]
    return [text for line in lines for text in (line.text, line.about, line.at, line.symbol)]


def test_a_kind_is_its_settings_and_its_block() -> None:
    blocks = {module.name for module in pkgutil.iter_modules(digest.blocks.__path__)}

    assert blocks == set(KINDS)


def test_no_other_file_names_a_kind() -> None:
    named = re.compile(rf"\bblocks\.(?:{'|'.join(KINDS)})\b")
    for path in ROOT.rglob("*.py"):
        if path.parent.name != "blocks":
            assert not named.search(path.read_text("utf-8")), path


@of_every_kind
def test_answers_are_shown_as_before(kind: str) -> None:
    block, settings = block_of(kind), settings_of_kind(kind)[0]
    body, found = body_of(kind), found_by(kind)
    assert body, f"add tests/blocks/{kind}/answer.json (or .ics...), what its service answers"
    facts = block.read(body, block.options(settings, OCCASION))
    shown = block.show(facts, found, settings, OCCASION)
    made = {
        "finding": block.finding(facts, found, settings, OCCASION),
        "shown": to_builtins(shown),
    }
    text = json.dumps(made, ensure_ascii=False, indent=1) + "\n"
    golden = FOLDER / kind / "expected.json"

    if UPDATE:
        golden.write_text(text, "utf-8")
    assert text == golden.read_text("utf-8")
    assert shown
    assert shown.days


@of_every_kind
def test_facts_can_be_kept_and_shown_later(kind: str) -> None:
    block, settings, found = block_of(kind), settings_of_kind(kind)[0], found_by(kind)
    options = block.options(settings, OCCASION)
    facts = block.read(body_of(kind) or b"", pickle.loads(pickle.dumps(options)))
    kept = json.loads(json.dumps(facts))

    for hours in (0, 6, 12, 20, 200):
        occasion = replace(OCCASION, now=OCCASION.now + timedelta(hours=hours))
        shown = made_of(partial(block.show, facts, found, settings, occasion))
        assert made_of(partial(block.show, kept, found, settings, occasion)) == shown


@of_every_kind
def test_hostile_answers_are_one_clear_line_or_within_the_limits(kind: str) -> None:
    block, settings, found = block_of(kind), settings_of_kind(kind)[0], found_by(kind)
    options = block.options(settings, OCCASION)
    for body in hostile(body_of(kind) or b""):
        facts = made_of(lambda body=body: block.read(body, options))  # type: ignore[misc]
        if isinstance(facts, str):
            assert facts.isprintable()
            assert len(facts) < 400
            continue
        shown = block.show(json.loads(json.dumps(facts)), found, settings, OCCASION)
        texts = lines_of(shown) if shown else []
        assert len(texts) <= 4 * MOST_LINES
        assert all(len(text) <= LONGEST for text in texts)
        assert "".join(texts).replace("\u00a0", "").isprintable()
    for body in hostile(body_of(kind, "lookup") or b""):
        if body_of(kind, "lookup"):
            json.dumps(made_of(lambda body=body: block.read_lookup(body, options)))  # type: ignore[misc]


@of_every_kind
def test_no_secret_is_in_what_is_kept_or_told(kind: str) -> None:
    block, examples, found = block_of(kind), settings_of_kind(kind), found_by(kind)
    assert any(secrets_in(examples)), "one of the examples has its secrets"
    facts = block.read(body_of(kind) or b"", block.options(examples[0], OCCASION))
    for settings in examples:
        told = (
            settings,
            settings.model_dump_json(),
            settings.subject,
            block.options(settings, OCCASION),
            block.finding(facts, found, settings, OCCASION),
            block.show(facts, found, settings, OCCASION),
        )
        assert not any(secret in repr(told) for secret in secrets_in(settings))
        asked = (block.lookup(settings, OCCASION), block.request(settings, OCCASION, found))
        addresses = [request.url for request in asked if isinstance(request, Request)]
        assert all(urlsplit(url).username is None for url in addresses)
