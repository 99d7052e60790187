"""Nothing that was seen is lost to a quota, and nothing comes twice: a feed's life by chance."""

from __future__ import annotations

import hashlib
import random
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from digest.feeds.quota import Quota
from digest.jobs.drafts import Drafter
from digest.jobs.retention import RetentionJob
from tests.feed_xml import item, rss
from tests.jobs.poller import Poller
from tests.servers import Reply
from tests.store.build import name_message

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from digest.workers.pool import WorkerPool
    from tests.servers import HttpServer, Seen

DIGESTS = ("weekly", "other")
TAKEN = "SELECT digest, entry_id FROM edition_entries"
FOR_IT = (
    "SELECT s.digest, e.id FROM entries e JOIN subscriptions s ON s.feed_id = e.feed_id WHERE"
    " e.id > s.baseline OR e.published >= s.since"
)


class Life:
    """A feed with its publisher, its polls, its digests and its operator, all by chance."""

    def __init__(self, poller: Poller, seed: int) -> None:
        self.poller = poller
        self.chance = random.Random(seed)
        self.listed: list[int] = []
        self.texts: dict[int, str] = {}
        self.dates: list[datetime] = []
        self.digests = ["weekly"]
        poller.server.replies["/feed"] = self.answer

    def answer(self, request: Seen) -> Reply:
        """As a server that knows its own validators well."""
        body = rss(*(self.item(number) for number in self.listed))
        tag = f'"{hashlib.sha256(body.encode()).hexdigest()}"'
        if request.headers.get("If-None-Match") == tag:
            return Reply(status=304, headers={"ETag": tag})
        return Reply(body, headers={"ETag": tag})

    def item(self, number: int) -> str:
        return item(number, html=self.texts[number], published=self.dates[number])

    def add(self, most: int = 4) -> None:
        first = len(self.texts)
        for number in range(first, first + self.chance.randint(1, most)):
            self.listed.insert(0, number)
            self.dates.append(self.poller.clock())
            self.write(number)

    def write(self, number: int) -> None:
        words = " ".join(f"word{self.chance.randrange(9999)}" for _ in range(9))
        self.texts[number] = f"<p>{words}</p>" * self.chance.randint(1, 5)

    def flood(self) -> None:
        self.add(25)

    def edit(self) -> None:
        for number in self.chance.sample(self.listed, min(len(self.listed), 3)):
            self.write(number)

    def remove(self) -> None:
        del self.listed[self.chance.randint(2, 30) :]

    async def poll(self, **later: float) -> None:
        await self.poller.poll(**(later or {"hours": self.chance.randint(1, 11)}))

    async def restart(self) -> None:
        await self.poller.restart()

    async def subscribe(self) -> None:
        await self.poller.__aexit__()
        self.digests = list(DIGESTS)
        self.poller.settings = settings_with(self.poller.settings, self.digests)
        await self.poller.__aenter__()

    async def publish(self) -> None:
        digest = self.chance.choice(self.digests)
        await publish(self.poller, digest)

    async def release(self) -> None:
        urls, now = [self.poller.url], self.poller.clock()
        await self.poller.ask(lambda store: store.held.decide(urls, now, release=True))

    async def drop_old(self) -> None:
        poller = self.poller
        await RetentionJob(poller.bench.context()).drop_old()

    async def live(self, steps: int) -> None:
        """Whatever happens: mostly polls, once a second digest."""
        usual = [self.add, self.add, self.flood, self.edit, self.remove]
        rare = [self.restart, self.publish, self.release, self.drop_old]
        for step in range(steps):
            if step == steps // 2:
                await self.subscribe()
            self.chance.choice(usual)()
            await self.poll()
            await self.check_the_day()
            if self.chance.random() < 0.4:
                await self.chance.choice(rare)()

    async def check_the_day(self) -> None:
        row = (await self.poller.query("SELECT quota_entries, quota_size FROM feeds"))[0]
        quota = self.quota
        assert row[0] <= quota.entries
        assert row[1] <= quota.size

    @property
    def quota(self) -> Quota:
        polling = self.poller.settings.polling
        return Quota(polling.daily_entries, polling.daily_size)

    async def come_to_rest(self) -> None:
        """The publisher rests, and days go by until all of the feed is taken."""
        for _ in range(len(self.listed) + 2):
            await self.poll(days=1)
            await self.release()
            if (await self.poller.row())["etag"]:
                break
        for digest in self.digests:
            while await self.poller.bench.pending(digest):
                self.poller.clock.turn(hours=1)
                await publish(self.poller, digest)


def settings_with(settings: Any, digests: list[str]) -> Any:
    one = settings.digests["weekly"]
    return settings.model_copy(update={"digests": dict.fromkeys(digests, one)})


async def publish(poller: Poller, digest: str) -> None:
    at = poller.clock()
    draft = await Drafter(poller.bench.context()).edition(digest, at)
    edition = draft.edition
    await poller.ask(lambda store: store.editions.publish(edition, at, (), name_message, None))


QUOTAS = [(1, "1B"), (1, "1MB"), (3, "500B"), (20, "4KB"), (2000, "1B"), (2000, "20MB")]


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize(("entries", "size"), QUOTAS)
async def test_whatever_happens_each_entry_comes_once(
    feed_server: HttpServer, tmp_path: Path, workers: WorkerPool, entries: int, size: str, seed: int
) -> None:
    polling = {"daily_entries": entries, "daily_size": size}
    async with Poller(feed_server, tmp_path, workers, polling=polling) as poller:
        life = Life(poller, seed)
        life.add(20)
        await life.poll()
        await life.live(24)
        await life.come_to_rest()
        # What the feed still has is stored, as it is, and what is stored is taken once.
        stored = dict(await poller.query("SELECT title, content FROM entries WHERE listed"))
        for number in life.listed:
            assert stored.pop(f"Story {number}") in {"", life.texts[number]}
        assert stored == {}
        taken = Counter(await poller.query(TAKEN))
        assert {*taken.values()} <= {1}
        assert taken.keys() == set(await poller.query(FOR_IT))
        # It is asked no more for what is there already, and nobody needs to look at it.
        assert (await poller.poll(days=1)).status == 304
        incidents = await poller.query("SELECT kind FROM incidents WHERE closed_at IS NULL")
        assert incidents == []
