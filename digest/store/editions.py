"""Digests, their pending entries and their editions in the store."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from msgspec import convert

from digest.model import Edition, Entry, NotGiven, Rendition, Sample, ShownEntry, as_dict
from digest.store.entries import pass_over
from digest.store.entry_rows import entry_of, select_entries
from digest.store.not_given import (
    forget_not_given,
    note_not_given,
    read_not_given,
    withheld_since,
)
from digest.store.pending import of_pending, pending_numbers
from digest.store.publish import Rest, plan_deliveries, planned_readers, take_entries
from digest.store.recipients import audience
from digest.store.renames import moved_to
from digest.store.schedules import advance
from digest.store.tables import (
    edition_entries,
    editions,
    entries,
    feeds,
    renditions,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from digest.store.database import Database
    from digest.store.publish import MessageIds


# Entries of a feed that tell what it puts around each, and how much of each is looked at.
_MOST_SAMPLES, _FEW_SAMPLES, _SAMPLE = 8, 3, 1_000


class EditionQueries:
    """One method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def pending(self, digest: str, urls: Collection[str]) -> list[Entry]:
        """The entries of these feeds that are for the digest and in no edition of it."""
        query = of_pending(select_entries(), digest, urls)
        with self._database.transaction() as connection:
            return [entry_of(row) for row in connection.execute(query.order_by(entries.c.id))]

    def pending_numbers(self, digest: str, urls: Collection[str]) -> dict[str, list[int]]:
        """The numbers of what is pending, by the address of their feed, the newest first."""
        found: dict[str, list[int]] = {}
        with self._database.transaction() as connection:
            for row in connection.execute(pending_numbers(digest, urls)):
                found.setdefault(row.url, []).append(row.id)
        return found

    def entries(self, ids: Collection[int]) -> list[Entry]:
        """Entries by number, in its order."""
        query = select_entries().where(entries.c.id.in_(ids)).order_by(entries.c.id)
        with self._database.transaction() as connection:
            return [entry_of(row) for row in connection.execute(query)]

    def contents(self, ids: Collection[int]) -> dict[int, str]:
        """The HTML of entries, by number."""
        query = sa.select(entries.c.id, entries.c.content).where(entries.c.id.in_(ids))
        with self._database.transaction() as connection:
            return {row.id: row.content for row in connection.execute(query)}

    def samples(self, urls: Collection[str]) -> dict[str, list[Sample]]:
        """How the newest entries of feeds begin and end, by address: of those they have now.

        Of a feed that has few, of those that it had last too.
        """
        found: dict[str, list[Sample]] = {url: [] for url in urls}
        with self._database.transaction() as connection:
            for row in connection.execute(_listed_samples(urls)):
                found[row.url].append(Sample(row.beginning, row.end))
            for url, samples in found.items():
                if len(samples) < _FEW_SAMPLES:
                    rows = connection.execute(_LAST_SAMPLES, {"url": url})
                    samples += [Sample(row.beginning, row.end) for row in rows]
        return found

    def period_ends(self, digest: str, most: int) -> list[datetime]:
        """Where the newest editions ended, the latest first; so many at most."""
        ends = sa.select(editions.c.period_to).where(editions.c.digest == digest)
        newest = ends.order_by(editions.c.period_to.desc()).limit(most)
        with self._database.transaction() as connection:
            return list(connection.execute(newest).scalars())

    def shown_since(
        self, digest: str, since: datetime, most: int, channels: Collection[str] = ()
    ) -> list[ShownEntry]:
        """What editions of a digest due from then on showed; the newest, so many at most.

        What one of these channels was not given of it is `withheld`.
        """
        query = (
            sa.select(
                *(entries.c.link, entries.c.title, feeds.c.url, editions.c.period_to),
                *(edition_entries.c.edition_id, edition_entries.c.entry_id),
            )
            .join(edition_entries, edition_entries.c.edition_id == editions.c.id)
            .join(entries, entries.c.id == edition_entries.c.entry_id)
            .join(feeds, feeds.c.id == entries.c.feed_id)
            .where(
                editions.c.digest == digest,
                editions.c.scheduled_for >= since,
                edition_entries.c.shown_as != "counted",
            )
            .order_by(editions.c.scheduled_for.desc(), edition_entries.c.entry_id.desc())
            .limit(most)
        )
        with self._database.transaction() as connection:
            withheld = withheld_since(connection, digest, since, channels) if channels else ()
            return [
                ShownEntry(link, title, url, at, (edition_id, entry_id) in withheld)
                for link, title, url, at, edition_id, entry_id in connection.execute(query)
            ]

    def publish(
        self,
        edition: Edition,
        scheduled_for: datetime,
        sent_as: Sequence[Rendition],
        message_id: MessageIds,
        next_edition_at: datetime | None,
        rest: Rest | None = None,
        urn: str | None = None,
    ) -> int:
        """Edition, what it takes, what is sent and to whom, together; answers its id.

        Whoever wants editions at a time of their own gets those of the schedule then.

        `message_id` is called with channel, recipient and part. `next_edition_at` is None for
        an edition that is not one of the schedule's. `rest` is about the entries of no story.
        `urn` is what feeds call it, where it is in one.
        """
        rest = rest or Rest()
        with self._database.transaction() as connection:
            edition_id = connection.execute(
                sa.insert(editions)
                .values(
                    digest=edition.digest,
                    scheduled_for=scheduled_for,
                    period_from=edition.period_from,
                    period_to=edition.period_to,
                    subject=edition.subject,
                    urn=urn,
                    snapshot=json.dumps(as_dict(edition), default=datetime.isoformat),
                )
                .returning(editions.c.id)
            ).scalar_one()
            take_entries(connection, edition, edition_id, rest)
            note_not_given(connection, edition_id, rest.not_given)
            pass_over(connection, edition.digest, rest.left_out, edition.composed_at)
            # An edition that somebody asks for waits for nothing.
            wanted_at = scheduled_for if next_edition_at else None
            for rendition in sent_as:
                readers = planned_readers(connection, edition, rendition, wanted_at)
                plan_deliveries(
                    connection,
                    edition_id,
                    edition.digest,
                    rendition,
                    readers,
                    message_id,
                    edition.composed_at,
                )
            if next_edition_at is not None:
                missing = "; ".join(edition.missing_blocks)
                without = f", without {missing}" if missing else ""
                result = f"published, {len(edition.stories)} stories{without}"
                advance(connection, edition.digest, scheduled_for, next_edition_at, result)
            return int(edition_id)

    def load(self, edition_id: int) -> Edition | None:
        """An edition as it was composed; None where there is none of this number."""
        return self._load(editions.c.id == edition_id)

    def load_due(self, digest: str, scheduled_for: datetime) -> Edition | None:
        """The edition of a digest, by any name it had, for a time; None where there is none."""
        with self._database.transaction() as connection:
            names = [digest, *moved_to(connection, "digest", digest)]
        found = (
            self._load(editions.c.digest == name, editions.c.scheduled_for == scheduled_for)
            for name in names
        )
        return next(filter(None, found), None)

    def payload_due(self, digest: str, scheduled_for: datetime, kind: str) -> bytes | None:
        """What a channel of a kind sends of the edition of a digest, by any name, for a time.

        Of several the longest: a channel may be given a part of the edition.
        """
        of_it = renditions.join(editions, editions.c.id == renditions.c.edition_id)
        longest_first = sa.func.length(renditions.c.payload).desc(), renditions.c.channel
        query = sa.select(renditions.c.payload).select_from(of_it).order_by(*longest_first)
        with self._database.transaction() as connection:
            names = [digest, *moved_to(connection, "digest", digest)]
            which = (editions.c.digest.in_(names), editions.c.scheduled_for == scheduled_for)
            query = query.where(*which, renditions.c.kind == kind).limit(1)
            return connection.execute(query).scalar()

    def counted(self, edition_id: int) -> list[int]:
        """The entries that an edition took and only counts."""
        taken = sa.select(edition_entries.c.entry_id).where(
            edition_entries.c.edition_id == edition_id, edition_entries.c.shown_as == "counted"
        )
        with self._database.transaction() as connection:
            return list(connection.execute(taken).scalars())

    def not_given(self, edition_id: int) -> tuple[NotGiven, ...]:
        """What single channels are not given of an edition."""
        with self._database.transaction() as connection:
            return read_not_given(connection, edition_id)

    def _load(self, *which: sa.ColumnElement[bool]) -> Edition | None:
        query = sa.select(editions.c.snapshot, editions.c.digest).where(*which)
        with self._database.transaction() as connection:
            row = connection.execute(query).first()
        if row is None:
            return None
        # Those of earlier versions were composed when their period ended, and a digest that was
        # renamed since goes by its name of now.
        snapshot = json.loads(row.snapshot)
        values = {"composed_at": snapshot["period_to"], **snapshot, "digest": row.digest}
        return convert(values, Edition)

    def add_rendition(
        self,
        edition_id: int,
        digest: str,
        rendition: Rendition,
        message_id: MessageIds,
        now: datetime,
        not_given: Collection[NotGiven] = (),
    ) -> None:
        """Plan the deliveries of an edition through a channel that it was not for at first.

        What that channel is not given now takes the place of what it was not given then.
        """
        with self._database.transaction() as connection:
            forget_not_given(connection, edition_id, rendition.channel)
            note_not_given(connection, edition_id, not_given)
            everybody = audience(connection, rendition, digest, now)
            readers = [(to, None) for to, _ in everybody]
            plan_deliveries(connection, edition_id, digest, rendition, readers, message_id, now)

    def exists(self, digest: str, scheduled_for: datetime) -> bool:
        """Whether there is an edition for this time; a clock set back makes it due once more."""
        query = sa.select(editions.c.id).where(
            editions.c.digest == digest, editions.c.scheduled_for == scheduled_for
        )
        with self._database.transaction() as connection:
            return connection.execute(query).first() is not None


_EDGES = (
    sa.func.substr(entries.c.content, 1, _SAMPLE).label("beginning"),
    sa.func.substr(entries.c.content, -_SAMPLE).label("end"),
)
# Literals, so that the indexes of `listed` are used.
_LISTED, _GONE = (entries.c.listed == sa.literal_column(value) for value in ("1", "0"))
_LAST_SAMPLES = (
    sa.select(*_EDGES)
    .where(
        entries.c.feed_id
        == sa.select(feeds.c.id).where(feeds.c.url == sa.bindparam("url")).scalar_subquery(),
        _GONE,
    )
    .order_by(entries.c.last_seen_at.desc())
    .limit(_MOST_SAMPLES)
)


def _listed_samples(urls: Collection[str]) -> sa.Select[Any]:
    """The newest entries that are in each of these feeds, so many of each."""
    newest_first = sa.func.row_number().over(
        partition_by=entries.c.feed_id, order_by=entries.c.id.desc()
    )
    numbered = sa.select(entries.c.id, feeds.c.url, newest_first.label("place")).join(
        feeds, feeds.c.id == entries.c.feed_id
    )
    ranked = numbered.where(feeds.c.url.in_(urls), _LISTED).subquery()
    return (
        sa.select(ranked.c.url, *_EDGES)
        .join(entries, entries.c.id == ranked.c.id)
        .where(ranked.c.place <= _MOST_SAMPLES)
    )
