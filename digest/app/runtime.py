"""The jobs over one open store, and what commands do with them."""

from __future__ import annotations

import shlex
from collections import defaultdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from digest.config.addresses import without_credentials
from digest.config.references import nearest
from digest.errors import StoreError, UsageError
from digest.model import PollResult, as_dict
from digest.untrusted_text import ascii_json

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from digest.channels import Channel
    from digest.config import Settings
    from digest.jobs.alerts import AlertJob
    from digest.jobs.deliver import DeliverJob
    from digest.jobs.delivery_actions import DeliveryActions
    from digest.jobs.disk_guard import DiskGuard
    from digest.jobs.drafts import Drafter
    from digest.jobs.key_rotation import KeyRotation
    from digest.jobs.pictures import PictureFetcher
    from digest.jobs.poll import PollJob
    from digest.jobs.publish import PublishJob
    from digest.jobs.recipient_admin import RecipientAdmin
    from digest.jobs.renames import Renames
    from digest.jobs.retention import RetentionJob
    from digest.jobs.subscriptions import Subscriptions
    from digest.jobs.test_sends import TrialSender
    from digest.model import Outcome
    from digest.store import HeldEntries, Keys, Store, StoreThread


class Runtime(Struct, frozen=True):
    """The jobs over one open store, and what commands do with them."""

    settings: Settings
    store: StoreThread[Store]
    channels: dict[str, Channel]
    poll_job: PollJob
    drafter: Drafter
    publish_job: PublishJob
    picture_fetcher: PictureFetcher
    deliver_job: DeliverJob
    delivery_actions: DeliveryActions
    trial_sender: TrialSender
    alert_job: AlertJob
    subscriptions: Subscriptions
    recipient_admin: RecipientAdmin
    renames: Renames
    key_rotation: KeyRotation
    retention_job: RetentionJob
    disk_guard: DiskGuard
    clock: Callable[[], datetime]

    async def poll(
        self, feeds: Sequence[str], report: Callable[[PollResult], None] = lambda _: None
    ) -> dict[str, Any]:
        """Poll these feeds (as `feed_urls` takes them) now; answers the `poll` contract.

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
    ) -> dict[str, Any]:
        """Poll what is due, publish and deliver an edition now; answers the `send` contract.

        Raises:
            StoreError: there is no room to record what would be sent.
            UsageError: there is no such digest or channel.
        """
        if digest not in self.settings.digests:
            hint = nearest(digest, self.settings.digests)
            raise UsageError(f"there is no digest {digest!r}{hint}")
        if to is not None and to not in self.channels:
            raise UsageError(f"there is no channel {to!r}{nearest(to, self.channels)}")
        urls = {feed.key for feed in self.settings.feeds_of(digest)}
        await self.poll_job.poll_due(urls, report)
        published = await self.publish_job.publish_now(digest, [to] if to else None)
        if published is None:
            return {"edition": None, "digest": digest, "entries": 0, "deliveries": []}
        await self.deliver_job.try_channels()
        await self._deliver()
        return {
            "edition": published.edition_id,
            "digest": digest,
            "entries": published.entries,
            "deliveries": await self.deliveries_of(published.edition_id),
        }

    async def decide_held(self, feeds: Sequence[str], *, release: bool) -> dict[str, Any]:
        """Release or discard what is held of these feeds (as `feed_urls` takes them).

        Raises:
            UsageError: there is no such feed.
        """
        urls, now = feed_urls(self.settings, feeds, await self._titles(feeds)), self.clock()
        entries = await self.store.run(lambda store: store.held.decide(urls, now, release=release))
        return {"decision": "released" if release else "discarded", "entries": entries}

    async def _titles(self, feeds: Sequence[str]) -> dict[str, str]:
        return await self.store.run(lambda store: store.health.titles()) if feeds else {}

    async def decide(self, command: str, what: dict[str, Any]) -> dict[str, Any]:
        """Carry out `retry`, `drop` or `resend`; answers the deliveries as they are then.

        Raises:
            UsageError: it cannot be done to one of them; nothing is done.
        """
        do = {"retry": self.delivery_actions.retry, "drop": self.delivery_actions.drop}.get(command)
        if do is not None:
            records = await do(what["ids"])
        else:
            records = await self.delivery_actions.resend(what["edition"], what["to"])
        return {"deliveries": [as_dict(record) for record in records]}

    async def once(self, report: Callable[[PollResult], None] = lambda _: None) -> dict[str, Any]:
        """Poll, publish and deliver what is due.

        Raises:
            StoreError: something could not be recorded, or there is no room to record a delivery.
        """
        polled = await self.poll_job.poll_due(report=report)
        unpublished: dict[str, str] = {}
        published = await self.publish_job.publish_due(unpublished.__setitem__)
        outcomes = await self._deliver()
        if await self.alert_job.alert():
            outcomes |= await self._deliver()
        # What is still to be made is not delivered either, tried or not: its channel may rest.
        over = sum(one.state != "sent" and not one.next_attempt_at for one in outcomes.values())
        await self.retention_job.drop_old()
        now = self.clock()
        waiting = await self.store.run(lambda store: store.ledger.waiting(now))
        return {
            **poll_report(polled),
            "editions": [
                as_dict(edition) | {"deliveries": await self.deliveries_of(edition.edition_id)}
                for edition in published
            ],
            "unpublished": unpublished,
            "delivered": sum(outcome.state == "sent" for outcome in outcomes.values()),
            "undelivered": over + waiting,
        }

    async def _deliver(self) -> dict[int, Outcome]:
        """Deliver what is due; answers the last outcome of each delivery."""
        outcomes: dict[int, Outcome] = {}
        await self.deliver_job.deliver_due(
            lambda delivery, outcome: outcomes.update({delivery.id: outcome})
        )
        if self.disk_guard.lack:
            raise StoreError(self.disk_guard.lack)
        return outcomes

    async def deliveries_of(self, edition_id: int) -> list[dict[str, Any]]:
        """An edition's deliveries as the `send` contract has them."""
        deliveries = await self.store.run(lambda store: store.ledger.of_edition(edition_id))
        return [
            {
                "channel": delivery.channel,
                "recipient": delivery.recipient,
                "state": delivery.state,
                "error": delivery.error,
            }
            for delivery in deliveries
        ]


async def poll_now(
    settings: Settings,
    polling: PollJob,
    feeds: Sequence[str],
    report: Callable[[PollResult], None],
    titles: Mapping[str, str],
) -> dict[str, Any]:
    """Poll these feeds (as `feed_urls` takes them) now; answers the `poll` contract.

    Raises:
        UsageError: there is no such feed, or it is paused.
    """
    urls = feed_urls(settings, feeds, titles)
    paused = {one.key for one in settings.feeds if one.paused}
    for feed, url in zip(feeds, urls, strict=False):
        if url in paused:
            mend = f"`digest feeds resume {shlex.quote(feed)}` has it polled again"
            raise UsageError(f"{feed} is paused; {mend}")
    return poll_report(await polling.poll([url for url in urls if url not in paused], report))


def feed_urls(settings: Settings, feeds: Collection[str], titles: Mapping[str, str]) -> list[str]:
    """The addresses of feeds that are asked for by address, by name, or as they are shown.

    A feed without a name is shown under its own title, which `titles` has by address, or its host.
    All of them, where none is asked for.

    Raises:
        UsageError: there is no such feed, or several are shown like that.
    """
    if not feeds:
        return [one.key for one in settings.feeds]
    known = {feed.key: feed.key for feed in settings.feeds}
    known |= {feed.name: feed.key for feed in settings.feeds if feed.name}
    shown = defaultdict(list)
    for feed in settings.feeds:
        shown[titles.get(feed.key) or feed.default_name].append(feed.key)
    # An address is asked for as the file has it, with its password.
    wanted = [without_credentials(feed)[0] for feed in feeds]
    return [_feed_url(feed, known, shown) for feed in wanted]


def _feed_url(feed: str, known: Mapping[str, str], shown: Mapping[str, Sequence[str]]) -> str:
    if feed in known:
        return known[feed]
    found = shown.get(feed, ())
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(f"{len(found)} feeds are called {feed!r}; give one of {', '.join(found)}")
    hint = nearest(feed, [*known, *shown]) or "; `digest feeds list` shows all there are"
    raise UsageError(f"there is no feed {feed!r}{hint}")


def poll_report(results: Sequence[PollResult]) -> dict[str, Any]:
    """The `poll` contract."""
    return {
        "feeds": [as_dict(one) for one in results],
        "new": sum(result.new for result in results),
        "failed": sum(result.outcome == "failed" for result in results),
    }


def held_report(settings: Settings, held: Sequence[HeldEntries]) -> list[dict[str, Any]]:
    """What is held of the configured feeds, as `held` shows it."""
    from digest.editions.feed_names import feed_names

    given = {feed.key: feed.name for feed in settings.feeds}
    names = feed_names(given, {one.url: one.feed_title for one in held if one.url in given})
    return [{"name": names[one.url], **as_dict(one)} for one in held if one.url in given]


def as_json(result: Any, indent: int | None = None) -> str:
    """A result for programs; times are ISO 8601."""
    return ascii_json(result, indent=indent, default=_text)


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def rotation_report(keys: Keys) -> dict[str, Any]:
    """What `keys rotate` prints: none of the keys."""
    return {"rotated": ["links", "sessions"], "retired": len(keys.retired)}
