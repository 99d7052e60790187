"""Previews of channels that are given different forms of one edition."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from digest.channels.previews import Previews, check_form, shown_beside_text
from digest.config import load_settings
from digest.errors import UsageError
from digest.model import NO_PICTURES
from tests.channels.making import TEMPLATES
from tests.rendering.samples import edition, story

if TYPE_CHECKING:
    from pathlib import Path

    from digest.config import Settings

TITLES = ("The first title", "The second title")
SEND_TO = ["long", {"channel": "short", "max_entries": 1}, "too"]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Three rooms of one kind, of which one is given less."""
    room = {"kind": "slack", "webhook_url": "https://hooks.slack.com/services/T0/B0/s3cr3t"}
    data = {
        "feeds": ["https://site.example/feed.xml"],
        "channels": {
            "file": {"kind": "file", "path": "a.md"},
            **dict.fromkeys(("long", "short", "too"), room),
        },
        "digests": {"weekly": {"schedule": "daily at 09:00", "send_to": SEND_TO}},
    }
    path = tmp_path / "config.yaml"
    path.write_text(json.dumps(data), "utf-8")
    return load_settings(path, {})


@pytest.mark.parametrize(("to", "shown"), [("", 2), ("long", 2), ("short", 1)])
def test_a_channel_is_shown_as_it_is_given_the_edition(
    settings: Settings, to: str, shown: int
) -> None:
    made = edition(*(story(title=title) for title in TITLES))
    previews = Previews(settings, made, TEMPLATES, NO_PICTURES, to)
    kind = settings.channels[to].kind if to else "slack"

    for text in (previews.of_kind(kind).page, previews.page(kind)):
        assert sum(f"{title}</" in text or f"{title}]" in text for title in TITLES) == shown
    assert previews.text("markdown").count("### ") == shown


def test_channels_of_a_kind_that_are_given_the_same_are_shown_once(settings: Settings) -> None:
    labels = [shown.label for shown in shown_beside_text(settings, "weekly")]

    assert labels == ["Email", "Slack (long, too)", "Slack (short)"]
    assert [each.channels for each in shown_beside_text(settings, "weekly", "too")] == [("too",)]


@pytest.mark.parametrize(
    ("form", "to", "why"),
    [("discord", "short", "short is of the kind slack, and not discord"), (None, "x", "to x")],
)
def test_a_channel_has_no_other_form(
    settings: Settings, form: str | None, to: str, why: str
) -> None:
    with pytest.raises(UsageError, match=why):
        check_form(settings, "weekly", form, to)
