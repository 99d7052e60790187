"""What Mattermost makes of a text: its mentions, tags, emoji and links, by its own patterns."""

from __future__ import annotations

import re
from html import unescape

from markdown_it import MarkdownIt

from digest.rendering.dialects import JOINER

# server/channels/app/webhook.go and slack.go; webapp/channels/src/utils/text_formatting.tsx.
MARKUP = {
    "a mention": re.compile(r"(?i)(?:^|\B)@[a-z0-9.\-_]+"),
    "a tag": re.compile(r"(?:^|\W)#[^\W\d_][\w\-.]*\w"),
    "a channel": re.compile(r"\B~[a-z0-9.\-_]+"),
    "an emoji": re.compile(r":[\w+-]+:"),
    "an address": re.compile(r"(?i)\b(?:https?|ftp)://\S|www\.\w"),
    "a link of Slack": re.compile(r"<[^\n<|>]+\|[^\n>]+>"),
    "an announcement": re.compile(r"<!(?:channel|here|all)>"),
}
_READER = MarkdownIt("commonmark")


def shown(line: str) -> str:
    """What a reader sees of a line; markup is not shown as it is written."""
    return unescape(_READER.renderInline(line)).replace(JOINER, "")
