"""Metrics in the text format of Prometheus: numbers, and no name of a feed or recipient."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from prometheus_client import CONTENT_TYPE_LATEST as CONTENT_TYPE
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from digest import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from prometheus_client.metrics_core import Metric

    from digest.app.ticker import DaemonHealth
    from digest.store import Health, Sizes, Waiting

__all__ = ["CONTENT_TYPE", "exposition"]

_HEALTH = ("ok", "failing", "gone", "paused", "not polled yet")
_OUTCOMES = ("updated", "unchanged", "not_modified", "held", "failed")


class _Snapshot(Collector):
    """What was found, once."""

    def __init__(self, metrics: list[Metric]) -> None:
        self._metrics = metrics

    def collect(self) -> Iterator[Metric]:
        return iter(self._metrics)


def exposition(
    report: Mapping[str, Any],
    found: tuple[Health, Waiting, Sizes],
    pulse: DaemonHealth,
    refused: Mapping[str, int],
    loop_lag: float,
    now: datetime,
) -> bytes:
    """All metrics; `report` is what `status` shows, `refused` by kind, `loop_lag` in seconds.

    `found` is what the store says.
    """
    stored, waiting, sizes = found
    health = Counter(feed["health"] for feed in report["feeds"])
    feed_late = _age(waiting.feed, now)
    metrics = [
        _by("digest_feeds", "Feeds by health.", "health", {one: health[one] for one in _HEALTH}),
        _polls(pulse),
        _by("digest_deliveries", "Deliveries by state.", "state", report["deliveries"]),
        _one(
            "digest_delivery_waiting_seconds",
            "Age of the oldest delivery that is still to be made.",
            _age(waiting.delivery, now),
        ),
        _one(
            "digest_feed_late_seconds", "How long the feed due the longest has been so.", feed_late
        ),
        _one("digest_incidents_open", "Incidents that are open.", len(stored.incidents)),
        _one(
            "digest_attention",
            "Things that `status` says need attention.",
            len(report["attention"]),
        ),
        _one("digest_database_bytes", "Size of the database.", sizes.size),
        _one("digest_database_free_bytes", "Of it, used again before it grows.", sizes.free),
        _one("digest_loop_lag_seconds", "How late the event loop is, tried for this.", loop_lag),
        _one("digest_beat_age_seconds", "Since the minute last came round.", pulse.since_beat),
        _one("digest_round_age_seconds", "Since a round of polling last ended.", pulse.since_round),
    ]
    if pulse.round_seconds is not None:
        said = "How long the last round of polling took."
        metrics.append(_one("digest_round_seconds", said, pulse.round_seconds))
    metrics.append(_refused(refused))
    if pulse.draft_seconds is not None:
        said = "How long the last draft of an edition took."
        metrics.append(_one("digest_draft_seconds", said, pulse.draft_seconds))
    metrics.append(_by("digest_build", "The version.", "version", {__version__: 1}))
    registry = CollectorRegistry()
    registry.register(_Snapshot(metrics))
    return generate_latest(registry)


def _age(since: datetime | None, now: datetime) -> float:
    return max(0.0, (now - since).total_seconds()) if since else 0.0


def _one(name: str, said: str, value: float) -> Metric:
    return GaugeMetricFamily(name, said, value)


def _by(name: str, said: str, label: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(name, said, labels=[label])
    for key, value in values.items():
        family.add_metric([key], value)
    return family


def _polls(pulse: DaemonHealth) -> Metric:
    family = CounterMetricFamily("digest_polls", "Polls by outcome.", labels=["outcome"])
    for outcome in _OUTCOMES:
        family.add_metric([outcome], pulse.polls[outcome])
    return family


def _refused(refused: Mapping[str, int]) -> Metric:
    said = "What the web server refused, by status or kind."
    family = CounterMetricFamily("digest_refusals", said, labels=["kind"])
    for kind, count in sorted(refused.items()):
        family.add_metric([kind], count)
    return family
