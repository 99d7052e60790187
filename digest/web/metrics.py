"""Metrics in the text format of Prometheus: numbers, and no name of a feed or recipient."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from prometheus_client import CONTENT_TYPE_LATEST as CONTENT_TYPE
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from digest import __version__
from digest.model import as_dict

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from prometheus_client.metrics_core import Metric

    from digest.app.results import Status
    from digest.app.ticker import DaemonHealth
    from digest.store.archive import Waiting
    from digest.store.health import Health
    from digest.store.retention import Sizes

__all__ = ["CONTENT_TYPE", "exposition"]

_HEALTH = ("ok", "failing", "gone", "paused", "not polled yet")
_OUTCOMES = ("updated", "unchanged", "not_modified", "held", "failed", "postponed")


class _Snapshot(Collector):
    """What was found, once."""

    def __init__(self, metrics: list[Metric]) -> None:
        self._metrics = metrics

    def collect(self) -> Iterator[Metric]:
        return iter(self._metrics)


def exposition(
    report: Status,
    found: tuple[Health, Waiting, Sizes],
    daemon: DaemonHealth,
    refused: Mapping[str, int],
    loop_lag: float,
    now: datetime,
) -> bytes:
    """All metrics; `refused` is by kind, `loop_lag` in seconds.

    `found` is what the store says.
    """
    registry = CollectorRegistry()
    registry.register(
        _Snapshot(
            [
                _feeds(report),
                _polls(daemon),
                *_content(report, found, now),
                *_process(daemon, refused, loop_lag),
                *_models(report),
                _gauges("digest_build", "The version.", "version", {__version__: 1}),
            ]
        )
    )
    return generate_latest(registry)


def _feeds(report: Status) -> Metric:
    health = Counter[str](feed.health for feed in report.feeds)
    states = {state: health[state] for state in _HEALTH}
    return _gauges("digest_feeds", "Feeds by health.", "health", states)


def _models(report: Status) -> list[Metric]:
    """What models were asked in the last day; nothing where there are none."""
    if not report.models:
        return []
    tokens = {model.model: model.tokens_in + model.tokens_out for model in report.models}
    failed = {model.model: model.failed for model in report.models}
    text = "Tokens of questions and answers in the last day."
    return [
        _gauges("digest_model_tokens", text, "model", tokens),
        _gauges("digest_model_failures", "Requests without an answer.", "model", failed),
    ]


def _content(report: Status, found: tuple[Health, Waiting, Sizes], now: datetime) -> list[Metric]:
    """What the store holds: deliveries, what is late or needs attention, and its size."""
    stored, waiting, sizes = found
    return [
        _gauges("digest_deliveries", "Deliveries by state.", "state", as_dict(report.deliveries)),
        _gauge(
            "digest_delivery_waiting_seconds",
            "Age of the oldest delivery that is still to be made.",
            _age(waiting.delivery, now),
        ),
        _gauge(
            "digest_feed_late_seconds",
            "How long the feed due the longest has been so.",
            _age(waiting.feed, now),
        ),
        _gauge("digest_incidents_open", "Incidents that are open.", len(stored.incidents)),
        _gauge(
            "digest_attention",
            "Things that `status` says need attention.",
            len(report.attention),
        ),
        _gauge("digest_database_bytes", "Size of the database.", sizes.size),
        _gauge("digest_database_free_bytes", "Of it, used again before it grows.", sizes.free),
    ]


def _process(daemon: DaemonHealth, refused: Mapping[str, int], loop_lag: float) -> list[Metric]:
    """How the daemon itself does: its loop, its rounds and its web server."""
    metrics = [
        _gauge("digest_loop_lag_seconds", "How late the event loop is, tried for this.", loop_lag),
        _gauge("digest_beat_age_seconds", "Since the minute last came round.", daemon.since_beat),
        _gauge(
            "digest_round_age_seconds", "Since a round of polling last ended.", daemon.since_round
        ),
    ]
    if daemon.round_seconds is not None:
        text = "How long the last round of polling took."
        metrics.append(_gauge("digest_round_seconds", text, daemon.round_seconds))
    metrics.append(_refused(refused))
    if daemon.draft_seconds is not None:
        text = "How long the last draft of an edition took."
        metrics.append(_gauge("digest_draft_seconds", text, daemon.draft_seconds))
    return metrics


def _age(since: datetime | None, now: datetime) -> float:
    return max(0.0, (now - since).total_seconds()) if since else 0.0


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(name, text, value)


def _gauges(name: str, text: str, label: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(name, text, labels=[label])
    for key, value in values.items():
        family.add_metric([key], value)
    return family


def _polls(daemon: DaemonHealth) -> Metric:
    family = CounterMetricFamily("digest_polls", "Polls by outcome.", labels=["outcome"])
    for outcome in _OUTCOMES:
        family.add_metric([outcome], daemon.polls[outcome])
    return family


def _refused(refused: Mapping[str, int]) -> Metric:
    text = "What the web server refused, by status or kind."
    family = CounterMetricFamily("digest_refusals", text, labels=["kind"])
    for kind, count in sorted(refused.items()):
        family.add_metric([kind], count)
    return family
