"""Pictures from a feed to the page that `preview` shows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.feed_xml import item, rss
from tests.pictures import png
from tests.servers import Reply

if TYPE_CHECKING:
    from tests.cli.project import Project


def test_a_preview_has_its_pictures_in_itself(project: Project) -> None:
    url = f"{project.feeds.url}/a.png"
    picture = f'<enclosure url="{url}" type="image/png" length="1"/></item>'
    project.feeds.replies["/feed"] = Reply(rss(item(1).replace("</item>", picture)))
    project.feeds.replies["/a.png"] = Reply(png(640, 480))
    project.configure("/feed", schedule="schedule: daily at 09:00\n    images: embedded")

    assert "Story 1" in project.command("preview", "weekly", "--as", "text").stdout
    assert project.feeds.requests_to("/a.png") == []
    page = project.command("preview", "weekly", "--as", "email").stdout

    assert 'src="data:image/png;base64,' in page
    width, height = map(int, re.findall(r'<img[^>]* width="(\d+)" height="(\d+)"', page)[0])
    assert width / height == pytest.approx(640 / 480, rel=0.02)
