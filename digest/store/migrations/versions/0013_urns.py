"""Editions keep the names that feeds of them gave by their numbers."""

from __future__ import annotations

import hmac
from uuid import NAMESPACE_URL, UUID, uuid5

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Write down what each was called, so that no reader gets one as new."""
    op.add_column("editions", sa.Column("urn", sa.Text))
    connection = op.get_bind()
    key = connection.execute(sa.text("SELECT secret FROM keys WHERE purpose = 'links'")).scalar()
    rows = connection.execute(sa.text("SELECT id, digest, scheduled_for FROM editions")).all()
    named = [
        # Without a key there never was a feed.
        {"id": row.id, "urn": _urn(bytes(key), row.id) if key else _new_urn(*row[1:])}
        for row in rows
    ]
    if named:
        connection.execute(sa.text("UPDATE editions SET urn = :urn WHERE id = :id"), named)


def _urn(key: bytes, number: int) -> str:
    return UUID(bytes=hmac.digest(key, f"urn {number}".encode(), "sha256")[:16], version=4).urn


def _new_urn(digest: str, due: str) -> str:
    return uuid5(NAMESPACE_URL, f"https:///e/{digest}/{due}").urn
