"""The settings of polling."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from pydantic import Field

from digest.config.base import Model
from digest.config.fields import Interval, Size, Title


class PollingSettings(Model):
    """How feeds are polled."""

    every: Interval = Field(
        timedelta(hours=1), description="No feed is polled more often than this."
    )
    concurrency: int = Field(50, ge=1, le=1000, description="Open requests at a time, in all.")
    per_host: int = Field(
        1,
        ge=0,
        description="Open requests per host, with a pause between; 0: no limit and no pause.",
    )
    timeout: Interval = Field(
        timedelta(seconds=30), description="For a whole poll of a feed, redirects included."
    )
    max_body: Size = Field(
        10_000_000, description="The largest body, before and after decompression."
    )
    daily_entries: int = Field(
        2_000, ge=1, description="The most new entries of a feed in a day (UTC)."
    )
    daily_size: Size = Field(
        20_000_000,
        description="The most text that is kept of a feed in a day (UTC).",
    )
    keep_content: Interval = Field(
        timedelta(days=30),
        description="How long the text of an entry is kept after its last edition.",
    )
    allow_private_networks: bool = Field(
        default=False,
        description="Whether feeds may be on loopback or private addresses, each on its own host.",
    )
    user_agent: Title | None = Field(
        None, description="Default: the product, its version and a contact URL."
    )

    synonyms: ClassVar[dict[str, str]] = {
        "every": "interval poll_interval polling_interval refresh refresh_interval refresh_rate"
        " update_interval update_every check_interval check_every fetch_interval fetch_every"
        " frequency period ttl cron schedule minutes",
        "concurrency": "concurrent max_concurrent max_concurrency parallel parallelism workers"
        " threads connections max_connections",
        "per_host": "per_domain max_per_host host_limit concurrency_per_host",
        "timeout": "request_timeout http_timeout fetch_timeout timeout_seconds",
        "max_body": "max_size max_bytes size_limit max_feed_size max_response_size max_download",
        "keep_content": "retention retention_days keep retain keep_days keep_for max_age expire"
        " expire_after cleanup cleanup_after purge_after",
        "allow_private_networks": "allow_private allow_local allow_localhost allow_private_ips"
        " private local",
        "user_agent": "agent ua",
    }
