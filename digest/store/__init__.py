"""What is remembered: tables, queries (one method is one transaction) and migrations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.errors import StoreError
from digest.store.archive import ArchiveQueries, FeedHistory, Waiting
from digest.store.confirmations import Ask, ConfirmationQueries
from digest.store.deliveries import Change, DeliveryQueries, EditionRecord, Record
from digest.store.editions import DigestPlan, EditionQueries
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
from digest.store.sqlite.backup import back_up, copy_database
from digest.store.sqlite.connection import Database, StoreThread
from digest.store.sqlite.disk_space import reason_not_to_send, reason_not_to_write
from digest.store.sqlite.files import database_exists, exposed, exposed_files
from digest.store.sqlite.lock import WriterLock
from digest.store.updates import Failure, Unchanged, Update, Validators, Visit
from digest.store.weeks import WeekQueries

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path

__all__ = [
    "SUPPRESSED",
    "Ask",
    "Change",
    "DigestPlan",
    "EditionRecord",
    "Failure",
    "FeedHistory",
    "Health",
    "HeldEntries",
    "Incident",
    "Keys",
    "ListCount",
    "Record",
    "Sizes",
    "Store",
    "StoreThread",
    "Unchanged",
    "Update",
    "Validators",
    "Visit",
    "Waiting",
    "WriterLock",
    "back_up",
    "copy_database",
    "database_exists",
    "exposed",
    "exposed_files",
    "reason_not_to_send",
    "reason_not_to_write",
    "titles_of",
]


class Store:
    """The queries, over one database; with `check` it is read through first.

    Raises:
        StoreError: it cannot be opened, is damaged, or is not ours.
    """

    def __init__(self, path: Path, *, read_only: bool = False, check: bool = False) -> None:
        self._database = Database(path, read_only=read_only, check=check)
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


def titles_of(path: Path) -> dict[str, str]:
    """What feeds call themselves, by address; nothing where the database cannot be read yet."""
    try:
        if not database_exists(path):
            return {}
        store = Store(path, read_only=True)
    except StoreError:
        return {}
    try:
        return store.health.titles()
    finally:
        store.close()
