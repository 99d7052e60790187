"""Names that the database knows and the configuration lacks, and what moves or forgets each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from digest.language import counted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from digest.config import Settings
    from digest.store.renames import ListCount


class Lost(Struct, frozen=True):
    """A name that the database knows and the configuration lacks: `list` or `renamed`, a digest."""

    kind: str
    name: str
    message: str
    remedy: str


def lost_names(
    settings: Settings, lists: Mapping[str, ListCount], editions: Mapping[str, int]
) -> list[Lost]:
    """Every channel and digest that is gone from the configuration, and what moves it."""
    here, digests = settings.lists(), tuple(settings.digests)
    found = [
        Lost(
            "list",
            name,
            f"the file has no email channel {name!r} now, and the database"
            f" {counted(count.readers, 'reader')} of it and {count.left} who left",
            _remedy(
                "recipients",
                name,
                [new for new in here if new not in lists or not lists[new].readers],
            ),
        )
        for name, count in sorted(lists.items())
        if name not in here and (count.readers or count.left)
    ]
    return found + [
        Lost(
            "renamed",
            name,
            f"the file has no digest {name!r} now, and the database"
            f" {counted(number, 'edition')} of it",
            _remedy("digests", name, [new for new in digests if not editions.get(new)]),
        )
        for name, number in sorted(editions.items())
        if name not in digests
    ]


def _remedy(what: str, name: str, new: Sequence[str]) -> str:
    # Where one alone has nothing of its own, it is most likely the new name.
    to = new[0] if len(new) == 1 else "TO"
    move = f"if it has another name now, `digest {what} move {name} {to}`"
    return f"{move}; if it is gone for good, `digest {what} forget {name}`"
