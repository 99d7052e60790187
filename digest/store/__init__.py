"""What is remembered: tables, queries (one method is one transaction) and migrations."""

from __future__ import annotations

from contextlib import ExitStack, closing, contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Generic, TypeVar

from digest.errors import StoreError
from digest.store.sqlite.address import DatabaseAddress
from digest.store.thread import StoreThread

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from digest.config import Settings
    from digest.store.archive import ArchiveQueries
    from digest.store.blocks import BlockQueries
    from digest.store.confirmations import ConfirmationQueries
    from digest.store.deliveries import DeliveryQueries
    from digest.store.editions import EditionQueries
    from digest.store.explain import ExplainQueries
    from digest.store.facts import FactQueries
    from digest.store.feedback import FeedbackQueries
    from digest.store.feeds import FeedQueries
    from digest.store.full_texts import FullTextQueries
    from digest.store.health import HealthQueries
    from digest.store.held import HeldQueries
    from digest.store.hosts import HostQueries
    from digest.store.incidents import IncidentQueries
    from digest.store.keys import KeyQueries
    from digest.store.last_settings import LastSettingsQueries
    from digest.store.ledger import LedgerQueries
    from digest.store.model_answers import ModelQueries
    from digest.store.pairings import PairingQueries
    from digest.store.recipients import RecipientQueries
    from digest.store.renames import RenameQueries
    from digest.store.retention import RetentionQueries
    from digest.store.schedules import ScheduleQueries
    from digest.store.weeks import WeekQueries

__all__ = [
    "DatabaseAddress",
    "Store",
    "StoreThread",
    "database_of",
    "read_store",
    "titles_of",
    "try_to_read_store",
]


T = TypeVar("T")


class Queries(Generic[T]):
    """Queries on one subject, loaded when they are first asked for: a command needs few."""

    def __init__(self, name: str) -> None:
        self._module, _, self._class = name.partition(".")

    def __set_name__(self, owner: type[Store], name: str) -> None:
        self._name = name

    def __get__(self, store: Store, owner: type[Store]) -> T:
        module = import_module(f"{__name__}.{self._module}")
        made: T = getattr(module, self._class)(store.database)
        # From now on it is found there.
        vars(store)[self._name] = made
        return made


class Store:
    """The queries, over one database; with `check` it is read through first.

    Raises:
        StoreError: it cannot be opened, is damaged, or is not ours.
    """

    feeds: Queries[FeedQueries] = Queries("feeds.FeedQueries")
    facts: Queries[FactQueries] = Queries("facts.FactQueries")
    feedback: Queries[FeedbackQueries] = Queries("feedback.FeedbackQueries")
    explaining: Queries[ExplainQueries] = Queries("explain.ExplainQueries")
    held: Queries[HeldQueries] = Queries("held.HeldQueries")
    editions: Queries[EditionQueries] = Queries("editions.EditionQueries")
    schedules: Queries[ScheduleQueries] = Queries("schedules.ScheduleQueries")
    ledger: Queries[LedgerQueries] = Queries("ledger.LedgerQueries")
    deliveries: Queries[DeliveryQueries] = Queries("deliveries.DeliveryQueries")
    blocks: Queries[BlockQueries] = Queries("blocks.BlockQueries")
    archive: Queries[ArchiveQueries] = Queries("archive.ArchiveQueries")
    full_texts: Queries[FullTextQueries] = Queries("full_texts.FullTextQueries")
    hosts: Queries[HostQueries] = Queries("hosts.HostQueries")
    incidents: Queries[IncidentQueries] = Queries("incidents.IncidentQueries")
    health: Queries[HealthQueries] = Queries("health.HealthQueries")
    keeping: Queries[RetentionQueries] = Queries("retention.RetentionQueries")
    keys: Queries[KeyQueries] = Queries("keys.KeyQueries")
    last_settings: Queries[LastSettingsQueries] = Queries("last_settings.LastSettingsQueries")
    models: Queries[ModelQueries] = Queries("model_answers.ModelQueries")
    pairings: Queries[PairingQueries] = Queries("pairings.PairingQueries")
    recipients: Queries[RecipientQueries] = Queries("recipients.RecipientQueries")
    weeks: Queries[WeekQueries] = Queries("weeks.WeekQueries")
    moves: Queries[RenameQueries] = Queries("renames.RenameQueries")
    asking: Queries[ConfirmationQueries] = Queries("confirmations.ConfirmationQueries")

    def __init__(
        self, address: DatabaseAddress, *, read_only: bool = False, check: bool = False
    ) -> None:
        self.database = address.open(read_only=read_only, check=check)

    def together(self) -> AbstractContextManager[None]:
        """What is done inside is kept at its end, or nothing of it (`StoreError`)."""
        return self.database.together()

    def release_memory(self) -> None:
        """Give up the memory that only work of a moment ago needed."""
        self.database.release_memory()

    def close(self) -> None:
        """Close the database."""
        self.database.close()


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
