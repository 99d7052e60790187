"""An operator's folder, the servers it names, and all that ever reached them."""

from __future__ import annotations

import threading
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.feed_xml import item, rss
from tests.servers import HttpServer, MailServer, Reply, running

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator
    from pathlib import Path

    from tests.servers import Mail, Seen

CONFIG = """\
polling: {{every: 1s, allow_private_networks: true, per_host: 0}}
feeds: [{feeds}]
smtp: {{host: 127.0.0.1, port: {port}, security: none, from: "Weekly <digest@sender.example>"}}
channels:
  inbox: {{kind: email, to: [ada@one.example, grace@two.example]}}
  desk: {{kind: email, to: [grey@three.example]}}
  team: {{kind: slack, webhook_url: "{slack}/hook"}}
  vault: {{kind: file, path: "out/{{digest}}-{{date}}.md"}}
digests:
  wide: {{schedule: every day at 09:00, first_edition: 3650d, send_to: [inbox, team]}}
  narrow:
    schedule: every day at 09:00
    first_edition: 3650d
    feeds: ["{first}"]
    send_to: [desk, team, vault]
"""
# How many recipients each digest has in each channel.
SUBSCRIBERS = {"wide": {"inbox": 2, "team": 1}, "narrow": {"desk": 1, "team": 1, "vault": 1}}
_MORE_EACH_TIME = 3
# Of the length that a link may have in a post: seven entries take two posts.
_LONG = "x" * 1_850


@dataclass(frozen=True, slots=True)
class Moment:
    """When a process dies: `after` so many seconds from its start, or from the nth time that
    something reached a server; with None before that was answered."""

    on: str
    nth: int = 1
    after: float | None = 0.0


class World:
    """One folder after the other, with the same servers; `feeds` are named by a letter each.

    Feeds bring more each time they are asked, until they are `frozen`. What goes to the grey
    address is refused for now the first time, where `greylisting` is on.
    """

    def __init__(self, feeds: str = "ab", *, long: bool = True) -> None:
        self.feeds = feeds
        self.folder: Path
        self.frozen = self.greylisting = False
        self.served: Counter[str] = Counter()
        self._long = long
        self._delayed: set[bytes] = set()
        self._counts: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._armed: tuple[Moment, subprocess.Popen[bytes]] | None = None
        self._feed_server, self._slack, self._mail = HttpServer(), HttpServer(), MailServer()
        self._mail.refuse_data = self._refusal
        self._slack.replies["/hook"] = self._take_post
        for feed in feeds:
            self._feed_server.replies[f"/{feed}"] = self._answer

    @contextmanager
    def open(self) -> Iterator[World]:
        """Servers run until the block ends."""
        with running(self._feed_server, self._slack, self._mail):
            yield self

    def begin(self, folder: Path, *, greylisting: bool = False) -> None:
        """Forget everything, and start anew in an empty folder."""
        folder.mkdir(parents=True)
        self.folder, self.frozen, self.greylisting = folder, False, greylisting
        self._mail.mails.clear()
        self._slack.seen.clear()
        for each in (self.served, self._delayed, self._counts):
            each.clear()
        urls = [f'"{self._feed_server.url}/{feed}"' for feed in self.feeds]
        text = CONFIG.format(
            feeds=", ".join(urls),
            first=urls[0].strip('"'),
            port=self._mail.port,
            slack=self._slack.url,
        )
        self.config.write_text(text, "utf-8")

    @property
    def config(self) -> Path:
        return self.folder / "config.yaml"

    @property
    def database(self) -> Path:
        return self.folder / "data" / "digest.db"

    @property
    def mails(self) -> list[Mail]:
        """Every message that arrived whole and was not refused, whether or not its sender lived."""
        return self._mail.mails

    @property
    def posts(self) -> list[Any]:
        """Every post that arrived whole."""
        return [seen.json for seen in self._slack.seen if _is_whole(seen)]

    @property
    def files(self) -> list[str]:
        """What is in every file that a reader would see."""
        found = sorted((self.folder / "out").glob("[!.]*"))
        return [path.read_text("utf-8") for path in found]

    @property
    def left_half_way(self) -> list[str]:
        """Files that no reader would see."""
        return [path.name for path in (self.folder / "out").glob(".*")]

    def entries(self, digest: str) -> set[str]:
        """The marks of all that was ever served to a digest; each is in its entry's title."""
        feeds = self.feeds if digest == "wide" else self.feeds[0]
        return {_mark(feed, n) for feed in feeds for n in range(1, self.served[feed] + 1)}

    def arm(self, moment: Moment, process: subprocess.Popen[bytes]) -> None:
        """Kill the process when the moment comes."""
        with self._lock:
            self._counts.clear()
            self._armed = (moment, process)
        self._note("start")

    def _note(self, what: str) -> None:
        with self._lock:
            self._counts[what] += 1
            if not self._armed:
                return
            moment, process = self._armed
            if (what, self._counts[what]) != (moment.on, moment.nth):
                return
            self._armed = None
        if moment.after is None:
            _kill(process)
        else:
            threading.Timer(moment.after, _kill, [process]).start()

    def _answer(self, request: Seen) -> Reply:
        feed = request.path[1:]
        if not self.frozen:
            self.served[feed] += _MORE_EACH_TIME
        self._note("feed")
        number = self.served[feed]
        etag = f'"{number}"'
        if request.headers.get("If-None-Match") == etag:
            return Reply(status=304)
        items = [self._item(feed, n) for n in range(number, 0, -1)]
        return Reply(rss(*items, title=f"Feed {feed}"), headers={"ETag": etag})

    def _item(self, feed: str, number: int) -> str:
        link = f"https://site.example/{feed}/{number}?{_LONG if self._long else ''}"
        return item(number, title=f"Story {_mark(feed, number)}", link=link)

    def _refusal(self, mail: Mail) -> str | None:
        self._note("mail")
        if not self.greylisting or not mail.recipient.startswith("grey"):
            return None
        delayed = mail.raw in self._delayed
        self._delayed.add(mail.raw)
        return None if delayed else "451 come back later"

    def _take_post(self, request: Seen) -> Reply:
        if not _is_whole(request):
            return Reply(status=400)
        self._note("post")
        return Reply("ok")


def _mark(feed: str, number: int) -> str:
    return f"{feed}{number:03}"


def _is_whole(request: Seen) -> bool:
    return len(request.body) == int(request.headers["Content-Length"])


def _kill(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
