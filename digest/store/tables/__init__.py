"""The tables, by subject."""

from digest.store.tables.blocks import block_answers
from digest.store.tables.columns import UntrustedText, UtcDateTime, as_text, metadata
from digest.store.tables.deliveries import (
    IS_OPEN,
    channels,
    deliveries,
    delivery_changes,
)
from digest.store.tables.editions import (
    NOT_PUBLISHED,
    digests,
    edition_entries,
    editions,
    not_given,
    passed_over,
    renditions,
    subscriptions,
    weekly_readers,
    weeks,
)
from digest.store.tables.entries import entries, entry_marks, entry_names
from digest.store.tables.feedback import feedback
from digest.store.tables.feeds import feeds
from digest.store.tables.full_texts import full_texts, robots
from digest.store.tables.hosts import host_backoffs
from digest.store.tables.incidents import incidents
from digest.store.tables.keys import keys
from digest.store.tables.models import model_answers, model_forms, model_requests
from digest.store.tables.pairings import heard, pairings, pauses
from digest.store.tables.recipients import (
    ask_budgets,
    asks,
    lists,
    moves,
    never_asked,
    recipients,
    spent,
)
from digest.store.tables.settings import last_settings

__all__ = [
    "IS_OPEN",
    "NOT_PUBLISHED",
    "UntrustedText",
    "UtcDateTime",
    "as_text",
    "ask_budgets",
    "asks",
    "block_answers",
    "channels",
    "deliveries",
    "delivery_changes",
    "digests",
    "edition_entries",
    "editions",
    "entries",
    "entry_marks",
    "entry_names",
    "feedback",
    "feeds",
    "full_texts",
    "heard",
    "host_backoffs",
    "incidents",
    "keys",
    "last_settings",
    "lists",
    "metadata",
    "model_answers",
    "model_forms",
    "model_requests",
    "moves",
    "never_asked",
    "not_given",
    "pairings",
    "passed_over",
    "pauses",
    "recipients",
    "renditions",
    "robots",
    "spent",
    "subscriptions",
    "weekly_readers",
    "weeks",
]
