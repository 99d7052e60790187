"""What a reload says has changed: names, never values."""

from __future__ import annotations

from typing import Any

import pytest

from digest.config import Settings
from digest.config.changes import changes

BASE: dict[str, Any] = {
    "feeds": ["https://one.example/feed", "https://two.example/feed"],
    "channels": {"team": {"kind": "slack", "webhook_url": "https://hooks.example/s3cret"}},
    "digests": {"weekly": {"schedule": "every monday at 09:00", "send_to": ["team"]}},
}


def settings(**more: Any) -> Settings:
    return Settings.model_validate(BASE | more)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({}, []),
        ({"feeds": BASE["feeds"][:1]}, ["feed https://two.example/feed removed"]),
        ({"feeds": [*BASE["feeds"], "https://x.example/"]}, ["feed https://x.example/ added"]),
        ({"feeds": BASE["feeds"][::-1]}, ["order changed"]),
        (
            {"channels": {"team": {"kind": "slack", "webhook_url": "https://hooks.example/0th3r"}}},
            ["channel team changed"],
        ),
        (
            {
                "digests": {
                    "daily": {"schedule": "daily at 09:00", "send_to": ["team"]},
                    "weekly": BASE["digests"]["weekly"] | {"max_entries": 3},
                }
            },
            ["digest daily added", "digest weekly changed"],
        ),
        (
            {"timezone": "Europe/Berlin", "log": {"level": "debug"}},
            ["log changed", "timezone changed"],
        ),
    ],
)
def test_each_change_is_named(more: dict[str, Any], said: list[str]) -> None:
    assert changes(settings(), settings(**more)) == said
