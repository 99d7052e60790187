"""`digest recipients`: shows and changes who gets email beside those whom the file names."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar, get_args

import click
from msgspec import to_builtins

from digest.app.human_units import clock_time
from digest.app.wiring import open_runtime, utc_now
from digest.cli import aio, pass_settings
from digest.cli.groups import Group
from digest.cli.holder import ask_holder
from digest.cli.names import channel_names, only_list
from digest.cli.output import print_result, print_table, say, show_document
from digest.cli.private_files import write_private
from digest.cli.recipients_csv import recipient_of, write_csv
from digest.cli.recipients_import import print_import, read_file, with_file
from digest.config.addresses import mail_address, mail_key
from digest.config.spelling import known_name, spelled
from digest.errors import InstanceError, UsageError
from digest.jobs import recipient_lists
from digest.jobs.recipient_admin import Recipients, RecipientsAllow
from digest.jobs.recipient_import import RecipientsImport
from digest.jobs.recipient_lists import as_of
from digest.jobs.renames import RecipientsForget, RecipientsMove
from digest.language import counted
from digest.model import Frequency, Recipient
from digest.store import database_of, read_store

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from zoneinfo import ZoneInfo

    from digest.config import Settings

T = TypeVar("T")
Command = TypeVar("Command", bound="Callable[..., Any] | click.Command")

_address = click.argument("address")


def _channel_option(about: str) -> Callable[[Command], Command]:
    return click.option(
        "--channel",
        metavar="CHANNEL",
        shell_complete=channel_names,
        help=about,
    )


_channel = _channel_option("Default: every channel it is on.")

_FREQUENCIES = click.Choice(get_args(Frequency))


@click.group(cls=Group)
def recipients() -> None:
    """Show, change and move the recipients of email channels."""


@recipients.command("list")
@_channel_option("Only those of this channel.")
@pass_settings
def list_(settings: Settings, channel: str | None) -> None:
    """Show all recipients: those in the file and those in the database."""
    known = _known(settings)
    channel = _list_named(settings, channel, known)
    everybody = [*_named(settings, known), *known]
    wanted = [recipient for recipient in everybody if channel in {None, recipient.channel}]
    wanted.sort(key=lambda recipient: (recipient.channel, mail_key(recipient.address)))
    print_result(_as_of_now(wanted), lambda result: _print(result, settings.zone))


@recipients.command()
@_address
@_channel_option("Default: the only email channel.")
@click.option("--name", default="", help="The name beside the address.")
@click.option(
    "--frequency",
    type=_FREQUENCIES,
    default="each",
    show_default=True,
    help="How often: each edition, or what they had in a week.",
)
@pass_settings
def add(settings: Settings, address: str, channel: str | None, name: str, frequency: str) -> None:
    """Put ADDRESS on the list of a channel."""
    on_list = _list_named(settings, channel) or only_list(settings)
    try:
        recipient = recipient_of(
            {"address": address, "channel": on_list, "name": name, "frequency": frequency}
        )
    except ValueError as error:
        raise UsageError(str(error)) from None
    _change_recipients(settings, "add", recipients=to_builtins([recipient]))


@recipients.command("set")
@_address
@_channel
@click.option("--name", help="The name beside the address.")
@click.option("--frequency", type=_FREQUENCIES, help="How often; from the end of the week on.")
@click.option("--at", "send_at", metavar="HH:MM", help="Time of day; empty: as published.")
@click.option("--zone", help="Time zone of --at, like Europe/Berlin; empty: the digest's.")
@pass_settings
def change(settings: Settings, /, address: str, channel: str | None, **columns: str | None) -> None:
    """Change what ADDRESS gets, and when."""
    channel = _list_named(settings, channel)
    given = {name: value for name, value in columns.items() if value is not None}
    if not given:
        raise UsageError("say what to set: --name, --frequency, --at or --zone")
    try:
        recipient = recipient_of({"address": address, "channel": channel or "", **given})
    except ValueError as error:
        raise UsageError(str(error)) from None
    changed = to_builtins([recipient])
    _change_recipients(settings, "set", recipients=changed, channel=channel, columns=list(given))


@recipients.command()
@_address
@_channel
@pass_settings
def remove(settings: Settings, address: str, channel: str | None) -> None:
    """Take ADDRESS off the list."""
    channel = channel and spelled(channel, settings.lists())
    _change_recipients(settings, "remove", address=address, channel=channel)


@recipients.command()
@_address
@_channel
@pass_settings
def restore(settings: Settings, address: str, channel: str | None) -> None:
    """Send to ADDRESS again, which has unsubscribed or bounced."""
    channel = channel and spelled(channel, settings.lists())
    _change_recipients(settings, "restore", address=address, channel=channel)


@recipients.command()
@click.argument("before", metavar="FROM")
@click.argument("after", metavar="TO", shell_complete=channel_names)
@pass_settings
def move(settings: Settings, before: str, after: str) -> None:
    """Move the readers of channel FROM, which was renamed, to channel TO.

    Who left either stays away, what waits for FROM goes through TO, and old links lead to TO.
    """
    moved = rename(settings, RecipientsMove, "recipients move", before, after)
    who = f"{counted(moved.readers, 'reader')}, and {moved.left} who left"
    print_result(moved, lambda _: say(f"moved {before} to {after}: {who}"))


@recipients.command()
@click.argument("name", metavar="CHANNEL")
@pass_settings
def forget(settings: Settings, name: str) -> None:
    """Forget the readers of CHANNEL, which is gone for good. Those who left stay away."""
    forgotten = rename(settings, RecipientsForget, "recipients forget", name)
    readers = counted(forgotten.readers, "reader")
    print_result(forgotten, lambda _: say(f"forgot {readers} of {name}"))


@recipients.command()
@_address
@pass_settings
def allow(settings: Settings, address: str) -> None:
    """Let ADDRESS be asked again for a confirmation.

    Somebody there chose never to be asked again, or was asked too often.
    """
    allowed = aio.run(_carry_out(settings, RecipientsAllow, "allow", {"address": address}))
    print_result(allowed, lambda allowed: say(f"{allowed.address} may be asked again"))


@recipients.command("import")
@click.argument("file", type=click.File("rb"))
@_channel_option("For lines that do not say which. Default: the only one.")
@pass_settings
def import_(settings: Settings, file: BinaryIO, channel: str | None) -> None:
    """Import recipients from the CSV in FILE: all or none. Those who have left stay away.

    It may be an export of this program, of another one for newsletters, or of a spreadsheet.
    """
    given = read_file(file, settings.lists(), _list_named(settings, channel))
    arguments = {"recipients": to_builtins(given.recipients), "columns": given.columns}
    imported = aio.run(_carry_out(settings, RecipientsImport, "import", arguments))
    print_result(with_file(imported, given), print_import)


@recipients.command()
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="Write to this file, for its owner alone.",
)
@_channel_option("Only those of this channel.")
@pass_settings
def export(settings: Settings, output: Path | None, channel: str | None) -> None:
    """Print recipients as CSV, and who left of those in the file."""
    known = _known(settings)
    channel = _list_named(settings, channel, known)
    named = recipient_lists.named(settings)
    exported = [
        recipient
        for recipient in known
        if channel in {None, recipient.channel} and recipient_lists.is_kept(recipient, named)
    ]
    text = write_csv(exported)
    if output:
        write_private(output, text.encode())
    print_result(_as_of_now(exported), lambda _: None if output else show_document(text))


def _list_named(
    settings: Settings, channel: str | None, known: Sequence[Recipient] = ()
) -> str | None:
    """A channel that has a list, or had one of before, which can still be looked at."""
    lists = {*settings.lists(), *(recipient.channel for recipient in known)}
    return known_name("email channel", channel, lists) if channel is not None else None


def _known(settings: Settings) -> list[Recipient]:
    with read_store(database_of(settings)) as store:
        return store.recipients.all() if store else []


def _named(settings: Settings, known: Sequence[Recipient]) -> list[Recipient]:
    """Whom the file names, and the store knows nothing of."""
    keys = {(recipient.channel, mail_key(recipient.address)) for recipient in known}
    return [
        Recipient(channel, mail_address(to), listed=False)
        for channel in settings.lists()
        for to in settings.audience_of(channel)
        if (channel, mail_key(to)) not in keys
    ]


def _change_recipients(settings: Settings, command: str, **arguments: Any) -> None:
    changed = aio.run(_carry_out(settings, Recipients, command, arguments))
    print_result(changed, lambda result: _print(result, settings.zone))


async def _carry_out(
    settings: Settings, kind: type[T], command: str, arguments: dict[str, Any]
) -> T:
    try:
        async with open_runtime(settings, f"digest recipients {command}") as runtime:
            result = await runtime.recipient_admin.carry_out(command, arguments)
    except InstanceError as error:
        return await ask_holder(settings, error, kind, "recipients", do=command, **arguments)
    assert isinstance(result, kind)
    return result


def rename(settings: Settings, kind: type[T], command: str, *names: str) -> T:
    """What a command did to what is gone from the file, here or by the daemon."""
    return aio.run(_rename(settings, kind, command, names))


async def _rename(settings: Settings, kind: type[T], command: str, names: Sequence[str]) -> T:
    try:
        async with open_runtime(settings, f"digest {command}") as runtime:
            result = await runtime.renames.carry_out(command, names)
    except InstanceError as error:
        return await ask_holder(settings, error, kind, "rename", do=command, names=names)
    assert isinstance(result, kind)
    return result


def _as_of_now(recipients: Sequence[Recipient]) -> Recipients:
    now = utc_now()
    return Recipients(tuple(as_of(recipient, now) for recipient in recipients))


def _print(result: Recipients, zone: ZoneInfo) -> None:
    columns = ("channel", "address", "name", "state", "reason", "gets", "at", "changed")
    if result.recipients:
        print_table("", columns, [_row(recipient, zone) for recipient in result.recipients])
    else:
        say("No recipients.")


def _row(recipient: Recipient, zone: ZoneInfo) -> tuple[str, ...]:
    gets, wants = recipient.gets, recipient.frequency
    return (
        recipient.channel,
        recipient.address,
        recipient.name,
        recipient.state,
        recipient.reason,
        gets if gets == wants else f"{gets}, then {wants}",
        f"{recipient.send_at:%H:%M} {recipient.zone or ''}" if recipient.send_at else "",
        clock_time(recipient.changed_at, zone) if recipient.changed_at else "",
    )
