"""Other pollers of feeds, each as a command that polls all feeds once.

Those that are on PyPI get an environment each, in a folder that is kept; newsboat is taken from
the system. All have the settings that make them fast, short of leaving out what they are for.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from tests.benchmarks.metering import Usage, measure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_HERE = Path(__file__).parent
_ROOT = _HERE.parents[1]


@dataclass(frozen=True)
class Runner:
    """A program that polls all feeds and ends, every time it is started.

    `prepare` writes its configuration for feeds into an empty folder; run there with `arguments`
    it polls them. `stored` counts the entries it knows then.
    """

    name: str
    program: str
    arguments: Sequence[str]
    prepare: Callable[[Path, Sequence[str]], None]
    stored: Callable[[Path], int]
    packages: Sequence[str] = ()
    kind: Literal["peer", "baseline", "ours"] = "peer"

    def installed(self, work: Path) -> Runner | None:
        """With the path of its program, in an environment below `work`; None if there is none."""
        if not self.packages:
            path = shutil.which(self.program)
            return replace(self, program=path) if path else None
        home = work / self.name
        packages = home / "packages.txt"
        if not packages.exists() or packages.read_text("utf-8").split() != [*self.packages]:
            subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
            pip = [str(home / "bin" / "python"), "-m", "pip", "install", "--quiet"]
            subprocess.run([*pip, *self.packages], check=True)
            packages.write_text("\n".join(self.packages), "utf-8")
        return replace(self, program=str(home / "bin" / self.program))

    @contextmanager
    def open(self, folder: Path, urls: Sequence[str]) -> Iterator[Callable[[], Usage]]:
        """What polls all feeds once, with a store of its own in the folder."""
        self.prepare(folder, urls)
        environment = environment_of(folder, ours=self.kind == "ours")
        yield lambda: measure([self.program, *self.arguments], folder, environment)


def environment_of(folder: Path, *, ours: bool) -> dict[str, str]:
    """For a process: nothing of the user's settings; this copy of the code is for ours only.

    What is installed has its bytecode, and what is run from here must be let keep it.
    """
    environment = {**os.environ, "HOME": str(folder), "PYTHONPATH": str(_ROOT)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    if not ours:
        del environment["PYTHONPATH"]
    return {name: value for name, value in environment.items() if not name.startswith("XDG_")}


def count_rows(database: str, table: str) -> Callable[[Path], int]:
    """Counts the rows of a table in a folder's database."""

    def count(folder: Path) -> int:
        with closing(sqlite3.connect(folder / database)) as connection:
            (rows,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
        return int(rows)

    return count


def _count_seen(folder: Path) -> int:
    data = json.loads((folder / "data.json").read_text("utf-8"))
    return sum(len(feed["seen"]) for feed in data["feeds"])


def _write_urls(folder: Path, urls: Sequence[str]) -> None:
    (folder / "urls").write_text("\n".join(urls) + "\n", "utf-8")


def _write_rss2email(folder: Path, urls: Sequence[str]) -> None:
    sections = ["[DEFAULT]\nto = ada@example.com\nfrom = digest@example.com\nverbose = error\n"]
    sections += [f"[feed.feed{n}]\nurl = {url}\n" for n, url in enumerate(urls)]
    (folder / "config.cfg").write_text("\n".join(sections), "utf-8")


def _write_feed2exec(folder: Path, urls: Sequence[str]) -> None:
    sections = [
        f"[feed{n}]\nurl = {url}\noutput = feed2exec.plugins.null\n" for n, url in enumerate(urls)
    ]
    (folder / "feeds.ini").write_text("\n".join(sections), "utf-8")


def _write_newsboat(folder: Path, urls: Sequence[str]) -> None:
    _write_urls(folder, urls)
    (folder / "config").write_text("reload-threads 4\n", "utf-8")


def _baseline(kind: str, *packages: str) -> Runner:
    return Runner(
        name=kind,
        program="python",
        arguments=(str(_HERE / "baseline.py"), kind, "urls", "store.db"),
        prepare=_write_urls,
        stored=count_rows("store.db", "entries"),
        packages=("aiohttp>=3.14,<4", "feedparser==6.0.14", *packages),
        kind="baseline",
    )


OTHERS = (
    Runner(
        name="reader",
        program="python",
        arguments=(str(_HERE / "reader_poll.py"), "urls", "store.db"),
        prepare=_write_urls,
        stored=count_rows("store.db", "entries"),
        # It counts on feedparser to bring sgmllib3k, which newer ones do not.
        packages=("reader==3.26", "sgmllib3k==1.0.0"),
    ),
    Runner(
        name="rss2email",
        program="r2e",
        arguments=("-c", "config.cfg", "-d", "data.json", "run", "--no-send"),
        prepare=_write_rss2email,
        stored=_count_seen,
        packages=("rss2email==3.14",),
    ),
    Runner(
        name="feed2exec",
        program="feed2exec",
        # Without a folder in its name it would make the folder "".
        arguments=("--quiet", "--config", "feeds.ini", "--database", "./store.db", "fetch"),
        prepare=_write_feed2exec,
        stored=count_rows("store.db", "feedcache"),
        packages=("feed2exec==0.23.0",),
    ),
    Runner(
        name="newsboat",
        program="newsboat",
        arguments=("-u", "urls", "-c", "cache.db", "-C", "config", "-x", "reload"),
        prepare=_write_newsboat,
        stored=count_rows("cache.db", "rss_item"),
    ),
    _baseline("plain"),
    _baseline("fast", "fastfeedparser==0.6.5", "nh3>=0.3.3"),
)
