"""Completion as shells carry it out: what a line is behind the Tab key."""

from __future__ import annotations

import os
import shutil
import subprocess
from itertools import chain
from typing import TYPE_CHECKING

import pytest

from tests import limits
from tests.conftest import environment
from tests.examples import digest_on_path

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.forked import Forking

CONFIG = """\
feeds:
  - {url: "https://a.example/feed", name: "Tom, Dick: it's $5 [new]"}
  - https://b.example/feed
channels:
  Vault: {kind: file, path: "out/{date}.md"}
digests:
  daily: {schedule: daily, send_to: Vault}
  weekly: {schedule: friday 5pm, send_to: Vault}
"""
# A terminal with a shell at it, which shows the line and empties it at the second key.
TERMINAL = """\
zmodload zsh/zpty
start=$1; shift
zpty shell $=start
zpty -w shell "$(<start)"
zpty -r shell shown '*<<>>*'
for line in "$@"; do
  zpty -w -n shell "$line"$'\\t\\x14'
  zpty -r shell shown '*<<*>>*'
  print -r -- "${${shown##*<<}%%>>*}"
done
zpty -d shell
"""
ZSH = """\
PROMPT=; stty -echo; unset zle_bracketed_paste; unsetopt prompt_cr prompt_sp beep
show() { zle -I; print -r -- "<""<$BUFFER>>"; BUFFER= }; zle -N show; bindkey "^T" show
autoload -Uz compinit; compinit -u -D; eval "$(digest completion zsh)"; print "<""<>>"
"""
BASH = """\
PS1=; stty -echo; bind "set enable-bracketed-paste off"; bind "set bell-style none"
show() { echo "<""<$READLINE_LINE>>"; READLINE_LINE=; }; bind -x '"\\C-t": show'
eval "$(digest completion bash)"; echo "<""<>>"
"""
FISH = """\
digest completion fish | source
for line in $argv
  complete -C $line
end
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "config.yaml").write_text(CONFIG, "utf-8")
    return tmp_path


@pytest.fixture(scope="module")
def programs(forking: Forking) -> Iterator[Path]:
    with digest_on_path(forking) as programs:
        yield programs


def in_shell(command: list[str], lines: list[str], programs: Path, folder: Path) -> list[str]:
    """What it prints when it is given lines to complete, in a folder with a configuration."""
    if not shutil.which(command[0]):
        pytest.skip(f"there is no {command[0]}")
    path = f"{programs}:{os.environ['PATH']}"
    done = subprocess.run(
        [*command, *lines],
        cwd=folder,
        env=environment(PATH=path, HOME=str(folder), TERM="dumb", LC_ALL="C.UTF-8"),
        capture_output=True,
        text=True,
        timeout=limits.seconds(60),
        check=True,
    )
    assert done.stderr == ""
    return done.stdout.splitlines()


@pytest.mark.slow
@pytest.mark.parametrize(("shell", "start"), [("zsh -f -i", ZSH), ("bash --norc -i", BASH)])
def test_tab_completes_a_line(shell: str, start: str, programs: Path, folder: Path) -> None:
    lines = {
        "digest preview w": "digest preview weekly ",
        "digest preview -c con": "digest preview -c config.yaml ",
        "digest --config=con": "digest --config=config.yaml ",
        "digest send --to=v": "digest send --to=Vault ",
        "digest poll t": r"digest poll Tom,\ Dick:\ it\'s\ \$5\ \[new\] ",
        r"digest poll Tom,\ Dick:": r"digest poll Tom,\ Dick:\ it\'s\ \$5\ \[new\] ",
        "digest poll https:": "digest poll https://b.example/feed ",
    }
    (folder / "start").write_text(start, "utf-8")
    terminal = ["zsh", "-fc", TERMINAL, "zsh", shell]
    assert in_shell(terminal, list(lines), programs, folder) == [*lines.values()]


@pytest.mark.slow
def test_fish_offers_what_can_stand_there(programs: Path, folder: Path) -> None:
    lines = {
        "digest deliver": ["deliveries\tShow deliveries, the newest first."],
        "digest preview ": ["daily", "weekly"],
        "digest preview -c con": ["config.yaml"],
        "digest send --to v": ["Vault"],
        "digest send --to=v": ["--to=Vault"],
        "digest poll ": ["https://b.example/feed", "Tom, Dick: it's $5 [new]"],
    }
    offered = in_shell(["fish", "--no-config", "-c", FISH], list(lines), programs, folder)
    assert [item.rstrip("\t") for item in offered] == [*chain.from_iterable(lines.values())]
