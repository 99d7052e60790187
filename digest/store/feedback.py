"""What readers say of stories: kept for a while, and bounded for each reader of a digest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy.dialects.sqlite import insert

from digest.model import Feedback, Vote
from digest.store.recipients import SUPPRESSED
from digest.store.tables import entries, feedback, feeds, recipients

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from digest.store.database import Database

# Of a reader in a digest the newest are kept; of all readers of a digest the newest are counted.
MOST_OF_A_READER = 100
MOST_OF_A_DIGEST = 2_000


class VoteOn(Struct, frozen=True):
    """Which vote is meant: whose, in which digest, on the story of which entry."""

    digest: str
    channel: str
    key: str
    entry_id: int


class FeedbackQueries:
    """One method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, which: VoteOn) -> Vote | None:
        """How somebody voted; None: not at all."""
        query = sa.select(feedback.c.vote).where(*_is(which))
        with self._database.transaction() as connection:
            return cast("Vote | None", connection.execute(query).scalar())

    def put(self, which: VoteOn, vote: Vote | None, now: datetime) -> None:
        """Have a vote be like this, or be none; the oldest of a reader that has many go."""
        with self._database.transaction() as connection:
            if vote is None:
                connection.execute(sa.delete(feedback).where(*_is(which)))
                return
            row = insert(feedback).values(
                **{name: getattr(which, name) for name in VoteOn.__struct_fields__},
                vote=vote,
                at=now,
            )
            # To say the same once more changes nothing.
            connection.execute(
                row.on_conflict_do_update(
                    index_elements=[*feedback.primary_key],
                    set_={"vote": vote, "at": now},
                    where=feedback.c.vote != vote,
                )
            )
            of_reader = [
                feedback.c[name] == getattr(which, name) for name in ("digest", "channel", "key")
            ]
            newest = sa.select(feedback.c.entry_id).where(*of_reader).order_by(*_NEWEST_FIRST)
            connection.execute(
                sa.delete(feedback).where(
                    *of_reader, feedback.c.entry_id.not_in(newest.limit(MOST_OF_A_READER))
                )
            )

    def of_digest(
        self, digest: str, channels: Collection[str], since: datetime
    ) -> tuple[Feedback, ...]:
        """How readers of these channels voted in a digest from then on, the newest first.

        Who has left a list is no reader.
        """
        has_left = sa.exists().where(
            recipients.c.channel == feedback.c.channel,
            recipients.c.key == feedback.c.key,
            recipients.c.state.in_(SUPPRESSED),
        )
        query = (
            sa.select(feedback, feeds.c.url, entries.c.title)
            .join(entries, entries.c.id == feedback.c.entry_id)
            .join(feeds, feeds.c.id == entries.c.feed_id)
            .where(
                feedback.c.digest == digest,
                feedback.c.channel.in_(channels),
                feedback.c.at >= since,
                ~has_left,
            )
            .order_by(*_NEWEST_FIRST)
            .limit(MOST_OF_A_DIGEST)
        )
        with self._database.transaction() as connection:
            rows = connection.execute(query).all()
        # One person is one reader, on however many lists.
        numbers: dict[str, int] = {}
        return tuple(
            Feedback(numbers.setdefault(row.key, len(numbers)), row.vote, row.url, row.title)
            for row in rows
        )

    def drop_before(self, before: datetime) -> None:
        """Forget what was said before this."""
        with self._database.transaction() as connection:
            connection.execute(sa.delete(feedback).where(feedback.c.at < before))


_NEWEST_FIRST: tuple[sa.ColumnElement[Any], ...] = (feedback.c.at.desc(), feedback.c.entry_id)


def _is(which: VoteOn) -> list[sa.ColumnElement[bool]]:
    return [feedback.c[name] == getattr(which, name) for name in VoteOn.__struct_fields__]
