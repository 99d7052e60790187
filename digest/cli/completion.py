"""`digest completion`: the script with which a shell completes commands, options and names."""

from __future__ import annotations

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
)

from digest.cli import COMPLETION_VARIABLE
from digest.cli.output import show_document

_SHELLS = ("bash", "zsh", "fish")


# What bash would take for the end of a word, or for more than a letter.
_SPECIAL = re.compile(r"(?=[^\w@%+=:,./~-])")


class _Bash(BashComplete):
    """Bash puts what it is offered on the line as it is, so spaces in names are quoted here."""

    def format_completion(self, item: CompletionItem[str]) -> str:
        # Twice, since the script reads each line in a way that takes one away.
        quoted = _SPECIAL.sub(r"\\\\", item.value)
        return f"{item.type},{quoted}"


class _OfWholeWords(ShellComplete):
    """Zsh and fish take what they are offered for the whole word: `--to=inbox`, not `inbox`."""

    def get_completions(self, args: list[str], incomplete: str) -> list[CompletionItem[str]]:
        items = super().get_completions(args, incomplete)
        option, equals, _ = incomplete.partition("=")
        if not (equals and option.startswith("-")):
            return items
        return [CompletionItem(f"{option}={item.value}", item.type, item.help) for item in items]


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

    In ~/.bashrc: eval "$(digest completion bash)". In ~/.zshrc the same with zsh. For fish: digest
    completion fish > ~/.config/fish/completions/digest.fish.
    """
    kind = get_completion_class(shell)
    assert kind is not None
    program = kind(context.find_root().command, {}, "digest", COMPLETION_VARIABLE)
    show_document(program.source())
