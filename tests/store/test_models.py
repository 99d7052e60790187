"""What models were asked and answered, and what that came to."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from digest.store.model_answers import AskedModel, KeptAnswer
from tests.databases import store_at
from tests.feed_xml import NOW

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from digest.store import Store

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
ANSWER = KeptAnswer("key", "summary", "small at h", 1, "Text.", "", settled=True, answered_at=NOW)
LACK = replace(ANSWER, text="", reason="no answer", settled=False)
ASKED = AskedModel("small at h", "weekly", "summary", NOW, 900, 160)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(store_at(tmp_path / "digest.db")) as made:
        yield made


def test_an_answer_is_found_by_its_key_and_by_no_other(store: Store) -> None:
    store.models.keep([ANSWER])

    assert store.models.answers(["key", "other"]) == {"key": ANSWER}
    assert store.models.answers([]) == {}


def test_many_are_found_at_once(store: Store) -> None:
    many = [replace(ANSWER, key=f"{n}") for n in range(1_200)]
    store.models.keep(many)

    assert len(store.models.answers([each.key for each in many])) == len(many)


def test_what_is_settled_stays_and_what_lacks_is_replaced(store: Store) -> None:
    store.models.keep([LACK])
    assert not store.models.answers(["key"])["key"].is_accepted
    store.models.keep([replace(LACK, reason="another")])
    assert store.models.answers(["key"])["key"].reason == "another"
    store.models.keep([ANSWER])
    store.models.keep([LACK])

    assert store.models.answers(["key"]) == {"key": ANSWER}


def test_tokens_are_summed_by_model_and_by_digest_since_a_time(store: Store) -> None:
    number = store.models.begin(ASKED)
    store.models.begin(replace(ASKED, model="other at h", digest="daily", asked_at=NOW + MINUTE))
    assert store.models.spent("small at h", NOW) == 1_060

    store.models.end(number, 700, 60, 1.5, "answered")

    assert store.models.spent("small at h", NOW) == store.models.spent_on("weekly", NOW) == 760
    assert store.models.spent("small at h", NOW + MINUTE) == 0
    assert store.models.spent_on("daily", NOW) == 1_060
    (asked,) = store.models.asked_since("weekly", NOW)
    assert (asked.tokens_in, asked.seconds, asked.outcome) == (700, 1.5, "answered")


def test_a_day_of_use_ends_with_the_last_request(store: Store) -> None:
    assert store.health.read().models == ()
    for n in range(3):
        number = store.models.begin(replace(ASKED, asked_at=NOW + n * DAY / 2 + n * MINUTE))
        store.models.end(number, 100, 10, 0.5, "answered" if n else "answered 503")

    (usage,) = store.health.read().models

    assert (usage.requests, usage.failed) == (2, 0)
    assert (usage.tokens_in, usage.tokens_out) == (200, 20)


def test_a_form_is_remembered_for_each_model(store: Store) -> None:
    assert store.models.form("small at h") is None
    store.models.keep_form("small at h", "json_object")
    store.models.keep_form("other at h", "text")
    store.models.keep_form("small at h", "text")

    assert store.models.form("small at h") == store.models.form("other at h") == "text"


def test_what_is_old_goes(store: Store) -> None:
    store.models.keep([ANSWER, replace(ANSWER, key="new", answered_at=NOW + DAY)])
    store.models.begin(ASKED)

    store.models.drop_before(NOW + MINUTE)

    assert set(store.models.answers(["key", "new"])) == {"new"}
    assert store.models.spent("small at h", NOW - DAY) == 0
