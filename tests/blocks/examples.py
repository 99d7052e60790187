"""The example of each kind: `tests/blocks/<kind>/`.

`settings.json` is a list of settings, as a digest's `blocks` has them but for `kind`; the first is
what bodies are read by, and where the kind has secrets, one of them has each. Beside it are
`answer.*`, what its service answers, and `lookup.*` where it looks something up. What is made of
them is in `expected.json`. To make that anew, run

    UPDATE_GOLDEN=1 pytest tests/blocks

and read what changed before it is accepted.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from digest.blocks import Occasion, block_of
from digest.config.blocks import BLOCK_KINDS
from tests.feed_xml import NOW

if TYPE_CHECKING:
    from collections.abc import Mapping

    from digest.config.blocks import BlockSettings

FOLDER = Path(__file__).parent
OCCASION = Occasion("en", "Europe/Berlin", NOW)


def settings_of_kind(kind: str) -> list[BlockSettings]:
    """Every example of the settings of a kind."""
    path = FOLDER / kind / "settings.json"
    assert path.is_file(), (
        f"the kind {kind} has no tests: add tests/blocks/{kind}/settings.json, a list of examples"
        " of its settings, and beside it what its service answers as `answer.json`"
    )
    return [
        BLOCK_KINDS[kind].model_validate({"kind": kind, **given}, context={"base": FOLDER})
        for given in json.loads(path.read_text("utf-8"))
    ]


def body_of(kind: str, name: str = "answer") -> bytes | None:
    """What a service answers."""
    return next((path.read_bytes() for path in (FOLDER / kind).glob(f"{name}.*")), None)


def found_by(kind: str) -> Mapping[str, Any]:
    """What the lookup of a kind brings."""
    settings, body = settings_of_kind(kind)[0], body_of(kind, "lookup")
    if body is None:
        return {}
    return block_of(kind).read_lookup(body, block_of(kind).options(settings, OCCASION))
