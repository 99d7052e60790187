"""Tables of what models were asked, and of what they answered."""

from __future__ import annotations

import sqlalchemy as sa

from digest.store.tables.columns import UntrustedText, UtcDateTime, id_column, metadata

# `key` is a hash of what was asked. `reason` is why the answer is not shown, or empty; one that is
# not `settled` stands for a question without an answer, which is asked again.
model_answers = sa.Table(
    "model_answers",
    metadata,
    sa.Column("key", sa.Text, primary_key=True, nullable=False),
    sa.Column("task", sa.Text, nullable=False),
    sa.Column("model", sa.Text, nullable=False),
    sa.Column("prompt", sa.Integer, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("reason", UntrustedText, nullable=False),
    sa.Column("settled", sa.Integer, nullable=False),
    sa.Column("answered_at", UtcDateTime, nullable=False),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

# A row before each request, with what it may cost; then with what it did. `outcome` is `asked`
# until there is one.
model_requests = sa.Table(
    "model_requests",
    metadata,
    id_column(),
    sa.Column("model", sa.Text, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("task", sa.Text, nullable=False),
    sa.Column("asked_at", UtcDateTime, nullable=False),
    sa.Column("tokens_in", sa.Integer, nullable=False),
    sa.Column("tokens_out", sa.Integer, nullable=False),
    sa.Column("seconds", sa.REAL, nullable=False, server_default="0"),
    sa.Column("outcome", UntrustedText, nullable=False),
    sa.Index("model_requests_by_time", "asked_at"),
    sqlite_strict=True,
)

# In which form each model answers.
model_forms = sa.Table(
    "model_forms",
    metadata,
    sa.Column("model", sa.Text, primary_key=True, nullable=False),
    sa.Column("form", sa.Text, nullable=False),
    sqlite_strict=True,
)
