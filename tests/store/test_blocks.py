"""The last answers that blocks are made of: one each, and none of what nobody asks for."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tests.feed_xml import NOW

if TYPE_CHECKING:
    from digest.store import Store


def test_the_newest_answer_takes_the_place_of_the_last(store: Store) -> None:
    store.blocks.keep({"a": {"n": 1}, "b": {"n": 1}}, NOW, {"a", "b"})
    store.blocks.keep({"a": {"n": 2}}, NOW + timedelta(hours=1), {"a", "b"})

    kept = store.blocks.read(["a", "b", "c"])
    assert {key: answer.facts for key, answer in kept.items()} == {"a": {"n": 2}, "b": {"n": 1}}
    assert kept["a"].answered_at == NOW + timedelta(hours=1)


def test_what_no_setting_asks_for_is_forgotten(store: Store) -> None:
    store.blocks.keep({"a": {}, "b": {}}, NOW, {"a", "b"})
    store.blocks.keep({"c": {}}, NOW, {"b", "c"})

    assert set(store.blocks.read(["a", "b", "c"])) == {"b", "c"}
