from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.config import Config
from alembic.script import ScriptDirectory

from digest.errors import StoreError
from digest.store import Store, migrations
from digest.store.migrations import HEAD, revision_of
from digest.store.sqlite.connection import SqliteDatabase
from digest.store.tables import metadata
from tests.databases import store_at

# A column that is added to a table stands behind its constraints in what SQLite keeps.
DESCRIBING = ("table_xinfo", "index_list", "index_xinfo", "foreign_key_list", "table_list")


def schema(path: Path) -> dict[str, Any]:
    """Tables, indexes and triggers as SQLite describes them, the order of columns aside."""
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        names = connection.execute("SELECT name, sql FROM sqlite_master").fetchall()
        return {
            name: [checks(sql), *(described(connection, pragma, name) for pragma in DESCRIBING)]
            for name, sql in names
            if "alembic_version" not in name
        }


def described(connection: sqlite3.Connection, pragma: str, name: str) -> list[dict[str, Any]]:
    rows = connection.execute(f"SELECT * FROM pragma_{pragma}(?)", [name])
    told = [{key: row[key] for key in set(row.keys()) - {"cid", "seq"}} for row in rows]
    return sorted(told, key=str)


def checks(sql: str | None) -> list[str]:
    return re.findall(r"CHECK \(.*\)|WHERE .*|(?s:^CREATE TRIGGER .*)", sql or "")


def test_the_migrations_make_exactly_the_tables(tmp_path: Path) -> None:
    store_at(tmp_path / "created.db").close()
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'migrated.db'}")
    with engine.begin() as connection:
        migrations.upgrade(connection)
        assert revision_of(connection) == HEAD
    engine.dispose()
    created = schema(tmp_path / "created.db")
    assert created == schema(tmp_path / "migrated.db")
    assert set(metadata.tables) < set(created)


def test_head_is_the_newest_migration_and_every_one_is_known(empty_store: Store) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    scripts = ScriptDirectory.from_config(config)
    assert scripts.get_current_head() == HEAD
    with empty_store.database.transaction() as connection:
        assert revision_of(connection) == HEAD
        for script in scripts.walk_revisions():
            connection.exec_driver_sql(
                f"UPDATE alembic_version SET version_num={script.revision!r}"
            )
            assert revision_of(connection) == script.revision


def test_every_table_is_strict(empty_store: Store) -> None:
    with empty_store.database.transaction() as connection:
        rows = connection.exec_driver_sql("PRAGMA table_list").mappings()
        strict = {row["name"]: row["strict"] for row in rows}
    assert {name: strict[name] for name in metadata.tables} == dict.fromkeys(metadata.tables, 1)


@pytest.mark.parametrize(
    ("pragma", "value"), [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1)]
)
def test_how_it_is_opened(path: Path, pragma: str, value: object) -> None:
    for _ in range(2):
        database = SqliteDatabase(path)
        with database.transaction() as connection:
            assert connection.exec_driver_sql(f"PRAGMA {pragma}").scalar() == value
        database.close()


def test_a_subscription_needs_its_feed(empty_store: Store) -> None:
    with (
        pytest.raises(StoreError, match="FOREIGN KEY"),
        empty_store.database.transaction() as connection,
    ):
        connection.exec_driver_sql("INSERT INTO subscriptions VALUES ('d', 99, 't', NULL, 0)")


def test_a_transaction_is_all_or_nothing(empty_store: Store) -> None:
    row = "INSERT INTO digests (name, schedule, next_edition_at) VALUES ('d', 's', 't')"

    def insert_twice() -> None:
        with empty_store.database.transaction() as connection:
            connection.exec_driver_sql(row)
            connection.exec_driver_sql(row)

    with pytest.raises(StoreError, match="UNIQUE"):
        insert_twice()
    with empty_store.database.transaction() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM digests").scalar() == 0


def test_a_transaction_takes_the_write_lock_before_it_reads(empty_store: Store, path: Path) -> None:
    with (
        empty_store.database.transaction(),
        closing(sqlite3.connect(path, timeout=0)) as other,
        pytest.raises(sqlite3.OperationalError, match="locked"),
    ):
        other.execute("BEGIN IMMEDIATE")


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize("read_only", [False, True])
def test_a_newer_schema_is_refused(path: Path, *, read_only: bool) -> None:
    store_at(path).close()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    before = files(path.parent)
    with pytest.raises(StoreError, match=r"has schema 9999, newer than .* upgrade digest"):
        store_at(path, read_only=read_only)
    assert files(path.parent) == before


@pytest.mark.parametrize("read_only", [False, True])
@pytest.mark.parametrize("table", ["notes", "alembic_version", "deliveries"])
def test_the_database_of_another_program_is_refused_and_left_alone(
    tmp_path: Path, table: str, *, read_only: bool
) -> None:
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(f"CREATE TABLE {table} (text)")
    before = files(tmp_path)
    with pytest.raises(StoreError, match="belongs to another program"):
        store_at(path, read_only=read_only)
    assert files(tmp_path) == before


@pytest.mark.parametrize("read_only", [False, True])
def test_what_is_no_database_is_refused_and_left_alone(tmp_path: Path, *, read_only: bool) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("Dear Ada,\n" * 500)
    before = files(tmp_path)
    with pytest.raises(StoreError, match=r"letter\.txt: file is not a database"):
        store_at(path, read_only=read_only)
    assert files(tmp_path) == before


@pytest.mark.parametrize("read_only", [False, True])
def test_a_folder_in_the_place_of_the_database(tmp_path: Path, *, read_only: bool) -> None:
    with pytest.raises(StoreError, match=re.escape(str(tmp_path))):
        store_at(tmp_path, read_only=read_only)


def test_a_file_in_the_place_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    with pytest.raises(StoreError, match="data"):
        store_at(tmp_path / "data" / "digest.db")


@pytest.mark.parametrize("name", ["a b.db", "100%.db", "a?mode=memory.db", "a#b.db", "ü'\".db"])
def test_any_file_name_will_do(tmp_path: Path, name: str) -> None:
    store_at(tmp_path / name).close()
    assert [path.name for path in tmp_path.iterdir()] == [name]
    store_at(tmp_path / name, read_only=True).close()
