"""Makes a draft an edition of the store: with pictures, blocks, renditions and deliveries."""

from __future__ import annotations

import asyncio
import logging
from itertools import chain
from typing import TYPE_CHECKING, TypeVar

from msgspec.structs import replace

from digest.editions.weekly import configured, is_lively, is_weekly
from digest.jobs.message_ids import message_ids
from digest.jobs.plan import list_channels
from digest.jobs.render import render_beside
from digest.log import event
from digest.store.publish import Rest

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from datetime import datetime

    from digest.config import Settings
    from digest.editions.channel_view import ChannelView
    from digest.jobs.blocks import BlockAdder
    from digest.jobs.context import JobContext
    from digest.jobs.draft_material import Draft
    from digest.jobs.pictures import PictureFetcher
    from digest.model import Edition
    from digest.signing.web_links import EditionLinks
    from digest.store import Store

T = TypeVar("T")

_log = logging.getLogger(__name__)


class EditionWriter:
    """Fetches the pictures and blocks of a draft, renders it for each channel and stores it."""

    def __init__(
        self,
        context: JobContext,
        links: EditionLinks,
        picture_fetcher: PictureFetcher,
        block_adder: BlockAdder,
    ) -> None:
        self._settings = context.settings
        self._store = context.store
        self._channels = context.channels
        self._templates = context.templates
        self._clock = context.clock
        self._links = links
        self._picture_fetcher = picture_fetcher
        self._block_adder = block_adder

    async def write(
        self,
        draft: Draft,
        scheduled_for: datetime,
        following: datetime | None,
        channels: Collection[str],
    ) -> int:
        """Store the edition with its deliveries, in one transaction; answers its number."""
        (illustrated, pictures), added = await asyncio.gather(
            self._picture_fetcher.illustrate(draft.edition), self._block_adder.add(draft.edition)
        )
        edition = replace(illustrated, blocks=added.blocks, missing_blocks=added.missing_blocks)
        digest, name = edition.digest, configured(edition.digest)
        url, urn = self._links.url(digest, scheduled_for), self._links.urn(digest, scheduled_for)
        views = self._views(edition, draft.counts, channels)
        renditions, trouble = await render_beside(
            self._templates[name],
            lambda templates: [
                self._channels[channel].render(view.edition, templates, pictures, url)
                for channel, view in views.items()
                if view.edition.stories or self._settings.digests[name].when_empty == "send"
            ],
        )
        ids, now = message_ids(self._settings, digest, scheduled_for), self._clock()
        not_given = tuple(chain.from_iterable(view.not_given for view in views.values()))
        rest = Rest(draft.counted, draft.judged.left_out, draft.leanings, not_given)

        def write(store: Store) -> int:
            def publish() -> int:
                return store.incidents.note_template(
                    name,
                    trouble,
                    now,
                    lambda: store.editions.publish(
                        *(edition, scheduled_for, renditions, ids, following),
                        *(rest, urn),
                    ),
                )

            if is_weekly(digest):
                return end_week(self._settings, store, name, publish)
            return publish()

        return await self._store.transact(write)

    def _views(
        self, edition: Edition, counts: Mapping[int, bool], channels: Collection[str]
    ) -> dict[str, ChannelView]:
        """What each channel is given of the edition; logs those that are given no story."""
        # What only an edition needs is loaded for the first.
        from digest.editions.channel_view import edition_for

        forms = self._settings.digests[configured(edition.digest)].forms
        views = {name: edition_for(edition, forms.get(name), counts) for name in channels}
        for channel, view in views.items():
            if edition.stories and not view.edition.stories:
                reasons = "; ".join(part.reason for part in view.not_given)
                fields = {"digest": edition.digest, "channel": channel, "reason": reasons}
                event(_log, logging.INFO, "no story for a channel", **fields)
        return views


def end_week(settings: Settings, store: Store, digest: str, publish: Callable[[], T]) -> T:
    """End the week of a digest together with what `publish` writes."""
    lively = is_lively(settings.digests[digest].schedule)
    channels = list_channels(settings, digest) if lively else ()
    return store.weeks.end(digest, publish, channels)
