"""Keys to sign with."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from digest.store import Store

if TYPE_CHECKING:
    from pathlib import Path


def test_a_key_is_made_once_for_each_purpose(tmp_path: Path) -> None:
    with closing(Store(tmp_path / "one.db")) as store:
        links = store.keys.key("links")
        assert len(links) == 32
        assert store.keys.key("sessions") != links
    with closing(Store(tmp_path / "one.db")) as store:
        assert store.keys.key("links") == links
    with closing(Store(tmp_path / "another.db")) as store:
        assert store.keys.key("links") != links
