"""`recipients`: who gets email beside those whom the configuration file names, and who does not."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, get_args

import click
from msgspec import convert, to_builtins

from digest.app.wiring import open_runtime, utc_now
from digest.cli import Options, aio
from digest.cli.groups import Group
from digest.cli.output import print_json, print_table, say, show_document
from digest.cli.poll_send import asked
from digest.cli.private_files import write_private
from digest.cli.recipients_csv import read_csv, recipient_of, write_csv
from digest.config.addresses import mail_address, mail_key
from digest.errors import InstanceError, UsageError
from digest.jobs import recipient_admin
from digest.jobs.recipient_admin import shown
from digest.language import counted
from digest.model import Frequency, Recipient
from digest.store import Store, database_exists

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.config import Settings

_address = click.argument("address")
_channel = click.option("--channel", metavar="CHANNEL", help="Default: every channel it is on.")

_FREQUENCIES = click.Choice(get_args(Frequency))


@click.group(cls=Group)
def recipients() -> None:
    """Show, change and move the recipients of email channels."""


@recipients.command("list")
@click.option("--channel", metavar="CHANNEL", help="Only those of this channel.")
@click.pass_obj
def list_(options: Options, channel: str | None) -> int:
    """Show everybody: whom the file names, and whom the store knows."""
    settings = options.settings(log_level="error")
    known = _known(settings)
    _check(settings, channel, known)
    shown = [one for one in [*_named(settings, known), *known] if channel in {None, one.channel}]
    shown.sort(key=lambda one: (one.channel, mail_key(one.address)))
    if options.json:
        print_json({"recipients": [_row(one) for one in shown]})
    elif shown:
        _print(shown)
    else:
        say("No recipients.")
    return 0


@recipients.command()
@_address
@click.option("--channel", metavar="CHANNEL", required=True, help="The email channel.")
@click.option("--name", default="", help="What stands beside the address.")
@click.option(
    "--frequency",
    type=_FREQUENCIES,
    default="each",
    show_default=True,
    help="How often: each edition, or what they had in a week.",
)
@click.pass_obj
def add(options: Options, address: str, channel: str, name: str, frequency: str) -> int:
    """Put ADDRESS on the list of a channel."""
    settings = options.settings(log_level="error")
    _check(settings, channel)
    try:
        said = {"address": address, "channel": channel, "name": name, "frequency": frequency}
        one = recipient_of(said)
    except ValueError as error:
        raise UsageError(str(error)) from None
    return _carry_out(options, settings, "add", recipients=_plain([one]))


@recipients.command("set")
@_address
@_channel
@click.option("--name", help="What stands beside the address.")
@click.option("--frequency", type=_FREQUENCIES, help="How often; from the end of the week on.")
@click.option("--at", "send_at", metavar="HH:MM", help="Time of day; empty: as published.")
@click.option("--zone", help="Time zone of --at, like Europe/Berlin; empty: the digest's.")
@click.pass_obj
def change(options: Options, /, address: str, channel: str | None, **said: str | None) -> int:
    """Change what ADDRESS gets, and when."""
    settings = options.settings(log_level="error")
    _check(settings, channel)
    given = {name: value for name, value in said.items() if value is not None}
    if not given:
        raise UsageError("say what to set: --name, --frequency, --at or --zone")
    try:
        one = recipient_of({"address": address, "channel": channel or "", **given})
    except ValueError as error:
        raise UsageError(str(error)) from None
    return _carry_out(
        options, settings, "set", recipients=_plain([one]), channel=channel, columns=list(given)
    )


@recipients.command()
@_address
@_channel
@click.pass_obj
def remove(options: Options, address: str, channel: str | None) -> int:
    """Take ADDRESS off the list."""
    settings = options.settings(log_level="error")
    return _carry_out(options, settings, "remove", address=address, channel=channel)


@recipients.command()
@_address
@_channel
@click.pass_obj
def restore(options: Options, address: str, channel: str | None) -> int:
    """Send to ADDRESS again, which has unsubscribed or bounced."""
    settings = options.settings(log_level="error")
    return _carry_out(options, settings, "restore", address=address, channel=channel)


@recipients.command()
@click.argument("before", metavar="FROM")
@click.argument("after", metavar="TO")
@click.pass_obj
def move(options: Options, before: str, after: str) -> int:
    """Have the list of channel FROM, which is gone, go on as that of TO.

    Who left either stays away, what waits for FROM goes through TO, and old links are TO's.
    """
    settings = options.settings(log_level="error")
    result = rename(settings, "recipients move", before, after)
    if options.json:
        print_json(result)
    else:
        told = f"{counted(result['readers'], 'reader')}, and {result['left']} who left"
        say(f"moved {before} to {after}: {told}")
    return 0


@recipients.command()
@click.argument("name", metavar="CHANNEL")
@click.pass_obj
def forget(options: Options, name: str) -> int:
    """Forget the readers of CHANNEL, which is gone for good. Who left it stays away."""
    settings = options.settings(log_level="error")
    result = rename(settings, "recipients forget", name)
    if options.json:
        print_json(result)
    else:
        say(f"forgot {counted(result['readers'], 'reader')} of {name}")
    return 0


@recipients.command()
@_address
@click.pass_obj
def allow(options: Options, address: str) -> int:
    """Let ADDRESS be asked again whether it subscribes.

    It said never to be, or was asked too often.
    """
    settings = options.settings(log_level="error")
    result = aio.run(_ask(settings, "allow", {"address": address}))
    if options.json:
        print_json(result)
    else:
        say(f"{result['address']} may be asked again")
    return 0


@recipients.command("import")
@click.argument("file", type=click.File(encoding="utf-8", errors="strict"))
@click.option("--channel", metavar="CHANNEL", help="For lines that do not say which.")
@click.pass_obj
def import_(options: Options, file: TextIO, channel: str | None) -> int:
    """Take over recipients from the CSV in FILE. All of them or none; who has left stays away."""
    settings = options.settings(log_level="error")
    _check(settings, channel)
    try:
        given, columns = read_csv(file.read(), settings.lists(), channel)
    except UnicodeDecodeError:
        raise UsageError(f"{file.name}: is not UTF-8") from None
    except UsageError as error:
        lines = "\n".join(f"{file.name}: {line}" for line in str(error).splitlines())
        raise UsageError(f"{lines}\nnothing was imported") from None
    return _carry_out(options, settings, "import", recipients=_plain(given), columns=columns)


@recipients.command()
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="Write to this file, for its owner alone.",
)
@click.option("--channel", metavar="CHANNEL", help="Only those of this channel.")
@click.pass_obj
def export(options: Options, output: Path | None, channel: str | None) -> int:
    """Print what the store knows as CSV. The file's own recipients are in it where they left."""
    settings = options.settings(log_level="error")
    known = _known(settings)
    _check(settings, channel, known)
    named = recipient_admin.named(settings)
    exported = [
        one
        for one in known
        if channel in {None, one.channel} and recipient_admin.is_kept(one, named)
    ]
    text = write_csv(exported)
    if output:
        write_private(output, text.encode())
    if options.json:
        print_json({"recipients": [_row(one) for one in exported]})
    elif not output:
        show_document(text)
    return 0


def _check(settings: Settings, channel: str | None, known: Sequence[Recipient] = ()) -> None:
    """Refuse a channel that is none and has no list of before, which can still be looked at."""
    lists = {*settings.lists(), *(one.channel for one in known)}
    if channel is not None and channel not in lists:
        raise UsageError(f"there is no email channel {channel!r}")


def _known(settings: Settings) -> list[Recipient]:
    if not database_exists(settings.database_path):
        return []
    store = Store(settings.database_path, read_only=True)
    try:
        return store.recipients.all()
    finally:
        store.close()


def _named(settings: Settings, known: Sequence[Recipient]) -> list[Recipient]:
    """Whom the file names, and the store knows nothing of."""
    keys = {(one.channel, mail_key(one.address)) for one in known}
    return [
        Recipient(channel, mail_address(to), listed=False)
        for channel in settings.lists()
        for to in settings.audience_of(channel)
        if (channel, mail_key(to)) not in keys
    ]


def _carry_out(options: Options, settings: Settings, command: str, **what: Any) -> int:
    result = aio.run(_ask(settings, command, what))
    if options.json:
        print_json(result)
    elif command == "import":
        say(f"{result['added']} new, {result['changed']} changed")
        for one in result["suppressed"]:
            say(f"{one} has left, and stays away")
        for one in result["removed"]:
            mend = "`digest recipients add` brings it back"
            say(f"{one} was removed since the file was written; {mend}")
    else:
        _print(convert(result["recipients"], list[Recipient]))
    return 0


async def _ask(settings: Settings, command: str, what: dict[str, Any]) -> dict[str, Any]:
    try:
        async with open_runtime(settings, f"digest recipients {command}") as runtime:
            return await runtime.recipient_admin.carry_out(command, what)
    except InstanceError as error:
        return await asked(settings, error, "recipients", do=command, **what)


def rename(settings: Settings, command: str, *names: str) -> dict[str, Any]:
    """What a command did to what is gone from the file, here or by the daemon."""
    return aio.run(_rename(settings, command, names))


async def _rename(settings: Settings, command: str, names: Sequence[str]) -> dict[str, Any]:
    try:
        async with open_runtime(settings, f"digest {command}") as runtime:
            return await runtime.renames.carry_out(command, list(names))
    except InstanceError as error:
        return await asked(settings, error, "rename", do=command, names=names)


def _plain(given: list[Recipient]) -> list[dict[str, Any]]:
    plain: list[dict[str, Any]] = to_builtins(given)
    return plain


def _row(one: Recipient) -> dict[str, Any]:
    return shown(one, utc_now())


def _print(shown: Sequence[Recipient]) -> None:
    rows = [
        (
            one.channel,
            one.address,
            one.name,
            one.state_at(utc_now()),
            one.reason,
            one.gets if one.gets == one.frequency else f"{one.gets}, then {one.frequency}",
            f"{one.send_at:%H:%M} {one.zone or ''}" if one.send_at else "",
            f"{one.changed_at:%Y-%m-%d %H:%M}" if one.changed_at else "",
        )
        for one in shown
    ]
    columns = ("channel", "address", "name", "state", "reason", "gets", "at", "changed (UTC)")
    print_table("", columns, rows)
