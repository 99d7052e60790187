"""The HTTP clients that settings ask for: for feeds, pictures and blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest import PROJECT_URL, __version__
from digest.feeds.http.fetch import Fetcher, FetchLimits, utc_now

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from aiohttp import TraceConfig

    from digest.config import Settings

_PICTURE_SECONDS, _PICTURES_AT_A_TIME = 10.0, 10


def open_fetcher(
    settings: Settings,
    tls: ssl.SSLContext | None = None,
    traces: Sequence[TraceConfig] = (),
    clock: Callable[[], datetime] = utc_now,
) -> Fetcher:
    """The HTTP client, as polling is configured; the other parameters are the `Fetcher`'s."""
    polling = settings.polling
    limits = FetchLimits(
        timeout=polling.timeout.total_seconds(),
        max_body=polling.max_body,
        concurrency=polling.concurrency,
        per_host=polling.per_host,
    )
    return Fetcher(limits, user_agent(settings), tls=tls, traces=traces, clock=clock)


def open_picture_client(settings: Settings, max_body: int) -> Fetcher:
    """The HTTP client for pictures of at most so many bytes; no host is asked twice at a time.

    There is no pause between them: the pictures of one edition are mostly on one host.
    """
    polling = settings.polling
    limits = FetchLimits(
        timeout=_PICTURE_SECONDS,
        max_body=max_body,
        concurrency=min(polling.concurrency, _PICTURES_AT_A_TIME),
        per_host=polling.per_host,
        pause=0.0,
    )
    return Fetcher(limits, user_agent(settings))


def open_block_client(settings: Settings, seconds: float) -> Fetcher:
    """The HTTP client for the blocks of one edition, with so many seconds for each request."""
    polling = settings.polling
    limits = FetchLimits(seconds, polling.max_body, polling.concurrency, per_host=0, pause=0.0)
    return Fetcher(limits, user_agent(settings))


def user_agent(settings: Settings) -> str:
    """What requests say that they come from."""
    return settings.polling.user_agent or f"digest/{__version__} (+{PROJECT_URL})"
