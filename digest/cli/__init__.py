"""The `digest` command: one file per group of commands."""

from __future__ import annotations

import atexit
import errno
import gc
import importlib
import io
import logging
import os
import sys
from contextlib import contextmanager, suppress
from functools import update_wrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn

import click

from digest import PROJECT_URL, __version__
from digest.cli.groups import Group
from digest.cli.options import Options, common_options
from digest.cli.standard_streams import prepare_streams
from digest.errors import StoreError, UsageError, mendable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


_log = logging.getLogger(__name__)

# By heading: every command, the module that it is in, and what the help says of it.
_COMMANDS = {
    "Set up": {
        "init": ("setup.init", "Make a configuration, by questions or by options."),
        "check": ("check", "Check the configuration and the templates."),
        "run": ("run", "Run the daemon until SIGTERM or SIGINT."),
        "reload": ("reload", "Have the daemon take over its file, or say why it does not."),
        "service": (
            "setup.service",
            "Keep the daemon running, also after a restart of the machine.",
        ),
        "demo": ("demo.demo", "Run everything once with sample feeds."),
    },
    "Every day": {
        "status": ("status", "Show what needs attention, and what comes next."),
        "preview": ("preview", "Show the next edition of DIGEST as it would be now."),
        "send": ("poll_send", "Publish and deliver an edition of DIGEST now."),
        "test": ("test", "Send a test message through CHANNEL."),
        "poll": ("poll_send", "Poll feeds now: those that are given, or all."),
        "summaries": ("summaries", "Try what models write, without sending it."),
        "explain": ("explain", "Explain why an entry arrived, or did not."),
        "incidents": ("deliveries", "Show what needs a person, the oldest first."),
    },
    "Feeds and recipients": {
        "feeds": ("feeds", "Find, try, add, remove and pause feeds; move them in and out."),
        "held": ("held", "Show the entries held from a flood, or decide about them."),
        "recipients": ("recipients", "Show, change and move the recipients of email channels."),
        "pair": ("pair", "Show who may ask a bot, let somebody do so, or end it."),
        "digests": ("digests", "Move or forget digests that the configuration file has no more."),
    },
    "Deliveries": {
        "deliveries": ("deliveries", "Show deliveries, the newest first."),
        "show": ("deliveries", "Show an edition with the whole history of its deliveries."),
        "retry": ("deliveries", "Try failed, waiting or unknown deliveries again now."),
        "drop": ("deliveries", "Give up deliveries that are not sent: they are not tried again."),
        "resend": ("deliveries", "Send an edition once more, as it was."),
    },
    "More": {
        "help": ("help", "Show what COMMAND does, and its options."),
        "completion": ("completion", "Print a script with which a shell completes names."),
        "templates": ("templates", "List, copy and try templates."),
        "backup": ("backup", "Copy the database to FILE, whether a daemon runs or not."),
        "keys": ("keys", "Change the keys that links and sessions are signed with."),
        "schema": ("schema", "Print the JSON Schema of the configuration file."),
    },
}
_MODULES = {name: module for listed in _COMMANDS.values() for name, (module, _) in listed.items()}
_SUMMARIES = {name: about for listed in _COMMANDS.values() for name, (_, about) in listed.items()}
_INTERRUPTED = 130
# The script of `digest completion` has a shell set it to ask what can stand at a place.
COMPLETION_VARIABLE = "_DIGEST_COMPLETE"
_MENDABLE = {errno.EACCES, errno.EPERM, errno.EROFS, errno.EDQUOT}


def pass_settings(command: Callable[..., int | None]) -> Callable[..., int | None]:
    """Call a command with the settings first, as `settings_in_use` has them."""

    @click.pass_obj
    def called(options: Options, /, **arguments: Any) -> int | None:
        from digest.cli.settings_in_use import settings_in_use

        return command(settings_in_use(options).settings, **arguments)

    return update_wrapper(called, command)


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """For imports: what they make is never garbage, so it is not searched for any, now or later.

    What it gains is in docs/performance.md.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


class _LazyGroup(Group):
    """Imports a command's module when it is called: most need little of the rest."""

    headings: ClassVar = {heading: tuple(listed) for heading, listed in _COMMANDS.items()}

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(_MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in _MODULES:
            return None
        with _without_garbage_collection():
            module = importlib.import_module(f"{__name__}.{_MODULES[cmd_name]}")
        command: click.Command = getattr(module, cmd_name)
        return command

    def summary(self, ctx: click.Context, name: str) -> str:  # noqa: ARG002
        """As the table has it: for the list of all commands none of them is imported."""
        return _SUMMARIES[name]


@click.group(
    cls=_LazyGroup,
    params=[*common_options()],
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=f"Documentation: {PROJECT_URL}",
)
@click.version_option(__version__, "-V", "--version", prog_name="digest")
@click.pass_context
def cli(context: click.Context) -> None:
    """Turn feeds into digests that go out by email, to chat channels and into files.

    The options below may stand behind a command too.
    """
    context.ensure_object(Options)


def main() -> NoReturn:
    """Run the command of the arguments, and end the process with its exit code."""
    prepare_streams()
    leave(run_command())


def leave(code: int) -> NoReturn:
    """End the process at once; what is registered for its end is still done.

    A normal exit would wait for threads that still look up a name, which can take longer than a
    stop may, and free the memory piece by piece (docs/performance.md has what that costs). All that
    is ours is closed by then.
    """
    atexit._run_exitfuncs()  # noqa: SLF001 - the part of a normal exit that is wanted
    os._exit(code)


def run_command(arguments: list[str] | None = None) -> int:
    """Run a command: 0 done, 1 failed, 2 usage, 3 busy, 130 interrupted."""
    try:
        if COMPLETION_VARIABLE in os.environ:
            # It says what each shell takes names for.
            importlib.import_module(f"{__name__}.completion")
        result: Any = cli.main(arguments, standalone_mode=False, complete_var=COMPLETION_VARIABLE)
        sys.stdout.flush()
    except click.ClickException as error:
        return _misused(error)
    except (click.Abort, KeyboardInterrupt):
        _tell("digest: interrupted")
        return _INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:  # noqa: BLE001 - logged whole, and no traceback from click
        return _failed(error)
    return result if isinstance(result, int) else 0


def _misused(error: click.ClickException) -> int:
    """Show what click has to say, in which arguments may be quoted."""
    shown = io.StringIO()
    error.show(shown)
    # It indents what can be chosen by tabs.
    _tell(shown.getvalue().rstrip("\n").expandtabs(4))
    return error.exit_code


def _failed(error: Exception) -> int:
    if isinstance(error, UnicodeEncodeError) and error.reason == "surrogates not allowed":
        error = UsageError("an argument is not text in UTF-8")
    elif isinstance(error, OSError) and (reason := _of_the_system(error)):
        error = UsageError(reason)
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        error = StoreError(f"the output could not be written: {error.strerror}")
    reasons = mendable(error)
    for text in dict.fromkeys(str(reason) for reason in reasons):
        _tell(f"digest: {text}")
    if not reasons:
        _log_at_all()
        _log.exception("bug in a command; please report it")
    return max((reason.exit_code for reason in reasons), default=1)


def _of_the_system(error: OSError) -> str | None:
    """What a person can mend of an error of the system that nobody expected."""
    from digest.file_errors import file_trouble

    if error.filename and error.errno in _MENDABLE:
        path = os.fsdecode(error.filename)
        return f"{path}: {file_trouble(Path(path), error)}"
    try:
        Path.cwd()
    except OSError as lost:
        return f"the current folder cannot be used ({lost.strerror}); go to another one"
    return None


def _tell(lines: str) -> None:
    from digest.cli.output import show_lines

    # Who cannot be told has the exit code.
    with suppress(OSError):
        show_lines(lines, err=True)


def _log_at_all() -> None:
    """Have a bug logged as all is, also one of before the log was set up."""
    from digest.log import Redactor, configure

    if not logging.getLogger().handlers:
        configure("error", "auto", Redactor())
