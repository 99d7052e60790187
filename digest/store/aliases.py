"""The aliases of entries: all names of each in one row, and the marks that find them.

A mark is three bytes, so that what a poll writes is on few pages however many entries there are.
Names may share one: what a mark finds is what may go by a name, and its names tell whether it does.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any
from zlib import crc32

import sqlalchemy as sa

from digest.feeds.aliases import CONTENT_KINDS, finders, kind_of
from digest.model import KnownEntry
from digest.store.bulk import batches, insert_rows
from digest.store.tables import entries, entry_marks, entry_names, feeds

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.engine import Connection

# A feed that gives an entry another guid at each poll says nothing by it.
_MOST_OF_A_KIND = 20
# SQLite's integers have a sign, and take more than three bytes from here on.
_MIDDLE = 2**23


def mark_of(name: str) -> int:
    """The mark of a name, whatever its kind: of a guid that is the link there is one for both."""
    return crc32(name.partition(":")[2].encode()) % (2 * _MIDDLE) - _MIDDLE


def known_entries(
    connection: Connection,
    feed_id: int,
    names: Collection[str],
    keys: Collection[str],
    reread_at: datetime | None = None,
    *,
    outdated: bool = False,
) -> list[KnownEntry]:
    """Every entry of the feed that has one of these aliases or keys, with all of its own.

    Those that the feed had last before `reread_at` are outdated. With `outdated` all are, and those
    of the last body are among them in any case.
    """
    asked, keyed = set(names), set(keys)
    numbers = _found(connection, feed_id, asked, keyed)
    if outdated:
        numbers.update(connection.execute(_LISTED, {"feed": feed_id}).scalars())
    known = []
    for batch in batches(sorted(numbers)):
        for row in connection.execute(_KNOWN, {"values": batch}):
            entry = _known_entry(row, reread_at, outdated=outdated)
            is_asked = entry.key in keyed or not entry.names.isdisjoint(asked)
            if is_asked or (outdated and entry.in_last_body):
                known.append(entry)
    return known


def _found(
    connection: Connection, feed_id: int, names: Collection[str], keys: Collection[str]
) -> set[int]:
    """The ids of entries that may have one of these aliases, and of those with these keys."""
    numbers: set[int] = set()
    for query, values in ((_MARKED, set(map(mark_of, names))), (_KEYED, keys)):
        for batch in batches(values):
            found = connection.execute(query, {"feed": feed_id, "values": batch})
            numbers.update(found.scalars())
    return numbers


def _known_entry(row: Any, reread_at: datetime | None, *, outdated: bool) -> KnownEntry:
    listed = bool(row.listed)
    gone_before = not listed and reread_at is not None and row.last_seen_at < reread_at
    return KnownEntry(
        id=row.id,
        key=row.key,
        fingerprint=row.fingerprint,
        names=_unpack(row.names),
        in_last_body=listed,
        title=row.title,
        link=row.link,
        published=row.published,
        outdated=outdated or gone_before,
    )


def entries_with(names: Collection[str]) -> sa.Select[tuple[int]]:
    """The ids of the entries that have one of these aliases, in whatever feed."""
    marked = sa.select(entry_marks.c.entry_id).where(
        # Of each feed, so that the index serves.
        entry_marks.c.feed_id.in_(sa.select(feeds.c.id)),
        entry_marks.c.mark.in_(set(map(mark_of, names))),
    )
    return sa.select(entry_names.c.entry_id).where(
        entry_names.c.entry_id.in_(marked),
        sa.or_(sa.false(), *(sa.func.instr(entry_names.c.names, name) > 0 for name in names)),
    )


def add_aliases(connection: Connection, feed_id: int, names: Mapping[int, Collection[str]]) -> None:
    """Name new entries, by id."""
    rows = [(number, _pack(aliases)) for number, aliases in names.items()]
    insert_rows(connection, entry_names, ("entry_id", "names"), rows)
    _mark(connection, feed_id, _finding_marks(names))


def change_aliases(
    connection: Connection,
    feed_id: int,
    edited: Collection[int],
    renamed: Mapping[int, Collection[str]],
) -> None:
    """Give entries further aliases, by id; edited ones lose those of their former content."""
    before = _read(connection, {*edited, *renamed})
    # What it said before is not it any more, unlike what it was called.
    left = {
        number: [name for name in names if number not in edited or not _is_content(name)]
        for number, names in before.items()
    }
    after = {number: _bounded(names, renamed.get(number, ())) for number, names in left.items()}
    if after:
        rows = [{"number": number, "packed": _pack(names)} for number, names in after.items()]
        connection.execute(_SET_NAMES, rows)
    new = _finding_marks(renamed)
    # Some of the new ones may be there.
    _unmark(connection, feed_id, (_marks(before) - _marks(after)) | new)
    _mark(connection, feed_id, new)


def forget_aliases(connection: Connection, feed_id: int, numbers: Sequence[int]) -> None:
    """Forget the aliases of entries of a feed."""
    _unmark(connection, feed_id, _marks(_read(connection, numbers)))
    connection.execute(sa.delete(entry_names).where(entry_names.c.entry_id.in_(numbers)))


def _bounded(names: Iterable[str], new: Iterable[str]) -> set[str]:
    """The names of an entry with its new ones; of a kind that is always another, not every one."""
    kept, number = set(new), Counter(map(kind_of, new))
    for name in sorted(names):
        if name not in kept and number[kind_of(name)] < _MOST_OF_A_KIND:
            number[kind_of(name)] += 1
            kept.add(name)
    return kept


def _read(connection: Connection, numbers: Collection[int]) -> dict[int, frozenset[str]]:
    return {
        number: _unpack(packed)
        for batch in batches(numbers)
        for number, packed in connection.execute(_NAMES, {"values": batch})
    }


def _is_content(name: str) -> bool:
    return kind_of(name) in CONTENT_KINDS


def _finding_marks(names: Mapping[int, Iterable[str]]) -> set[tuple[int, int]]:
    """The marks that names need which entries get, in their order, each with the entry's id."""
    return _marks({number: finders(aliases) for number, aliases in names.items()})


def _marks(names: Mapping[int, Iterable[str]]) -> set[tuple[int, int]]:
    """All marks that entries may have, each with the entry's id."""
    return {(mark_of(name), number) for number, aliases in names.items() for name in aliases}


def _mark(connection: Connection, feed_id: int, marks: Iterable[tuple[int, int]]) -> None:
    rows = [(feed_id, mark, number) for mark, number in marks]
    insert_rows(connection, entry_marks, ("feed_id", "mark", "entry_id"), rows)


def _unmark(connection: Connection, feed_id: int, marks: Iterable[tuple[int, int]]) -> None:
    rows = [{"feed": feed_id, "one": mark, "number": number} for mark, number in marks]
    if rows:
        connection.execute(_UNMARK, rows)


def _pack(names: Iterable[str]) -> str:
    return "\n".join(sorted(names))


def _unpack(packed: str) -> frozenset[str]:
    return frozenset(packed.splitlines())


# Built once: to build a statement takes longer than to carry it out.
_FEED: sa.BindParameter[int] = sa.bindparam("feed")
_VALUES: sa.BindParameter[Any] = sa.bindparam("values", expanding=True)
_MARKED = sa.select(entry_marks.c.entry_id).where(
    entry_marks.c.feed_id == _FEED, entry_marks.c.mark.in_(_VALUES)
)
_LISTED = sa.select(entries.c.id).where(
    entries.c.feed_id == _FEED, entries.c.listed == sa.literal_column("1")
)
_KEYED = sa.select(entries.c.id).where(entries.c.feed_id == _FEED, entries.c.key.in_(_VALUES))
_KNOWN = (
    sa.select(
        *(entries.c.id, entries.c.key, entries.c.fingerprint, entries.c.listed),
        *(entries.c.title, entries.c.link, entries.c.published, entries.c.last_seen_at),
        entry_names.c.names,
    )
    .join(entry_names, entry_names.c.entry_id == entries.c.id)
    .where(entries.c.id.in_(_VALUES))
)
_NAMES = sa.select(entry_names.c.entry_id, entry_names.c.names).where(
    entry_names.c.entry_id.in_(_VALUES)
)
_SET_NAMES = (
    sa.update(entry_names)
    .where(entry_names.c.entry_id == sa.bindparam("number"))
    .values(names=sa.bindparam("packed"))
)
_UNMARK = sa.delete(entry_marks).where(
    entry_marks.c.feed_id == _FEED,
    entry_marks.c.mark == sa.bindparam("one"),
    entry_marks.c.entry_id == sa.bindparam("number"),
)
