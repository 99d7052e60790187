"""What publishing an edition writes beside it: the entries it takes, and its deliveries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from msgspec import Struct, field

from digest.model import NO_LEANING, shown_as
from digest.store.bulk import batches, insert_rows
from digest.store.recipients import audience, own_time
from digest.store.tables import deliveries, edition_entries, entries, renditions

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from digest.model import Edition, Leaning, NotGiven, Rendition, ShownAs

    # Of a channel, a recipient and a part.
    MessageIds = Callable[[str, str, int], str]


class Rest(Struct, frozen=True):
    """What becomes of pending entries that are in no story of an edition.

    It takes those that it `counted`; `left_out` has, by number, why another is in none, for good.
    `leanings` are what votes came to for entries, in stories or not. `not_given` is what single
    channels are not given of what it takes.
    """

    counted: Collection[int] = ()
    left_out: Mapping[int, str] = field(default_factory=dict)
    leanings: Mapping[int, Leaning] = field(default_factory=dict)
    not_given: Collection[NotGiven] = ()


def take_entries(connection: Connection, edition: Edition, edition_id: int, rest: Rest) -> None:
    """Note what an edition takes, which no later one of the digest does, and as what it shows that.

    So is how many readers wanted more like it, and less from its feed.
    """
    shown: dict[int, ShownAs] = {**dict.fromkeys(rest.counted, "counted"), **shown_as(edition)}
    for numbers in batches(shown):
        # An entry that is sent again is in its newest edition.
        connection.execute(
            sa.delete(edition_entries).where(
                edition_entries.c.digest == edition.digest,
                edition_entries.c.entry_id.in_(_resent(numbers)),
            )
        )
    rows = [
        (edition.digest, entry, edition_id, form, leaning.more, leaning.less)
        for entry, form in shown.items()
        for leaning in [rest.leanings.get(entry, NO_LEANING)]
    ]
    columns = ("digest", "entry_id", "edition_id", "shown_as", "more", "less")
    insert_rows(connection, edition_entries, columns, rows)


def planned_readers(
    connection: Connection, edition: Edition, rendition: Rendition, scheduled_for: datetime | None
) -> list[tuple[str, datetime | None]]:
    """Who gets a rendition of an edition, and when: at once, or at the time that each wants.

    `scheduled_for` is None for an edition that waits for nobody's time.
    """
    everybody = audience(connection, rendition, edition.digest, edition.composed_at)
    return [
        (to, own_time(known, scheduled_for, edition.timezone) if known and scheduled_for else None)
        for to, known in everybody
    ]


def plan_deliveries(
    connection: Connection,
    edition_id: int,
    digest: str,
    rendition: Rendition,
    readers: Iterable[tuple[str, datetime | None]],
    message_id: MessageIds,
    now: datetime,
) -> None:
    """Plan what goes to each reader, at its time or at once."""
    channel = rendition.channel
    parts = [
        {
            "edition_id": edition_id,
            "channel": channel,
            "part": part,
            "kind": rendition.kind,
            "payload": payload,
        }
        for part, payload in enumerate(rendition.parts, 1)
    ]
    connection.execute(sa.insert(renditions), parts)
    rows = [
        {
            "edition_id": edition_id,
            "digest": digest,
            "channel": channel,
            "recipient": recipient,
            "part": part,
            "state": "pending",
            "next_attempt_at": wanted_at,
            "message_id": message_id(channel, recipient, part),
            "created_at": now,
            "changed_at": now,
        }
        for recipient, wanted_at in readers
        for part in range(1, len(rendition.parts) + 1)
    ]
    if rows:
        connection.execute(sa.insert(deliveries), rows)


def _resent(numbers: Collection[int]) -> sa.Select[Any]:
    return sa.select(entries.c.id).where(
        entries.c.id.in_(numbers), entries.c.resend_at.is_not(None)
    )
