"""Carries out what an operator wants done with deliveries: retry, drop, resend."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.editions.weekly import configured
from digest.errors import UsageError
from digest.jobs.message_ids import message_ids
from digest.jobs.pictures import without_embedded
from digest.jobs.render import render_beside

if TYPE_CHECKING:
    from collections.abc import Collection

    from digest.editions.channel_view import ChannelView
    from digest.jobs.context import JobContext
    from digest.jobs.deliver import DeliverJob
    from digest.signing.web_links import EditionLinks
    from digest.store import Store
    from digest.store.deliveries import RecordWithHistory


class DeliveryActions:
    """Carries out decisions; what becomes due by them is delivered at once."""

    def __init__(self, context: JobContext, links: EditionLinks, deliver_job: DeliverJob) -> None:
        self._settings = context.settings
        self._store = context.store
        self._channels = context.channels
        self._templates = context.templates
        self._clock = context.clock
        self._links = links
        self._deliver_job = deliver_job

    async def retry(self, ids: Collection[int]) -> list[RecordWithHistory]:
        """Try deliveries again now: those that failed, wait or are unknown.

        Raises:
            UsageError: one cannot be; nothing is done.
        """
        now = self._clock()
        await self._store.transact(lambda store: store.deliveries.retry(ids, now))
        return await self._deliver(ids)

    async def drop(self, ids: Collection[int]) -> list[RecordWithHistory]:
        """Have nothing more happen to deliveries.

        Raises:
            UsageError: one was sent, or is being sent; nothing is done.
        """
        now = self._clock()
        await self._store.transact(lambda store: store.deliveries.drop(ids, now))
        return await self._store.transact(lambda store: store.deliveries.of_ids(ids))

    async def resend(self, edition: int, to: str | None) -> list[RecordWithHistory]:
        """Send an edition once more: to all, or to one channel or recipient.

        What was sent stays as it is: each repeat is a delivery of its own. It may be a channel that
        the edition was not for.

        Raises:
            UsageError: there is no such edition, channel or recipient.
        """
        await self._store.transact(lambda store: store.deliveries.edition(edition))
        now = self._clock()
        ids = await self._store.transact(lambda store: store.deliveries.resend(edition, to, now))
        if not ids and to is not None:
            await self._add(edition, to)
            ids = await self._store.transact(
                lambda store: store.deliveries.resend(edition, to, now)
            )
        return await self._deliver(ids)

    async def _add(self, edition_id: int, to: str) -> None:
        channel = self._channels.get(to)
        if channel is None:
            raise UsageError(f"edition {edition_id} never went to {to!r}, and no channel is that")
        record = await self._store.transact(lambda store: store.deliveries.edition(edition_id))
        digest, now = record.digest, self._clock()
        templates = self._templates.get(configured(digest))
        if templates is None:
            raise UsageError(f"the digest {digest!r} of edition {edition_id} is gone")
        view = await self._view(edition_id, to)
        url = self._links.url(digest, record.scheduled_for)
        # What was embedded went out with the edition, and is not kept.
        plain = without_embedded(view.edition)
        rendition, trouble = await render_beside(
            templates, lambda templates: channel.render(plain, templates, url=url)
        )
        ids = message_ids(self._settings, digest, record.scheduled_for)

        def add(store: Store) -> None:
            store.editions.add_rendition(
                edition_id, digest, rendition, ids, now, not_given=view.not_given
            )

        await self._store.transact(
            lambda store: store.incidents.note_template(
                configured(digest), trouble, now, lambda: add(store)
            )
        )

    async def _view(self, edition_id: int, channel: str) -> ChannelView:
        """What a channel is given of an edition that was not for it, by its settings of now."""
        # What only an edition needs is loaded for the first.
        from digest.editions.channel_view import edition_for

        edition = await self._store.transact(lambda store: store.editions.load(edition_id))
        counted = await self._store.transact(lambda store: store.editions.counted(edition_id))
        assert edition is not None
        form = self._settings.digests[configured(edition.digest)].forms.get(channel)
        # Which of those that it counts are watched is not kept.
        view = edition_for(edition, form, dict.fromkeys(counted, False))
        if edition.stories and not view.edition.stories:
            reasons = "; ".join(part.reason for part in view.not_given)
            raise UsageError(f"edition {edition_id} has nothing for {channel}: {reasons}")
        return view

    async def _deliver(self, ids: Collection[int]) -> list[RecordWithHistory]:
        await self._deliver_job.try_channels()
        await self._deliver_job.deliver_due()
        return await self._store.transact(lambda store: store.deliveries.of_ids(ids))
