"""Which recordings are to be watched."""

from __future__ import annotations

import json

import pytest

from digest.feeds.parsing import fast, tolerant
from digest.feeds.parsing.json_feed import parse_json_feed

URL = "https://a.example/feed"
AUDIO = '<enclosure url="https://a.example/1.mp3" type="audio/mpeg" length="9"/>'
VIDEO = '<enclosure url="https://a.example/1.mp4" type="video/mp4" length="9"/>'
MEDIA = '<media:content url="https://a.example/1" medium="video" duration="720"/>'
PAGE = "https://a.example/1"


@pytest.mark.parametrize(
    ("page", "files", "video"),
    [
        (PAGE, AUDIO, False),
        (PAGE, VIDEO, True),
        (PAGE, MEDIA, True),
        (PAGE, AUDIO + MEDIA, False),
        (PAGE, "", False),
        (PAGE, '<enclosure url="https://a.example/1.mp4" length="9"/>', True),
        ("https://www.youtube.com/watch?v=abc", "", True),
        ("https://youtu.be/abc", "", True),
        ("https://vimeo.com/123", "", True),
        ("https://vimeo.com/blog", "", False),
        ("https://www.youtube.com/watch?v=abc", AUDIO, False),
    ],
)
def test_what_is_to_be_watched(page: str, files: str, video: bool) -> None:
    body = (
        '<?xml version="1.0"?><rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/"'
        ' xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"><channel><title>A</title>'
        f"<link>https://a.example/</link><item><title>One</title><link>{page}</link>"
        f"<itunes:duration>12:00</itunes:duration>{files}</item></channel></rss>"
    ).encode()

    (entry,) = tolerant.parse(body, URL).entries
    assert (entry.video, entry.seconds) == (video, 720)
    parsed = fast.parse(body, URL)
    assert parsed is None or parsed.entries == (entry,)


@pytest.mark.parametrize(("mime", "video"), [("audio/mpeg", False), ("video/mp4", True)])
def test_what_is_to_be_watched_in_a_json_feed(mime: str, video: bool) -> None:
    attachment = {"url": "https://a.example/f", "mime_type": mime, "duration_in_seconds": 720}
    item = {"id": "1", "url": PAGE, "title": "One", "attachments": [attachment]}
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "A", "items": [item]}

    (entry,) = parse_json_feed(json.dumps(feed).encode(), URL).entries
    assert (entry.video, entry.seconds) == (video, 720)
