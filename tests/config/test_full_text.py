"""`full_text` needs an extra, and says so."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING

import pytest

from digest.config import load_settings
from digest.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

CONFIG = """\
feeds:
  - {url: https://example.com/feed.xml, full_text: true}
channels: {out: {kind: file, path: out.md}}
digests: {weekly: {schedule: daily at 07:00, send_to: out}}
"""


def test_without_the_extra_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, found = tmp_path / "config.yaml", importlib.util.find_spec
    path.write_text(CONFIG, "utf-8")
    monkeypatch.setattr(
        "digest.config.extras.find_spec",
        lambda name: None if name == "trafilatura" else found(name),
    )
    with pytest.raises(ConfigError) as refused:
        load_settings(path, {})
    [problem] = refused.value.problems
    assert (problem.line, problem.key) == (2, "feeds[0].full_text")
    assert problem.message == "needs an extra: pip install 'feed-digest[full-text]'"
    path.write_text(CONFIG.replace("true", "false"), "utf-8")
    assert not load_settings(path, {}).feeds[0].full_text
