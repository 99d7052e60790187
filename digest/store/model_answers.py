"""What models were asked, what they answered, and what that came to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from msgspec import Struct

from digest.store.tables import model_answers, model_forms, model_requests

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime

    from digest.store.database import Database

_AT_ONCE = 500


class KeptAnswer(Struct, frozen=True):
    """An answer to a question, by the version of its prompt.

    It is shown unless there is a `reason` against it. One that is not `settled` stands for a
    question that was not answered, for that reason.
    """

    key: str
    task: str
    model: str
    prompt: int
    text: str
    reason: str
    settled: bool
    answered_at: datetime

    @property
    def is_accepted(self) -> bool:
        """Whether there is a text that may be shown."""
        return self.settled and not self.reason


class AskedModel(Struct, frozen=True):
    """A request to a model: for which digest, with how many tokens, and what came of it."""

    model: str
    digest: str
    task: str
    asked_at: datetime
    tokens_in: int
    tokens_out: int
    seconds: float = 0.0
    outcome: str = "asked"


class ModelQueries:
    """One method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def answers(self, keys: Collection[str]) -> dict[str, KeptAnswer]:
        """The answers that are kept by these keys."""
        found = {}
        every = list(keys)
        with self._database.statement() as connection:
            for start in range(0, len(every), _AT_ONCE):
                part = every[start : start + _AT_ONCE]
                query = sa.select(model_answers).where(model_answers.c.key.in_(part))
                for row in connection.execute(query):
                    values = {**row._asdict(), "settled": bool(row.settled)}
                    found[row.key] = KeptAnswer(**values)
        return found

    def keep(self, answers: Iterable[KeptAnswer]) -> None:
        """Keep answers in the place of those of before; none takes the place of a settled one."""
        with self._database.transaction() as connection:
            for answer in answers:
                settled = sa.delete(model_answers).where(
                    model_answers.c.key == answer.key,
                    sa.or_(model_answers.c.settled == 0, sa.literal(answer.settled)),
                )
                connection.execute(settled)
                values = {name: getattr(answer, name) for name in answer.__struct_fields__}
                row = sa.insert(model_answers).prefix_with("OR IGNORE", dialect="sqlite")
                connection.execute(row.values({**values, "settled": int(answer.settled)}))

    def begin(self, asked: AskedModel) -> int:
        """Note a request before it is made, with what it may cost; answers its number."""
        values = {name: getattr(asked, name) for name in asked.__struct_fields__}
        query = sa.insert(model_requests).values(values).returning(model_requests.c.id)
        with self._database.transaction() as connection:
            return int(connection.execute(query).scalar_one())

    def end(
        self, number: int, tokens_in: int, tokens_out: int, seconds: float, outcome: str
    ) -> None:
        """Note what came of a request."""
        query = sa.update(model_requests).where(model_requests.c.id == number)
        with self._database.transaction() as connection:
            connection.execute(
                query.values(
                    tokens_in=tokens_in, tokens_out=tokens_out, seconds=seconds, outcome=outcome
                )
            )

    def spent(self, model: str, since: datetime) -> int:
        """The tokens of a model since then."""
        return self._sum(model_requests.c.model == model, since)

    def spent_on(self, digest: str, since: datetime) -> int:
        """The tokens for a digest since then."""
        return self._sum(model_requests.c.digest == digest, since)

    def _sum(self, which: sa.ColumnElement[bool], since: datetime) -> int:
        tokens = sa.func.sum(model_requests.c.tokens_in + model_requests.c.tokens_out)
        query = sa.select(tokens).where(which, model_requests.c.asked_at >= since)
        with self._database.statement() as connection:
            return int(connection.execute(query).scalar() or 0)

    def asked_since(self, digest: str, since: datetime) -> list[AskedModel]:
        """What was asked for a digest since then, in order."""
        columns = [model_requests.c[name] for name in AskedModel.__struct_fields__]
        query = (
            sa.select(*columns)
            .where(model_requests.c.digest == digest, model_requests.c.asked_at >= since)
            .order_by(model_requests.c.id)
        )
        with self._database.statement() as connection:
            return [AskedModel(*row) for row in connection.execute(query)]

    def form(self, model: str) -> str | None:
        """The form in which a model answers, where that is known."""
        query = sa.select(model_forms.c.form).where(model_forms.c.model == model)
        with self._database.statement() as connection:
            return connection.execute(query).scalar()

    def keep_form(self, model: str, form: str) -> None:
        """Remember the form in which a model answers."""
        with self._database.transaction() as connection:
            connection.execute(sa.delete(model_forms).where(model_forms.c.model == model))
            connection.execute(sa.insert(model_forms).values(model=model, form=form))

    def drop_before(self, before: datetime) -> None:
        """Forget answers and requests of before then."""
        with self._database.transaction() as connection:
            connection.execute(sa.delete(model_answers).where(model_answers.c.answered_at < before))
            connection.execute(sa.delete(model_requests).where(model_requests.c.asked_at < before))
