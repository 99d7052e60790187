"""Hostile titles all the way: delivered, and inert where they arrive."""

from __future__ import annotations

import email
import email.policy
import json
from typing import TYPE_CHECKING

from lxml import html as lxml_html

from tests.servers import Reply

if TYPE_CHECKING:
    from tests.cli.project import Project

# As the feed writes them, and as a reader should see them.
TITLES = [
    ("&lt;script&gt;alert(1)&lt;/script&gt;", "<script>alert(1)</script>"),
    ("a&#13;&#10;Bcc: evil@example.com", "a Bcc: evil@example.com"),
    ("=?utf-8?q?x=0D=0ABcc:evil=40example.com?=", "=?utf-8?q?x=0D=0ABcc:evil=40example.com?="),
    ("one&#8232;line&#8233;only", "one line only"),
    ("nothing&#0;between", "nothing\ufffdbetween"),
    ("half a&#xD83D; pair", "half a\ufffd pair"),
    ("&lt;!channel&gt; everyone", "<!channel> everyone"),
    ("*x* _y_ ~z~ `w`", "*x* _y_ ~z~ `w`"),
    ("{{ 7 * 7 }} {% raw %}", "{{ 7 * 7 }} {% raw %}"),
    ("[a](javascript:alert(1))", "[a](javascript:alert(1))"),
]


# The newest, and so the one that the subject names.
LEAD = (
    (
        "x&#13;&#10;Bcc: evil@example.com =?utf-8?q?=0D=0ABcc:evil?= "
        "&#8232;&#0;&#xD800; &lt;!channel&gt;"
    ),
    "x Bcc: evil@example.com =?utf-8?q?=0D=0ABcc:evil?= \ufffd\ufffd <!channel>",
)
HEADERS = {
    *("Auto-Submitted", "Content-Language", "Content-Type", "Date", "From", "List-Id"),
    "List-Unsubscribe",
    *("MIME-Version", "Message-ID", "Subject", "To"),
}


def feed() -> str:
    items = (
        f"<item><guid>{number}</guid><link>https://site.example/{number}</link>"
        f"<title>{written}</title><description>Words.</description>"
        f"<pubDate>Mon, 16 Nov 2026 09:00:{59 - number} +0000</pubDate></item>"
        for number, (written, _) in enumerate([LEAD, *TITLES])
    )
    return f'<rss version="2.0"><channel><title>Odd</title>{"".join(items)}</channel></rss>'


def test_they_arrive_and_do_nothing(project: Project) -> None:
    project.feeds.replies["/feed"] = Reply(feed())
    project.configure("/feed")
    assert project.json("run", "--once")["delivered"] == 4
    expected = [(seen, f"https://site.example/{n}") for n, (_, seen) in enumerate([LEAD, *TITLES])]

    message = email.message_from_bytes(project.mail.mails[0].raw, policy=email.policy.default)
    assert set(message.keys()) == HEADERS
    assert message["Subject"] == f"Weekly reading: {LEAD[1]}, and {len(TITLES)} more"
    html, text = message.get_body(("html",)), message.get_body(("plain",))
    assert html is not None
    assert text is not None
    page = lxml_html.fromstring(html.get_content())
    assert [(link.text, link.get("href")) for link in page.iter("a")] == expected
    assert list(page.iter("script")) == []
    lines = text.get_content().splitlines()
    assert all(f"* {seen}" in lines for _, seen in TITLES)

    (post,) = project.slack.seen
    (stories,) = (block for block in post.json["blocks"] if block["type"] == "rich_text")
    others = [block for block in post.json["blocks"] if block != stories]
    (listed,) = (part for part in stories["elements"] if part["type"] == "rich_text_list")
    links = [story["elements"][0] for story in listed["elements"]]
    assert [(link["type"], link["text"], link["url"]) for link in links] == [
        ("link", *pair) for pair in expected
    ]
    assert "<!channel>" not in json.dumps([post.json["text"], others])
