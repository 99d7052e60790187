"""`digest completion`: the script with which a shell completes commands, options and names."""

from __future__ import annotations

import os
import re

import click
from click.shell_completion import (
    BashComplete,
    CompletionItem,
    FishComplete,
    ShellComplete,
    ZshComplete,
    add_completion_class,
    get_completion_class,
    split_arg_string,
)

from digest.cli import COMPLETION_VARIABLE
from digest.cli.output import show_document

_SHELLS = ("bash", "zsh", "fish")


# What bash would take for the end of a word, or for more than a letter, by the quote it is behind.
_SPECIAL = {"": re.compile(r"[^\w@%+=:,./~-]"), '"': re.compile(r'["$`\\]')}


class _OfWholeWords(ShellComplete):
    """Shells take what they are offered for the whole word: `--to=inbox`, not `inbox`."""

    def get_completions(self, args: list[str], incomplete: str) -> list[CompletionItem[str]]:
        items = super().get_completions(args, incomplete)
        option, equals, _ = incomplete.partition("=")
        if not (equals and option.startswith("-")):
            return items
        return [CompletionItem(f"{option}={item.value}", item.type, item.help) for item in items]


class _Bash(_OfWholeWords, BashComplete):
    """Bash puts what it is offered on the line as it is, so names are quoted here.

    It puts it in the place of what is behind the last `=` or `:` of the word, or behind its quote.
    """

    source_template = BashComplete.source_template.replace(
        'COMP_WORDS="${COMP_WORDS[*]}" COMP_CWORD=$COMP_CWORD',
        'COMP_WORDS="${COMP_LINE:0:COMP_POINT}" COMP_CWORD="${COMP_WORDS[COMP_CWORD]}"',
    )
    _quote = ""
    _kept = 0

    def get_completion_args(self) -> tuple[list[str], str]:
        # With a letter behind it there is a last word, also where nothing is typed of it yet.
        *words, last = split_arg_string(os.environ["COMP_WORDS"] + "x")[1:]
        word = last[:-1]
        replaced = os.environ["COMP_CWORD"]
        if replaced in {"=", ":"}:
            self._kept = len(word)
        elif replaced:
            self._quote = replaced[0] if replaced[0] in "\"'" else ""
            self._kept = max(0, len(word) - len(split_arg_string(replaced)[0]))
        return words, word

    def format_completion(self, item: CompletionItem[str]) -> str:
        value = item.value[self._kept :]
        if self._quote == "'":
            value = value.replace("'", r"'\''")
        else:
            value = _SPECIAL[self._quote].sub(r"\\\g<0>", value)
        # Twice, since the script reads each line in a way that takes one away.
        return f"{item.type},{value}".replace("\\", r"\\")


class _Zsh(_OfWholeWords, ZshComplete):
    # The names of files are completed by the shell, and only what is behind the option's `=`.
    source_template = ZshComplete.source_template.replace(
        "_path_files", "compset -P '-*='; _path_files"
    )


class _Fish(_OfWholeWords, FishComplete):
    # Only the first comma of a line is the protocol's: names and summaries have commas too.
    source_template = FishComplete.source_template.replace("string split", "string split --max 1")


for _kind in (_Bash, _Zsh, _Fish):
    add_completion_class(_kind)


@click.command()
@click.argument("shell", type=click.Choice(_SHELLS, case_sensitive=False))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print a script with which a shell completes names.

    It completes commands, options, and what the configuration file names.

    In ~/.bashrc: eval "$(digest completion bash)". In ~/.zshrc the same with zsh, below the line
    with compinit. For fish: digest completion fish > ~/.config/fish/completions/digest.fish.
    """
    kind = get_completion_class(shell)
    assert kind is not None
    program = kind(context.find_root().command, {}, "digest", COMPLETION_VARIABLE)
    show_document(program.source())
