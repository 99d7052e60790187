"""What machines ask: health, readiness, metrics."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from prometheus_client.parser import text_string_to_metric_families

from digest.app.ticker import DaemonHealth
from digest.model import PollResult
from digest.store.model_answers import AskedModel
from tests.databases import file_of
from tests.web.site import PASSWORD, Site, serve

if TYPE_CHECKING:
    from digest.config import Settings
    from digest.store import Store

pytestmark = pytest.mark.asyncio(loop_scope="module")


class Turned:
    """A clock that a test turns."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


async def test_the_loop_stands_still() -> None:
    clock = Turned()
    health = DaemonHealth(clock)
    clock.now += 179
    assert health.stale == ""
    clock.now += 1
    assert health.stale == "the loop stands still"
    health.beat()
    assert health.stale == ""


async def test_no_round_of_polling_ends() -> None:
    clock = Turned()
    health = DaemonHealth(clock)
    for _ in range(15):
        clock.now += 60
        health.beat()
    assert health.stale == "no round of polling ends"
    with health.round():
        clock.now += 7
    assert health.stale == ""
    assert health.round_seconds == 7


async def test_a_round_that_fails_has_not_ended() -> None:
    clock = Turned()
    health = DaemonHealth(clock)
    clock.now += 60
    with pytest.raises(ValueError, match="no"), health.round():
        raise ValueError("no")
    assert (health.since_round, health.round_seconds) == (60, None)


async def test_a_full_disk_is_no_reason_to_start_it_anew() -> None:
    clock = Turned()
    health = DaemonHealth(clock)
    for _ in range(15):
        clock.now += 60
        health.beat()
        health.wait()
    assert health.stale == ""


async def test_polls_are_counted() -> None:
    health = DaemonHealth()
    health.note_poll(PollResult("https://x.example", "x", "failed"))
    assert health.polls == {"failed": 1}


async def test_health_says_nothing_but_whether(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    answer, text = await site.answer("/healthz")
    assert (answer.status, text) == (200, "ok\n")
    monkeypatch.setattr(site.daemon.health, "_clock", lambda: time.monotonic() + 181)
    answer, text = await site.answer("/healthz")
    assert (answer.status, text) == (503, "not ok\n")
    assert not site.daemon.alive


async def test_ready_when_at_work(site: Site) -> None:
    assert (await site.answer("/readyz"))[0].status == 200
    site.daemon._working.clear()
    assert (await site.answer("/readyz"))[0].status == 503
    site.daemon._working.set()


async def test_metrics_are_numbers_and_no_names(site: Site) -> None:
    text = await site.page("/metrics")
    found = {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    assert found["digest_feeds", "ok"] == 1
    assert found["digest_polls_total", "updated"] + found["digest_polls_total", "unchanged"] >= 1
    assert found["digest_deliveries", "sent"] == 0
    assert found["digest_incidents_open",] == 0
    assert found["digest_feed_late_seconds",] == 0
    assert found["digest_database_bytes",] > found["digest_database_free_bytes",] >= 0
    assert 0 <= found["digest_loop_lag_seconds",] < 5
    assert found["digest_round_seconds",] >= 0
    for name in ("A feed", "127.0.0.1", "example", "weekly", PASSWORD):
        assert name not in text


async def test_metrics_count_the_tokens_of_models(site: Site) -> None:
    assert "digest_model" not in await site.page("/metrics")

    def ask(store: Store) -> None:
        now = datetime.now(UTC)
        for outcome in ("answered", "answered 503"):
            asked = AskedModel("small at h:1", "weekly", "summary", now, 900, 0)
            store.models.end(store.models.begin(asked), 700, 60, 0.5, outcome)

    await site.daemon.read(ask)
    text = await site.page("/metrics")
    assert 'digest_model_tokens{model="small at h:1"} 1520.0' in text
    assert 'digest_model_failures{model="small at h:1"} 1.0' in text


async def test_metrics_are_for_this_machine_and_operators(site: Site) -> None:
    site.client.cookie_jar.clear()
    proxied = {"X-Forwarded-For": "203.0.113.9"}
    assert (await site.answer("/metrics"))[0].status == 200
    assert (await site.answer("/metrics", headers=proxied))[0].status == 404
    bearer = proxied | {"Authorization": f"Bearer {PASSWORD}"}
    assert (await site.answer("/metrics", headers=bearer))[0].status == 200
    wrong = proxied | {"Authorization": "Bearer wrong"}
    assert (await site.answer("/metrics", headers=wrong))[0].status == 404
    await site.log_in()
    assert (await site.answer("/metrics", headers=proxied))[0].status == 200


async def test_where_there_is_a_public_address_this_machine_may_be_a_proxy(
    settings: Settings,
) -> None:
    assert settings.web
    folder = file_of(settings).parent / "proxied"
    web = settings.web.model_copy(update={"public_url": "https://digest.example.com"})
    other = settings.model_copy(update={"database": f"sqlite:///{folder}/digest.db", "web": web})
    async with serve(other, folder) as site:
        assert (await site.answer("/metrics"))[0].status == 404
        await site.log_in()
        assert (await site.answer("/metrics"))[0].status == 200
