"""The checker of limits itself: it notices what Slack, and slack-sdk, would not say."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from digest.rendering.slack.messages import build_messages
from tests.rendering.slack_limits import assert_acceptable
from tests.rendering.slack_samples import PICTURE, rich


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text, "emoji": False}


def section(text: str, **more: Any) -> dict[str, Any]:
    return {"type": "section", "text": plain(text), **more}


def rich_text(text: str, **more: Any) -> dict[str, Any]:
    line = {"type": "rich_text_section", "elements": [{"type": "text", "text": text, **more}]}
    return {"type": "rich_text", "elements": [line]}


IMAGE = {"type": "image", "image_url": PICTURE.url, "alt_text": "A ferry"}
NESTED = {"type": "rich_text_list", "style": "bullet", "indent": 2, "elements": []}


@pytest.mark.parametrize(
    "blocks",
    [
        [section("x")] * 51,
        [section("x" * 2_900)] * 4 + [section("y" * 400)],
        [{"type": "header", "text": plain("x" * 151)}],
        [{"type": "header", "text": plain("😀" * 76)}],
        [section("x" * 3_001)],
        [section("")],
        [section(" ")],
        [section("x", fields=[plain("x")])],
        [section("x", accessory=IMAGE)],
        [section("x", accessory=IMAGE | {"image_url": "x" * 3_001}, expand=True)],
        [section("x") | {"text": {"type": "mrkdwn", "text": "x"}}],
        [{"type": "context", "elements": [plain("x")] * 11}],
        [{"type": "context", "elements": []}],
        [IMAGE],
        [rich_text("")],
        [rich_text("x", type="link", url="x" * 3_001)],
        [rich_text("x", type="broadcast")],
        [{"type": "rich_text", "elements": [NESTED]}],
        [],
    ],
    ids=lambda blocks: str(blocks)[:60],
)
def test_what_slack_refuses_is_noticed(blocks: list[dict[str, Any]]) -> None:
    message = build_messages(rich())[0] | {"blocks": blocks}

    with pytest.raises((AssertionError, KeyError)):
        assert_acceptable(message)


@pytest.mark.parametrize(
    "change", [{"text": " "}, {"unfurl_links": True}, {"unfurl_media": True}, {"mrkdwn": True}]
)
def test_a_message_without_a_text_or_with_previews_is_noticed(change: dict[str, Any]) -> None:
    message = deepcopy(build_messages(rich())[0])
    assert_acceptable(message)

    with pytest.raises(AssertionError):
        assert_acceptable(message | change)
