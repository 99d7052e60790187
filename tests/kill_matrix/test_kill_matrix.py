"""The short form of the kill matrix, and that it would notice."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from itertools import count
from typing import TYPE_CHECKING

import pytest

from tests.kill_matrix.forking import Forker, Task
from tests.kill_matrix.killing import at_every, at_random
from tests.kill_matrix.verdicts import judge
from tests.kill_matrix.world import World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture
def world() -> Iterator[World]:
    with World().open() as opened:
        yield opened


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with World().open() as opened, Forker() as forker:
        opened.begin(tmp_path_factory.mktemp("matrix") / "world")
        assert forker.run(Task(str(opened.folder), 1, 2)) == 0
        yield opened


@pytest.fixture
def finished(done: World) -> Iterator[World]:
    """A world that nobody was killed in, which a test may spoil."""
    mails, posts, database = [*done.mails], [*done._slack.seen], done.database.read_bytes()
    yield done
    done.mails[:], done._slack.seen[:] = mails, posts
    done.database.write_bytes(database)
    for name in done.left_half_way:
        (done.folder / "out" / name).unlink()


@pytest.mark.parametrize("kind", ["turn", "statement"])
def test_every_100th_step(kind: str, world: World, tmp_path: Path) -> None:
    table = at_every(kind, count(1, 100), world, tmp_path)

    assert table.broken == []
    assert table.kills() > 4
    # Which phases these steps fall in differs by machine, and with what else it does.
    assert len({phase for _, phase in table.rows if table.kills(phase)}) > 1


def test_random_kills(world: World, tmp_path: Path) -> None:
    table = at_random(count(1, 4), 2, 1, world, tmp_path)

    assert table.broken == []
    assert table.kills() >= 2


def test_random_kills_of_commands(world: World, tmp_path: Path) -> None:
    table = at_random(count(0, 4), 1, 1, world, tmp_path)

    assert table.broken == []
    assert table.kills() >= 1


def test_without_a_kill_all_is_well(finished: World) -> None:
    verdict = judge(finished, 0)

    assert verdict.broken == []
    assert finished.entries("wide") > finished.entries("narrow") > set()
    assert len(finished.mails) == 3
    assert len(finished.posts) > 2
    assert len(finished.files) == 1


def execute(world: World, sql: str) -> None:
    with closing(sqlite3.connect(world.database)) as database:
        database.execute("DROP TRIGGER delivery_changed")
        database.execute(sql)
        database.commit()


def lose_a_mail(world: World) -> None:
    world.mails.pop()


def lose_an_entry(world: World) -> None:
    newest = "SELECT max(entry_id) FROM edition_entries WHERE digest = 'narrow'"
    execute(world, f"DELETE FROM edition_entries WHERE digest = 'narrow' AND entry_id = ({newest})")


def lose_a_subscriber(world: World) -> None:
    world.mails[:] = [mail for mail in world.mails if not mail.recipient.startswith("ada")]
    execute(world, "UPDATE deliveries SET recipient = 'x@x.example' WHERE recipient LIKE 'ada%'")


def repeat_a_mail(world: World) -> None:
    world.mails.append(world.mails[0])


def repeat_a_post(world: World) -> None:
    world._slack.seen.append(world._slack.seen[0])


def change_a_copy(world: World) -> None:
    mail = world.mails[0]
    raw = mail.raw + b"more\r\n"
    world.mails.append(type(mail)(mail.recipient, mail.sender, raw))


def forget_a_message(world: World) -> None:
    execute(world, "UPDATE deliveries SET message_id = '<x@x.example>' WHERE id = 1")


def forget_a_change(world: World) -> None:
    execute(world, "DELETE FROM delivery_changes WHERE id = (SELECT min(id) FROM delivery_changes)")


def forget_the_outcome(world: World) -> None:
    execute(world, "UPDATE deliveries SET state = 'retrying' WHERE id = 1")


def leave_half_a_file(world: World) -> None:
    (world.folder / "out" / ".narrow.md.part").touch()


@pytest.mark.parametrize(
    ("breaks", "what"),
    [
        (lose_a_mail, "lost"),
        (lose_an_entry, "lost"),
        (lose_a_subscriber, "lost"),
        (repeat_a_mail, "doubled"),
        (repeat_a_post, "doubled"),
        (change_a_copy, "doubled"),
        (forget_a_message, "unexplained"),
        (forget_a_change, "unexplained"),
        (forget_the_outcome, "unexplained"),
        (leave_half_a_file, "unexplained"),
    ],
)
def test_what_breaks_is_noticed(
    breaks: Callable[[World], None], what: str, finished: World
) -> None:
    breaks(finished)

    assert getattr(judge(finished, 1), what) != []
