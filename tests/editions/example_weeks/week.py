"""A week of an example, as `docs/examples` has it: only the addresses of servers are others."""

from __future__ import annotations

import json
import os
import re
import time
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import yaml

from digest.channels import open_channels
from digest.channels.pace import Pace
from digest.cli.setup.example import read_example
from digest.config import load_settings
from digest.feeds.http.fetch import Fetcher, FetchLimits
from digest.jobs.ask_source import SourceClient
from digest.jobs.fact_refresh import FactRefresh
from digest.jobs.poll import PollJob
from tests import limits
from tests.blocks.stand_ins import OpenMeteo
from tests.channels.discord.webhook import PATH as DISCORD
from tests.channels.telegram.bot_server import PERSON, TOKEN
from tests.channels.webhook.place import PATH as HOOK
from tests.cli.setup.examples import WHAT_ONLY_YOU_KNOW
from tests.editions.example_weeks.world import (
    CALENDAR,
    DAYS,
    MONDAY,
    ZONE,
    Places,
    Planned,
    Web,
    day_begins,
    newsletter,
)
from tests.feeds.sources.stand_in import Rerouted
from tests.jobs.bench import Bench, InPlace, StoppedClock, open_bench, open_deliver_job
from tests.servers import running

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from digest.config import Settings
    from digest.jobs.deliver import DeliverJob
    from digest.jobs.publish import PublishJob

# Sources are asked so long before an edition is due.
_BEFORE = timedelta(minutes=5)


@dataclass
class Week:
    """An example with its servers; `run` lives through the week."""

    settings: Settings
    clock: StoppedClock
    planned: Planned
    places: Places
    web: Web
    weather: OpenMeteo
    folder: Path
    _bench: Bench
    _poll: PollJob
    _publish: PublishJob
    _deliver: DeliverJob
    editions: list[tuple[str, datetime]] = field(default_factory=list)
    failed: set[str] = field(default_factory=set)
    """The sources that could not be read."""
    slowest: float = 0.0
    """The most seconds from when an edition was due to when it was at all of its places."""

    async def run(self, morning: Callable[[int], object] = str) -> None:
        """Seven days; `morning` is told of each before anything is asked for."""
        for day in range(DAYS):
            self._turn_to(day, timedelta(hours=6, minutes=30))
            self.weather.first = self.clock().date()
            morning(day)
            self._deliver_letters()
            for at in self._times():
                self._turn_to(day, at - _BEFORE)
                polled = await self._poll.poll([feed.address for feed in self.settings.feeds])
                self.failed |= {result.name for result in polled if result.outcome == "failed"}
                self._turn_to(day, at)
                await self._at_the_hour()

    def _times(self) -> list[timedelta]:
        """When on a day anything can be due."""
        times = {
            time for digest in self.settings.digests.values() for time in digest.schedule.times
        }
        return [timedelta(hours=time.hour, minutes=time.minute) for time in sorted(times)]

    def _turn_to(self, day: int, at: timedelta) -> None:
        self.clock.now = MONDAY + timedelta(days=day) + at

    async def _at_the_hour(self) -> None:
        began = time.monotonic()
        published = await self._publish.publish_due()
        await self._deliver.deliver_due()
        if published:
            self.slowest = max(self.slowest, time.monotonic() - began)
        self.editions += [(each.digest, self.clock()) for each in published if each.entries]

    async def states(self) -> set[str]:
        """The states of all deliveries."""
        numbers = range(1, len(self.editions) + 1)
        found = await self._bench.store.transact(
            lambda store: [store.ledger.of_edition(number) for number in numbers]
        )
        return {each.state for deliveries in found for each in deliveries}

    def _deliver_letters(self) -> None:
        new = self.folder / "Maildir/new"
        if not new.is_dir():
            return
        for day in self.planned.days("letters"):
            path, at = new / f"{day}.host", day_begins(day).timestamp()
            if not path.exists():
                path.write_bytes(newsletter(self.planned, day))
                os.utime(path, (at, at))


@asynccontextmanager
async def lived(name: str, folder: Path, **planned: Any) -> AsyncIterator[Week]:
    """The week of an example, before it begins."""
    clock = StoppedClock()
    clock.now = MONDAY
    plan = Planned(clock, **planned)
    places, web, weather = Places(folder), Web(plan), OpenMeteo()
    weather.first = MONDAY.date()
    with ExitStack() as servers:
        for server in (places.http, places.mail, web, weather, places.bot):
            servers.enter_context(running(server))  # type: ignore[arg-type]
        settings = _settings(name, folder, places, web, weather)
        quick = FetchLimits(limits.seconds(10), 10**7, concurrency=50, per_host=10, pause=0)
        channels = open_channels(settings)
        for channel in channels.values():
            channel.pace = Pace()
        async with (
            open_bench(settings, folder, clock) as bench,
            Fetcher(quick, "digest/test", clock=clock) as fetcher,
        ):
            here = Rerouted(fetcher, web)
            polling = PollJob(bench.context(), here, InPlace())
            sources = SourceClient(settings.polling, here, InPlace())
            facts = FactRefresh(bench.context(), sources)
            yield Week(
                *(settings, clock, plan, places, web, weather, folder, bench, polling),
                bench.publishing(channels, fact_refresh=facts, workers=InPlace()),
                open_deliver_job(bench.context(channels)),
            )


def _settings(name: str, folder: Path, places: Places, web: Web, weather: OpenMeteo) -> Settings:
    here = {
        "CALENDAR_URL": f"{web.url}{CALENDAR}",
        "SLACK_WEBHOOK_URL": f"{places.http.url}/services/T0/B0/x",
        "DISCORD_WEBHOOK_URL": f"{places.http.url}{DISCORD}",
        "HOOK_URL": f"{places.http.url}{HOOK}",
        "TELEGRAM_BOT_TOKEN": TOKEN,
        "TELEGRAM_CHAT": str(PERSON),
        "TIMEZONE": str(ZONE),
    }
    known = WHAT_ONLY_YOU_KNOW | here
    text = re.sub(r"\$\{(\w+)[^}]*\}", lambda found: known[found[1]], read_example(name).text)
    data = yaml.safe_load(text)
    data["polling"] = {"allow_private_networks": True, "per_host": 0}
    if smtp := data.get("smtp"):
        server = {"host": "127.0.0.1", "port": places.mail.port, "security": "none"}
        data["smtp"] = {"from": smtp["from"], **server}
    for channel in data["channels"].values():
        channel.update({"api_url": places.bot.url} if channel["kind"] == "telegram" else {})
    data["feeds"] = [_here(feed, folder) for feed in data["feeds"]]
    blocks = [block for digest in data["digests"].values() for block in digest.get("blocks", [])]
    for block in blocks:
        if block["kind"] == "weather":
            block.update(url=weather.url, places_url=weather.url)
    path = folder / "config.yaml"
    # JSON has no aliases, which the same map in two digests would be written as.
    path.write_text(json.dumps(data), "utf-8")
    return load_settings(path, {})


def _here(feed: Any, folder: Path) -> Any:
    """A source; in the place of a mailbox on a server a Maildir."""
    if not (isinstance(feed, dict) and feed.get("kind") == "mail"):
        return feed
    for part in ("cur", "new", "tmp"):
        (folder / "Maildir" / part).mkdir(parents=True)
    return {**{key: feed[key] for key in ("kind", "senders", "name")}, "maildir": "Maildir"}
