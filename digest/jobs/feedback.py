"""Carries out what readers say of stories: more like this, less from this feed, or neither."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from msgspec import Struct

from digest.config.addresses import mail_key
from digest.editions.weekly import configured
from digest.log import event
from digest.model import FEEDBACK_OPEN
from digest.store.feedback import VoteOn

if TYPE_CHECKING:
    from datetime import datetime

    from digest.jobs.context import JobContext
    from digest.jobs.subscriptions import Subscriptions
    from digest.model import Edition, Recipient, Story, Vote
    from digest.store import Store

_log = logging.getLogger(__name__)


class Ballot(Struct, frozen=True):
    """A story of an edition that a reader can vote on, and how it did; None: not at all."""

    reader: Recipient
    edition: Edition
    story: Story
    vote: Vote | None

    @property
    def which(self) -> VoteOn:
        """Which vote it is."""
        digest, key = configured(self.edition.digest), mail_key(self.reader.address)
        return VoteOn(digest, self.reader.channel, key, self.story.entries[0])


class ReaderFeedback:
    """Takes the votes of those who get a digest, while an edition of it is new enough."""

    def __init__(self, context: JobContext, subscriptions: Subscriptions) -> None:
        self._settings = context.settings
        self._store = context.store
        self._clock = context.clock
        self._subscriptions = subscriptions

    async def find(
        self, channel: str, address: str, edition: tuple[str, datetime], entry_id: int
    ) -> Ballot | None:
        """What a link of a reader to a story of an edition is about; None: nothing, or no more.

        The edition is given by its digest and when it was due.
        """
        reader = await self._subscriptions.look(channel, address)

        def read(store: Store) -> Ballot | None:
            found = store.editions.load_due(*edition)
            if found is None or not self._is_open(found, reader):
                return None
            stories = (story for story in found.stories if entry_id in story.entries[:1])
            story = next(stories, None)
            if story is None:
                return None
            ballot = Ballot(reader, found, story, None)
            return Ballot(reader, found, story, store.feedback.find(ballot.which))

        return await self._store.transact(read)

    async def vote(self, ballot: Ballot, vote: Vote | None) -> Ballot:
        """Have a reader have voted like this, whatever it said before; None takes its vote back."""
        now = self._clock()
        await self._store.transact(lambda store: store.feedback.put(ballot.which, vote, now))
        event(_log, logging.INFO, "feedback", digest=ballot.which.digest, vote=vote or "none")
        return Ballot(ballot.reader, ballot.edition, ballot.story, vote)

    def _is_open(self, edition: Edition, reader: Recipient) -> bool:
        digest = self._settings.digests.get(configured(edition.digest))
        return (
            digest is not None
            and digest.feedback
            and reader.channel in digest.send_to
            and self._subscriptions.is_sent(reader)
            and self._clock() - edition.composed_at < FEEDBACK_OPEN
        )
