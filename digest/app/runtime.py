"""The jobs over one open store, and what commands do with them."""

from __future__ import annotations

import asyncio
import shlex
from collections import defaultdict
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import asdict

from digest.app.results import (
    Decided,
    HeldDecision,
    HeldFeed,
    KeysRotated,
    Poll,
    PublishedEdition,
    Run,
    Send,
    Sent,
)
from digest.app.waiting_hosts import hosts_of_polls
from digest.config.sources import canonical_name
from digest.config.spelling import known_name, nearest, spelled
from digest.errors import StoreError, UsageError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence

    from digest.config import Settings
    from digest.jobs.alerts import AlertJob
    from digest.jobs.blocks import BlockAdder
    from digest.jobs.context import JobContext
    from digest.jobs.deliver import DeliverJob
    from digest.jobs.delivery_actions import DeliveryActions
    from digest.jobs.disk_guard import DiskGuard
    from digest.jobs.drafts import Drafter
    from digest.jobs.feedback import ReaderFeedback
    from digest.jobs.full_text import FullTextJob
    from digest.jobs.key_rotation import KeyRotation
    from digest.jobs.pairing import PairingAdmin
    from digest.jobs.pictures import PictureFetcher
    from digest.jobs.poll import PollJob
    from digest.jobs.publish import Published, PublishJob
    from digest.jobs.recipient_admin import RecipientAdmin
    from digest.jobs.renames import Renames
    from digest.jobs.retention import RetentionJob
    from digest.jobs.subscriptions import Subscriptions
    from digest.jobs.summaries import SummaryJob
    from digest.jobs.test_sends import TrialSender
    from digest.model import Outcome, PollResult
    from digest.store import Store, StoreThread
    from digest.store.deliveries import RecordWithHistory
    from digest.store.held import HeldEntries
    from digest.store.keys import Keys


# How long a command that polls and publishes waits for articles; the daemon waits for none.
_ARTICLE_SECONDS = 30.0


class Runtime(Struct, frozen=True):
    """The jobs over one open store, and what commands do with them."""

    context: JobContext
    poll_job: PollJob
    drafter: Drafter
    publish_job: PublishJob
    block_adder: BlockAdder
    picture_fetcher: PictureFetcher
    deliver_job: DeliverJob
    delivery_actions: DeliveryActions
    trial_sender: TrialSender
    alert_job: AlertJob
    subscriptions: Subscriptions
    reader_feedback: ReaderFeedback
    recipient_admin: RecipientAdmin
    renames: Renames
    pairing_admin: PairingAdmin
    key_rotation: KeyRotation
    retention_job: RetentionJob
    disk_guard: DiskGuard
    full_text_job: FullTextJob | None
    summary_job: SummaryJob | None = None

    @property
    def settings(self) -> Settings:
        """What the jobs work by."""
        return self.context.settings

    @property
    def store(self) -> StoreThread[Store]:
        """The store that they work on."""
        return self.context.store

    async def fetch_articles(self, seconds: float | None = None) -> None:
        """Fetch the articles that feeds ask for from their pages, for so long at the most."""
        if self.full_text_job:
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self.full_text_job.fetch_due()

    async def poll(
        self, feeds: Sequence[str], report: Callable[[PollResult], None] = lambda _: None
    ) -> Poll:
        """Poll these feeds (as `feed_urls` takes them) now.

        Raises:
            UsageError: there is no such feed.
        """
        titles = await self._titles(feeds)
        return await poll_now(self.settings, self.poll_job, feeds, report, titles)

    async def send(
        self,
        digest: str,
        to: str | None,
        report: Callable[[PollResult], None] = lambda _: None,
    ) -> Send:
        """Poll what is due, publish and deliver an edition now.

        Raises:
            StoreError: there is no room to record what would be sent.
            UsageError: there is no such digest or channel.
        """
        digest = known_name("digest", digest, self.settings.digests)
        to = to and known_name("channel", to, self.context.channels)
        urls = {feed.address for feed in self.settings.feeds_of(digest)}
        await self.poll_job.poll_due(urls, report)
        await self.fetch_articles(_ARTICLE_SECONDS)
        published = await self.publish_job.publish_now(digest, [to] if to else None)
        if published is None:
            return Send(None, digest, 0, ())
        await self.deliver_job.try_channels()
        await self._deliver()
        deliveries = await self._deliveries_of(published.edition_id)
        return Send(published.edition_id, digest, published.entries, deliveries)

    async def decide_held(self, feeds: Sequence[str], *, release: bool) -> HeldDecision:
        """Release or discard what is held of these feeds (as `feed_urls` takes them).

        Raises:
            UsageError: there is no such feed.
        """
        urls, now = feed_urls(self.settings, feeds, await self._titles(feeds)), self.context.clock()
        entries = await self.store.transact(
            lambda store: store.held.decide(urls, now, release=release)
        )
        return HeldDecision("released" if release else "discarded", entries)

    async def _titles(self, feeds: Sequence[str]) -> dict[str, str]:
        return await self.store.transact(lambda store: store.health.titles()) if feeds else {}

    async def decide(self, command: str, arguments: dict[str, Any]) -> Decided:
        """Carry out `retry`, `drop` or `resend`.

        Raises:
            UsageError: it cannot be done to one of them; nothing is done.
        """
        does = self.delivery_actions
        actions: dict[str, Callable[..., Awaitable[list[RecordWithHistory]]]] = {
            "retry": does.retry,
            "drop": does.drop,
            "resend": does.resend,
        }
        return Decided(tuple(await actions[command](**arguments)))

    async def once(self, report: Callable[[PollResult], None] = lambda _: None) -> Run:
        """Poll, publish and deliver what is due.

        Raises:
            StoreError: something could not be recorded, or there is no room to record a delivery.
        """
        polled = await self.poll_job.poll_due(report=report)
        await self.fetch_articles(_ARTICLE_SECONDS)
        unpublished: dict[str, str] = {}
        published = await self.publish_job.publish_due(unpublished.__setitem__)
        outcomes = await self._deliver()
        if await self.alert_job.alert():
            outcomes |= await self._deliver()
        # What is still to be made is not delivered either, tried or not: its channel may rest.
        over = sum(
            outcome.state != "sent" and not outcome.next_attempt_at for outcome in outcomes.values()
        )
        await self.retention_job.drop_old()
        now = self.context.clock()
        waiting = await self.store.transact(lambda store: store.ledger.waiting(now))
        return Run(
            **asdict(poll_report(polled)),
            editions=tuple([await self._sent(edition) for edition in published]),
            unpublished=unpublished,
            delivered=sum(outcome.state == "sent" for outcome in outcomes.values()),
            undelivered=over + waiting,
        )

    async def _sent(self, edition: Published) -> PublishedEdition:
        deliveries = await self._deliveries_of(edition.edition_id)
        return PublishedEdition(edition.edition_id, edition.digest, edition.entries, deliveries)

    async def _deliver(self) -> dict[int, Outcome]:
        """Deliver what is due; answers the last outcome of each delivery."""
        outcomes: dict[int, Outcome] = {}
        await self.deliver_job.deliver_due(
            lambda delivery, outcome: outcomes.update({delivery.id: outcome})
        )
        if self.disk_guard.lack:
            raise StoreError(self.disk_guard.lack)
        return outcomes

    async def _deliveries_of(self, edition_id: int) -> tuple[Sent, ...]:
        deliveries = await self.store.transact(lambda store: store.ledger.of_edition(edition_id))
        return tuple(
            Sent(delivery.channel, delivery.recipient, delivery.state, delivery.error)
            for delivery in deliveries
        )


async def poll_now(
    settings: Settings,
    poll_job: PollJob,
    feeds: Sequence[str],
    report: Callable[[PollResult], None],
    titles: Mapping[str, str],
) -> Poll:
    """Poll these feeds (as `feed_urls` takes them) now.

    Raises:
        UsageError: there is no such feed, or it is paused.
    """
    urls = feed_urls(settings, feeds, titles)
    paused = {feed.address for feed in settings.feeds if feed.paused}
    for feed, url in zip(feeds, urls, strict=False):
        if url in paused:
            mend = f"`digest feeds resume {shlex.quote(feed)}` has it polled again"
            raise UsageError(f"{feed} is paused; {mend}")
    return poll_report(await poll_job.poll([url for url in urls if url not in paused], report))


def feed_urls(settings: Settings, feeds: Collection[str], titles: Mapping[str, str]) -> list[str]:
    """The addresses of feeds that are asked for by address, by name, or as they are shown.

    A feed without a name is shown under its own title, which `titles` has by address, or its host.
    All of them, where none is asked for.

    Raises:
        UsageError: there is no such feed, or several are shown like that.
    """
    if not feeds:
        return [feed.address for feed in settings.feeds]
    known = {feed.address: feed.address for feed in settings.feeds}
    known |= {feed.name: feed.address for feed in settings.feeds if feed.name}
    shown = defaultdict(list)
    for feed in settings.feeds:
        shown[titles.get(feed.address) or feed.default_name].append(feed.address)
    # As the file may have it: an address with its password or of a page, a short form in another
    # spelling.
    wanted = [feed if feed in known else canonical_name(feed) for feed in feeds]
    return [_feed_url(feed, known, shown) for feed in wanted]


def _feed_url(feed: str, known: Mapping[str, str], shown: Mapping[str, Sequence[str]]) -> str:
    feed = spelled(feed, {**known, **shown})
    if feed in known:
        return known[feed]
    found = shown.get(feed, ())
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(f"{len(found)} feeds are called {feed!r}; give one of {', '.join(found)}")
    hint = nearest(feed, [*known, *shown]) or "; `digest feeds list` shows all there are"
    raise UsageError(f"there is no feed {feed!r}{hint}")


def poll_report(results: Sequence[PollResult]) -> Poll:
    """What to say of these polls."""
    return Poll(
        feeds=tuple(results),
        new=sum(result.new for result in results),
        failed=sum(result.outcome == "failed" for result in results),
        waiting=hosts_of_polls(results),
    )


def held_report(settings: Settings, held: Sequence[HeldEntries]) -> list[HeldFeed]:
    """What is held of the configured feeds."""
    from digest.editions.feed_names import feed_names

    given = {feed.address: feed.name for feed in settings.feeds}
    known = [entries for entries in held if entries.url in given]
    names = feed_names(given, {entries.url: entries.feed_title for entries in known})
    return [HeldFeed(name=names[entries.url], **asdict(entries)) for entries in known]


def rotation_report(keys: Keys) -> KeysRotated:
    """What to say of a rotation: none of the keys."""
    return KeysRotated(("links", "sessions"), len(keys.retired))
