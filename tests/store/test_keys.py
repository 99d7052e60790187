"""Keys to sign with."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from tests.databases import store_at

if TYPE_CHECKING:
    from pathlib import Path


def test_a_key_is_made_once_for_each_purpose(tmp_path: Path) -> None:
    with closing(store_at(tmp_path / "one.db")) as store:
        links = store.keys.key("links")
        assert len(links) == 32
        assert store.keys.key("sessions") != links
    with closing(store_at(tmp_path / "one.db")) as store:
        assert store.keys.key("links") == links
    with closing(store_at(tmp_path / "another.db")) as store:
        assert store.keys.key("links") != links


def test_rotated_keys_are_new_and_those_of_links_retire(tmp_path: Path) -> None:
    with closing(store_at(tmp_path / "one.db")) as store:
        first = store.keys.all()
        second = store.keys.rotate(forget=False)
        third = store.keys.rotate(forget=False)
        assert len({first.links, first.sessions, second.links, second.sessions, third.links}) == 5
        assert third.retired == (first.links, second.links)
        assert (store.keys.key("links"), store.keys.all()) == (third.links, third)
        forgotten = store.keys.rotate(forget=True)
        assert forgotten.retired == ()
        assert forgotten.links != third.links
        # The first after that is no name's that was there before.
        assert store.keys.rotate(forget=False).retired == (forgotten.links,)


def test_keys_are_not_shown(tmp_path: Path) -> None:
    with closing(store_at(tmp_path / "one.db")) as store:
        store.keys.rotate(forget=False)
        assert repr(store.keys.all()) == "Keys()"
