"""What the examples of `init` read, and where they send: a week of it, on this machine.

Each source brings one entry a day, whose title is made of words that no other has.
"""

from __future__ import annotations

import email.policy
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.utils import format_datetime
from hashlib import sha256
from itertools import count
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

from tests.blocks.stand_ins import calendar, calendar_reply
from tests.channels.discord.webhook import Webhook
from tests.channels.telegram.bot_server import BotServer
from tests.channels.webhook.place import PATH as HOOK
from tests.channels.webhook.receiver import Receiver
from tests.feed_xml import item, rss
from tests.feeds.sources.hackernews.search_api import SearchApi
from tests.servers import HttpServer, MailServer, Reply

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.servers import Seen

ZONE = ZoneInfo("Europe/Berlin")
# Past, since a Maildir leaves alone what is younger than its last second.
MONDAY = datetime(2025, 11, 10, tzinfo=ZONE)
DAYS = 7
_JSON = {"Content-Type": "application/json"}
_API = "/repos/"
LIKED = "/api/articles"
CALENDAR = "/private-4f9e8a7b6c5d4e3f2a1b/basic.ics"
EVENTS = calendar_reply(calendar("DTSTART:20251113T093000Z\nSUMMARY:Stand-up\nRRULE:FREQ=DAILY"))
_SYLLABLES = [a + b for a in "bdfgklmnprstvz" for b in "aeiou"]


def title_of(source: str, day: int, words: str = "") -> str:
    """Words that nothing else has, and then `words`."""
    made = sha256(f"{source} {day}".encode()).digest()
    names = ["".join(_SYLLABLES[n % len(_SYLLABLES)] for n in made[at : at + 5]) for at in (0, 5)]
    return " ".join([names[0].capitalize(), names[1], words]).strip()


def day_begins(day: int) -> datetime:
    """When the entries of a day appear."""
    return MONDAY + timedelta(days=day, hours=6)


@dataclass
class Planned:
    """Every title that a source has had, by when it appeared."""

    clock: Callable[[], datetime]
    words: dict[tuple[str, int], str] = field(default_factory=dict)
    """What the title of a source's day ends with."""
    always: str = ""
    """What all titles end with, but for those of GitHub's API."""
    dead_from: dict[str, int] = field(default_factory=dict)
    """From which day on a source brings nothing more, by its path."""
    asked: set[str] = field(default_factory=set)

    def days(self, source: str) -> list[int]:
        """The days of which there are entries by now."""
        self.asked.add(source)
        end = self.dead_from.get(source, DAYS)
        return [day for day in range(end) if day_begins(day) <= self.clock()]

    def title(self, source: str, day: int) -> str:
        always = "" if source.startswith(_API) else self.always
        return title_of(source, day, f"{always} {self.words.get((source, day), '')}".strip())

    def all_by(self, when: datetime) -> dict[str, datetime]:
        """Every title there has been until then."""
        return {
            self.title(source, day): day_begins(day)
            for source in self.asked
            for day in range(self.dead_from.get(source, DAYS))
            if day_begins(day) <= when
        }


class Web(SearchApi):
    """Every site that the examples name, by path."""

    def __init__(self, planned: Planned) -> None:
        super().__init__(planned.clock)
        self.planned = planned
        self.replies[CALENDAR] = EVENTS

    def reply_at(self, path: str) -> Reply | Callable[[Seen], Reply]:
        source = urlsplit(path).path
        if source.startswith("/api/v1/"):
            self._post()
            return super().reply_at(path)
        if source == LIKED:
            source = f"{LIKED}/{parse_qs(urlsplit(path).query)['tag'][0]}"
        if self._is_dead(source):
            return Reply("gone wrong", 500)
        return self.replies.get(source) or self._list(source)

    def _list(self, source: str) -> Reply:
        if source.startswith(_API):
            return Reply(json.dumps([*self._of_api(source)]), headers=_JSON)
        if source.startswith(LIKED):
            return Reply(json.dumps([*self._articles(source)]), headers=_JSON)
        if source.endswith("/releases.atom"):
            return Reply(self._releases(source))
        return Reply(rss(*self._items(source), title=source))

    def _is_dead(self, source: str) -> bool:
        day = self.planned.dead_from.get(source)
        return day is not None and day_begins(day) <= self.planned.clock()

    def _post(self) -> None:
        """On Hacker News: a story of the front page a day, and one that a search for LLM finds."""
        for source, points, tags, more in (
            ("front", 312, {"story", "front_page"}, ""),
            ("llm", 57, {"story"}, " LLM"),
        ):
            for day in self.planned.days(source):
                number = 1_000 * (source == "llm") + day + 1
                title = f"{self.planned.title(source, day)}{more}"
                if number not in self.items:
                    made = self.post(number, points, title=title, tags=frozenset(tags), comments=5)
                    made.created_at = day_begins(day)

    def _items(self, source: str) -> Iterator[str]:
        for day in self.planned.days(source):
            title = self.planned.title(source, day)
            link = f"https://pages.example{source}/{day}"
            number = int.from_bytes(sha256(f"{source}{day}".encode()).digest()[:4])
            text = f"<p>{title_of(source, -day - 1)} was said of it. And more.</p>"
            yield item(number, title=title, link=link, published=day_begins(day), html=text)

    def _articles(self, source: str) -> Iterator[dict[str, Any]]:
        """As https://developers.forem.com/api/v1 has them."""
        for day in self.planned.days(source):
            yield {
                "id": int.from_bytes(sha256(f"{source}{day}".encode()).digest()[:4]),
                "title": self.planned.title(source, day),
                "description": f"{title_of(source, -day - 1)} was said of it.",
                "url": f"https://dev.to{source}/{day}",
                "published_at": day_begins(day).isoformat(),
                "user": {"name": "Ben"},
            }

    def _releases(self, source: str) -> str:
        entries = "".join(
            f"<entry><id>tag:github.com,2008:Repository/1/v{day}{source}</id>"
            f"<updated>{day_begins(day).isoformat()}</updated>"
            f'<link rel="alternate" href="https://github.com{source[:-5]}/tag/v{day}"/>'
            f"<title>{self.planned.title(source, day)}</title><content>Notes.</content></entry>"
            for day in self.planned.days(source)
        )
        return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>R</title>{entries}</feed>'

    def _of_api(self, source: str) -> Iterator[dict[str, Any]]:
        """Issues or advisories, by what is asked for."""
        for day in self.planned.days(source):
            title, at = (
                self.planned.title(source, day),
                f"{day_begins(day):%Y-%m-%dT%H:%M:%S+01:00}",
            )
            url = f"https://github.com{source}/{day}"
            issue = {"id": day + 1, "number": day + 1, "title": title, "user": {"login": "ben"}}
            advisory = {"ghsa_id": f"GHSA-{day}", "severity": "high", "summary": title}
            times = dict.fromkeys(("created_at", "updated_at", "published_at"), at)
            yield issue | advisory | times | {"html_url": url, "state": "published"}


class Places:
    """Where editions go; what arrived there of stories, each edition by itself."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.bot = BotServer(now=count(0, 3).__next__)
        self.http = HttpServer()
        self.mail = MailServer()
        self.hook = Receiver()
        self.discord = Webhook(self.http)
        self.slack: list[bytes] = []
        self.http.replies["/services/T0/B0/x"] = self._slack
        self.http.replies[HOOK] = self.hook

    def _slack(self, seen: Seen) -> Reply:
        self.slack.append(seen.body)
        return Reply("ok")

    def shown(self) -> dict[str, str]:
        """What readers see of stories at each place where something arrived."""
        blocks = [json.loads(body)["blocks"] for body in self.slack]
        sections = [posted["sections"] for posted in self.hook.taken.values()]
        shown = {
            "a chat": "\n".join(message["text"] for message in self.bot.messages),
            "a channel": json.dumps(blocks) if blocks else "",
            "a community": "\n".join(self.discord.shown),
            "a workflow": json.dumps(sections) if sections else "",
            "notes": "\n".join(notes_in(self.folder)),
        }
        for mail in self.mail.mails:
            shown[mail.recipient] = shown.get(mail.recipient, "") + text_of(mail.raw)
        return {place: text for place, text in shown.items() if text}


def text_of(raw: bytes) -> str:
    """The plain text of an email."""
    message = message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def html_of(raw: bytes) -> str:
    message = message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    body = message.get_body(("html",))
    assert body is not None
    return str(body.get_content())


def newsletter(planned: Planned, day: int) -> bytes:
    """The letter of a day."""
    message = EmailMessage()
    message["From"], message["To"] = "Letters <news@letters.example>", "ada@example.com"
    message["Subject"], message["Message-ID"] = planned.title("letters", day), f"<{day}@a.example>"
    message["Date"] = format_datetime(day_begins(day))
    message.set_content("What it says, which is not much, and is said in one paragraph.\n")
    return bytes(message)


def notes_in(folder: Path) -> list[str]:
    """The notes of a vault, the oldest first."""
    return [path.read_text("utf-8") for path in sorted(folder.rglob("notes/**/*.md"))]
