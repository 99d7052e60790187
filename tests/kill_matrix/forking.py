"""A process that has imported everything and forks one that dies at a step, again and again.

    python -m tests.kill_matrix.forking

It reads one `Task` a line, as JSON, and answers each with how its process ended: an exit code, or
less than 0 for a signal.
"""

from __future__ import annotations

import asyncio
import gc
import importlib
import json
import os
import signal
import subprocess
import sys
import traceback
from collections import deque
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import sqlalchemy as sa
from msgspec.structs import replace

from digest.app.http_clients import open_fetcher
from digest.jobs.poll import PollJob
from digest.workers.pool import WorkerPool
from tests.conftest import environment
from tests.kill_matrix.rounds import work

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from types import TracebackType

    from digest.app.runtime import Runtime

P = ParamSpec("P")
T = TypeVar("T")

ROOT = Path(__file__).parents[2]
_NEEDED_LATER = (
    "digest.channels.email.channel",
    "digest.channels.file",
    "digest.channels.slack.channel",
    "digest.feeds.parsing.fast",
    "digest.feeds.parsing.tolerant",
    "digest.jobs.deliver",
    "digest.jobs.publish",
    "digest.jobs.body_task",
    "digest.rendering.templates",
    "feedparser",
)


@dataclass(frozen=True, slots=True)
class Task:
    """Rounds in a folder, and the step to die before: of the event loop, or a statement of the
    database; 0 is never."""

    folder: str
    first: int
    last: int
    turn: int = 0
    statement: int = 0


class Countdown:
    """Kills this process, with SIGKILL, at the nth step."""

    def __init__(self, steps: int) -> None:
        self._left = steps

    def step(self) -> None:
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


class _Ready(deque[Any]):
    """What an event loop is to call next; each call is a step."""

    def __init__(self, countdown: Countdown) -> None:
        super().__init__()
        self._countdown = countdown

    def popleft(self) -> Any:
        self._countdown.step()
        return super().popleft()


class _Here(WorkerPool):
    """Parses in this process, so that none has to be started."""

    async def call(self, task: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return task(*args, **kwargs)

    async def call_together(self, task: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return task(*args, **kwargs)


@asynccontextmanager
async def _parsing_here(runtime: Runtime) -> AsyncIterator[Runtime]:
    async with open_fetcher(runtime.settings) as fetcher:
        yield replace(runtime, poll_job=PollJob(runtime.context, fetcher, _Here()))


def _counting_loop(countdown: Countdown) -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    assert not loop._ready  # type: ignore[attr-defined]
    loop._ready = _Ready(countdown)  # type: ignore[attr-defined]
    return loop


def _count_statements(countdown: Countdown) -> None:
    def connected(driver: Any, _: object) -> None:
        driver.set_trace_callback(lambda _: countdown.step())

    sa.event.listen(sa.pool.Pool, "connect", connected)


def _run(task: Task) -> int:
    _count_statements(Countdown(task.statement))
    rounds = work(Path(task.folder), task.first, task.last, _parsing_here)
    with asyncio.Runner(loop_factory=lambda: _counting_loop(Countdown(task.turn))) as runner:
        runner.run(rounds)
    return 0


def _forked(task: Task) -> int:
    """How a process ended that was forked for the task."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    code = 1
    try:
        with (Path(task.folder) / "said").open("ab") as said:
            os.dup2(said.fileno(), 2)
        code = _run(task)
    except BaseException:  # noqa: BLE001 - nothing of the parent's may go on in here
        traceback.print_exc()
    finally:
        os._exit(code)


class Forker:
    """The process that forks, for whoever wants to see one die."""

    def __enter__(self) -> Forker:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.kill_matrix.forking"],
            cwd=ROOT,
            env=environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.communicate()

    def run(self, task: Task) -> int:
        """How a process ended that did the task."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(asdict(task)) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())


def main() -> None:
    for name in _NEEDED_LATER:
        importlib.import_module(name)
    gc.freeze()
    for line in sys.stdin:
        sys.stdout.write(f"{_forked(Task(**json.loads(line)))}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
