"""The last good answers that blocks of editions are made of."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from msgspec import Struct

from digest.store.tables import block_answers

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from digest.store.database import Database


class KeptAnswer(Struct, frozen=True):
    """What an answer said, and when it came."""

    facts: dict[str, Any]
    answered_at: datetime


class BlockQueries:
    """One method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def read(self, keys: Collection[str]) -> dict[str, KeptAnswer]:
        """The answers of these keys that are kept."""
        query = sa.select(block_answers).where(block_answers.c.key.in_(keys))
        with self._database.statement() as connection:
            return {
                row.key: KeptAnswer(json.loads(row.facts), row.answered_at)
                for row in connection.execute(query)
            }

    def keep(
        self, answers: Mapping[str, Mapping[str, Any]], now: datetime, of: Collection[str]
    ) -> None:
        """Keep these answers, and no others than `of` these keys."""
        gone = block_answers.c.key.not_in(of)
        rows = [
            {"key": key, "facts": json.dumps(facts), "answered_at": now}
            for key, facts in answers.items()
        ]
        with self._database.transaction() as connection:
            connection.execute(
                sa.delete(block_answers).where(sa.or_(gone, block_answers.c.key.in_(answers)))
            )
            connection.execute(sa.insert(block_answers), rows)
