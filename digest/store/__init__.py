"""What is remembered: tables, queries (one method is one transaction) and migrations."""

from __future__ import annotations

from contextlib import ExitStack, closing, contextmanager
from typing import TYPE_CHECKING

from digest.errors import StoreError
from digest.store.archive import ArchiveQueries, FeedHistory, Waiting
from digest.store.confirmations import Ask, ConfirmationQueries
from digest.store.deliveries import (
    Change,
    DeliveryQueries,
    EditionRecord,
    Record,
    RecordWithHistory,
)
from digest.store.editions import EditionQueries
from digest.store.explain import ExplainQueries
from digest.store.feeds import FeedQueries
from digest.store.health import Health, HealthQueries
from digest.store.held import HeldEntries, HeldQueries
from digest.store.incidents import Incident, IncidentQueries
from digest.store.keys import KeyQueries, Keys
from digest.store.ledger import LedgerQueries
from digest.store.recipients import SUPPRESSED, RecipientQueries
from digest.store.renames import ListCount, RenameQueries
from digest.store.retention import RetentionQueries, Sizes
from digest.store.schedules import DigestPlan
from digest.store.sqlite.address import DatabaseAddress
from digest.store.thread import StoreThread
from digest.store.updates import Failure, Measured, Unchanged, Update, Validators, Visit
from digest.store.weeks import WeekQueries

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from digest.config import Settings

__all__ = [
    "SUPPRESSED",
    "Ask",
    "Change",
    "DatabaseAddress",
    "DigestPlan",
    "EditionRecord",
    "Failure",
    "FeedHistory",
    "Health",
    "HeldEntries",
    "Incident",
    "Keys",
    "ListCount",
    "Measured",
    "Record",
    "RecordWithHistory",
    "Sizes",
    "Store",
    "StoreThread",
    "Unchanged",
    "Update",
    "Validators",
    "Visit",
    "Waiting",
    "database_of",
    "read_store",
    "titles_of",
    "try_to_read_store",
]


class Store:
    """The queries, over one database; with `check` it is read through first.

    Raises:
        StoreError: it cannot be opened, is damaged, or is not ours.
    """

    def __init__(
        self, address: DatabaseAddress, *, read_only: bool = False, check: bool = False
    ) -> None:
        self._database = address.open(read_only=read_only, check=check)
        self.feeds = FeedQueries(self._database)
        self.explaining = ExplainQueries(self._database)
        self.held = HeldQueries(self._database)
        self.editions = EditionQueries(self._database)
        self.ledger = LedgerQueries(self._database)
        self.deliveries = DeliveryQueries(self._database)
        self.archive = ArchiveQueries(self._database)
        self.incidents = IncidentQueries(self._database)
        self.health = HealthQueries(self._database)
        self.keeping = RetentionQueries(self._database)
        self.keys = KeyQueries(self._database)
        self.recipients = RecipientQueries(self._database)
        self.weeks = WeekQueries(self._database)
        self.moves = RenameQueries(self._database)
        self.asking = ConfirmationQueries(self._database)

    def together(self) -> AbstractContextManager[None]:
        """What is done inside is kept at its end, or nothing of it (`StoreError`)."""
        return self._database.together()

    def close(self) -> None:
        """Close the database."""
        self._database.close()


def database_of(settings: Settings) -> DatabaseAddress:
    """The address of the database that the settings name."""
    return DatabaseAddress(settings.database)


@contextmanager
def read_store(address: DatabaseAddress) -> Iterator[Store | None]:
    """The store, to be read only; None where there is no database yet.

    Raises:
        StoreError: it cannot be opened, or is not ours.
    """
    if not address.exists():
        yield None
        return
    with closing(Store(address, read_only=True)) as store:
        yield store


@contextmanager
def try_to_read_store(address: DatabaseAddress) -> Iterator[Store | None]:
    """The store, to be read only; None where it cannot be, for whom that does not matter."""
    with ExitStack() as opened:
        try:
            store = opened.enter_context(read_store(address))
        except StoreError:
            store = None
        yield store


def titles_of(address: DatabaseAddress) -> dict[str, str]:
    """What feeds call themselves, by address; nothing where the database cannot be read yet."""
    with try_to_read_store(address) as store:
        return store.health.titles() if store else {}
