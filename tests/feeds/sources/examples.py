"""The examples of each kind: `tests/feeds/sources/<kind>/`.

`settings.json` is a list of settings, as `feeds` has them but for `kind`; the first is what bodies
are read by. Where the kind has secrets, one of them has each. Each folder beside it is a case: the
bodies, `first.*` and `further-1.*` and so on, and what is made of them in `expected.json`; a case
with other settings has them as a map in its own `settings.json`. To make what is expected anew, run

    UPDATE_GOLDEN=1 pytest tests/feeds/sources

and read what changed before it is accepted.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import yaml
from msgspec import Struct

from digest.config.sources import SOURCE_KINDS, long_form
from digest.feeds.mailboxes.letters import framed
from digest.feeds.parsing.charset import to_utf_8
from digest.feeds.sources import Document, kinds, source_of
from tests.feed_xml import NOW

if TYPE_CHECKING:
    from digest.config import SourceSettings
    from digest.model import ParsedFeed

FOLDER = Path(__file__).parent
GUIDE = FOLDER.parents[2] / "docs/sources.md"
KINDS = kinds()


def settings_of_kind(kind: str) -> list[SourceSettings]:
    """Every example of the settings of a kind."""
    path = FOLDER / kind / "settings.json"
    assert path.is_file(), (
        f"the kind {kind} has no tests: add tests/feeds/sources/{kind}/settings.json, a list of"
        " examples of its settings, and beside it a folder for each case with the body `first.json`"
    )
    return [_settings(kind, each) for each in json.loads(path.read_text("utf-8"))]


def _settings(kind: str, given: dict[str, Any]) -> SourceSettings:
    return SOURCE_KINDS[kind].model_validate({"kind": kind, **given})


@dataclass(frozen=True)
class Case:
    """Bodies that a service answered, and what is made of them."""

    kind: str
    folder: Path

    @property
    def settings(self) -> SourceSettings:
        own = self.folder / "settings.json"
        if own.is_file():
            return _settings(self.kind, json.loads(own.read_text("utf-8")))
        return settings_of_kind(self.kind)[0]

    @property
    def options(self) -> Any:
        return source_of(self.kind).options(self.settings)

    @property
    def documents(self) -> list[Document]:
        """The bodies, as if they came from where the first request goes."""
        url = source_of(self.kind).request(self.settings, None, NOW).url
        further = sorted(
            self.folder.glob("further-*"), key=lambda path: (len(path.stem), path.stem)
        )
        (first,) = self.folder.glob("first.*")
        return [Document(_body(path), url) for path in (first, *further)]

    @property
    def golden(self) -> Path:
        return self.folder / "expected.json"

    def parse(self, documents: list[Document] | None = None) -> ParsedFeed:
        documents = self.documents if documents is None else documents
        return source_of(self.kind).parse(documents, self.options)

    def __str__(self) -> str:
        return f"{self.kind}/{self.folder.name}"


def documented(kind: str) -> list[Any]:
    """The items of `feeds` of a kind that docs/sources.md shows, each once."""
    blocks = re.findall(r"```yaml\nfeeds:\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)
    items = [item for block in blocks for item in yaml.safe_load(block)]
    found = [item for item in items if long_form(item)["kind"] == kind]
    assert found, f"show an item of the kind {kind} in docs/sources.md"
    return found


def _body(path: Path) -> bytes:
    """The body in a file; of a message by mail, that of a mailbox which has no other."""
    raw = path.read_bytes()
    return framed([raw]) if path.suffix == ".eml" else to_utf_8(raw)


def cases_of(kind: str) -> list[Case]:
    """Every case of a kind."""
    return [Case(kind, path.parent) for path in sorted((FOLDER / kind).glob("*/first.*"))]


def as_json(feed: ParsedFeed) -> str:
    """A feed as `expected.json` has it."""
    return json.dumps(feed, default=_plain, ensure_ascii=False, indent=1) + "\n"


def _plain(value: object) -> object:
    match value:
        case Struct():
            said = msgspec.structs.asdict(value)
            # What few say.
            return {name: part for name, part in said.items() if part or name != "resolved"}
        case datetime():
            return value.isoformat()
        case timedelta():
            return value.total_seconds()
        case frozenset():
            return sorted(value)
    raise TypeError(value)
