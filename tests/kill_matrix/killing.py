"""Processes that are killed, one after the other, and what is true when the last has finished."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from tests import limits
from tests.conftest import environment
from tests.kill_matrix.forking import ROOT, Forker, Task
from tests.kill_matrix.ledger import Ledger
from tests.kill_matrix.table import Table
from tests.kill_matrix.verdicts import judge
from tests.kill_matrix.world import Moment, World

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from tests.kill_matrix.verdicts import Verdict

_KILLED = -9
_LONGEST_SECONDS = limits.seconds(60.0)
_COMMANDS = (("run",), ("run", "--once"), ("send", "wide"), ("send", "narrow"), ("poll",))
_SENDS = {("run", "--once"), ("send", "wide"), ("send", "narrow")}
_FINISHING = (("poll",), ("send", "wide"), ("send", "narrow"), ("run", "--once"))
_ROUNDS_EACH = 3
_MOST_KILLS = 4


class Story:
    """One world from an empty folder to the verdict, and the phases in which it met its kills."""

    def __init__(self, world: World, way: str, name: str, table: Table) -> None:
        self._world, self._way, self._name, self._table = world, way, name, table
        self._phases: list[tuple[str, set[int]]] = []
        self._began = time.perf_counter()

    def died(self, *, sends: bool = False) -> None:
        """Note what a process left behind that was killed."""
        ledger = Ledger(self._world.database)
        served = self._world.entries("wide")
        self._phases.append((ledger.phase(served, sends=sends), ledger.in_doubt))

    @property
    def kills(self) -> int:
        return len(self._phases)

    def end(self, failure: str = "", shown: int | None = None) -> None:
        """Judge it, and enter it into the table; `shown` is how much a person is told to decide."""
        verdict = judge(self._world, self.kills)
        if failure:
            verdict.unexplained.append(failure)
        if shown not in {None, len(verdict.unknown)}:
            verdict.unexplained.append(f"{shown} of {len(verdict.unknown)} unknown are shown")
        for phase, in_doubt in self._phases:
            figures = self._table.rows[self._way, phase]
            figures.kills += 1
            figures.in_doubt += len(in_doubt)
            figures.unknown += len(in_doubt.intersection(verdict.unknown))
            # A copy is the doing of the first kill that left its delivery in doubt.
            figures.copies += sum(verdict.copies.pop(delivery, 0) for delivery in in_doubt)
        for delivery in +verdict.copies:
            verdict.doubled.append(f"delivery {delivery}: no kill left it in doubt")
        self._blame(verdict)
        self._table.runs[self._way] += 1
        self._table.seconds[self._way] += time.perf_counter() - self._began
        self._table.broken += [f"{self._name}: {line}" for line in verdict.broken]

    def _blame(self, verdict: Verdict) -> None:
        """What broke is the doing of the last kill, as far as anybody can tell."""
        phase = self._phases[-1][0] if self._phases else "no kill"
        figures = self._table.rows[self._way, phase]
        figures.lost += len(verdict.lost)
        figures.doubled += len(verdict.doubled)
        figures.unexplained += len(verdict.unexplained)


def at_every(kind: str, numbers: Iterable[int], world: World, folder: Path) -> Table:
    """Die before each of these steps, of the event loop or the database, while there are any."""
    table = Table()
    with Forker() as forker:
        for number in numbers:
            name = f"{kind} {number}"
            world.begin(folder / f"{kind}-{number}")
            story = Story(world, f"every {kind}", name, table)
            code = forker.run(Task(str(world.folder), 1, _ROUNDS_EACH, **{kind: number}))
            if code == _KILLED:
                story.died()
            world.frozen = True
            ended = forker.run(Task(str(world.folder), _ROUNDS_EACH + 1, _ROUNDS_EACH + 1))
            story.end(_failure(world, {code, ended} - {_KILLED, 0}))
            if code != _KILLED:
                break
    return table


def at_random(numbers: Iterable[int], kills: int, seed: int, world: World, folder: Path) -> Table:
    """Kill rounds, and in every fourth story commands, until there were so many kills."""
    table = Table()
    for number in numbers:
        if table.kills() >= kills:
            break
        chance = random.Random(f"{seed}/{number}")
        world.begin(folder / f"random-{number}", greylisting=number % 4 != 0)
        name = f"seed {seed}, story {number}"
        if number % 4 == 0:
            _commands(Story(world, "commands", name, table), world, chance)
        else:
            _rounds(Story(world, "rounds", name, table), world, chance)
    return table


def _rounds(story: Story, world: World, chance: random.Random) -> None:
    day = 1
    for _ in range(chance.randint(1, _MOST_KILLS)):
        if _suffers(world, _days(world, day, day + 1), _some_moment(chance)):
            story.died()
        day += 2
    world.frozen = True
    # If nothing lived before, the second day has the first edition; what is refused for now is
    # tried again on the day after. Editions that waited in line are refused for now one by one.
    code = _run(world, _days(world, day, day + 2 + day // 2))
    story.end(_failure(world, {code} - {0}))


def _commands(story: Story, world: World, chance: random.Random) -> None:
    for n in range(chance.randint(1, _MOST_KILLS)):
        command = chance.choice(_COMMANDS) if n else ("run", "--once")
        moment = _some_moment(chance)
        if command == ("run",):
            # It never ends by itself, and may have nothing to do.
            moment = Moment("start", 1, chance.uniform(0.5, 2.5))
        if _suffers(world, _digest(world, *command), moment):
            story.died(sends=command in _SENDS)
    world.frozen = True
    codes = {_run(world, _digest(world, *command)) for command in _FINISHING}
    # 1 is for what could not be delivered, which what is unknown was not.
    story.end(_failure(world, codes - {0, 1}), _shown_as_unknown(world))


def _shown_as_unknown(world: World) -> int:
    said = subprocess.check_output(
        [sys.executable, "-m", "digest", "-c", str(world.config), "--json", "status"],
        cwd=ROOT,
        env=environment(),
    )
    return int(json.loads(said)["deliveries"]["unknown"])


def _some_moment(chance: random.Random) -> Moment:
    """In any phase, and rather where it matters."""
    just_after = chance.uniform(0, 0.02)
    match chance.choice(("start", "poll", "publish", "mail", "mail", "post")):
        case "start":
            return Moment("start", 1, chance.uniform(0.2, 1.2))
        case "poll":
            return Moment("feed", chance.randint(1, 4), chance.uniform(0, 0.6))
        case "publish":
            return Moment("feed", 4, chance.uniform(0, 0.15))
        case what:
            return Moment(what, chance.randint(1, 3), chance.choice((None, just_after)))


def _days(world: World, first: int, last: int) -> list[str]:
    return ["tests.kill_matrix.rounds", str(world.folder), str(first), str(last)]


def _digest(world: World, *command: str) -> list[str]:
    return ["digest", "-c", str(world.config), *command]


def _suffers(world: World, module: list[str], moment: Moment) -> bool:
    """Whether the process was killed, rather than done before its moment came."""
    process = _start(world, module)
    world.arm(moment, process)
    return _end_of(process) == _KILLED


def _run(world: World, module: list[str]) -> int:
    return _end_of(_start(world, module))


def _end_of(process: subprocess.Popen[bytes]) -> int:
    try:
        return process.wait(_LONGEST_SECONDS)
    finally:
        process.kill()


def _start(world: World, module: list[str]) -> subprocess.Popen[bytes]:
    with (world.folder / "said").open("ab") as said:
        return subprocess.Popen(
            [sys.executable, "-m", *module],
            cwd=ROOT,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
        )


def _failure(world: World, codes: set[int]) -> str:
    said = (world.folder / "said").read_text("utf-8", "replace")
    return f"ended with {sorted(codes)}: {said[-2000:]}" if codes else ""
