"""What the operator does with recipients, and what is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from msgspec import to_builtins
from msgspec.structs import replace

from digest.errors import UsageError
from digest.jobs.recipient_admin import RecipientAdmin
from digest.jobs.recipient_import import RecipientsImport
from digest.model import Recipient
from tests.jobs.bench import MONDAYS, StoppedClock, context_of, open_store, settings_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

ADA, EVE = Recipient("inbox", "ada@example.com"), Recipient("inbox", "eve@example.com", "Eve")


@pytest.fixture
async def admin(tmp_path: Path) -> AsyncIterator[RecipientAdmin]:
    settings = settings_of(
        tmp_path,
        ["https://site.example/feed"],
        smtp={"host": "127.0.0.1", "from": "d@example.com"},
        channels={
            "inbox": {"kind": "email", "to": "Ada <ADA@example.com>"},
            "news": {"kind": "email", "to": "bob@example.com"},
            "vault": {"kind": "file", "path": "x.md"},
        },
        digests={"weekly": {"schedule": MONDAYS, "send_to": ["inbox"]}},
    )
    async with open_store(tmp_path) as store:
        yield RecipientAdmin(context_of(store, StoppedClock(), settings=settings))


async def do(admin: RecipientAdmin, command: str, *given: Recipient, **asked: Any) -> Any:
    """As it comes over the control socket."""
    if given:
        asked["recipients"] = to_builtins(given)
    return await admin.carry_out(command, {"channel": None, **asked})


async def known(admin: RecipientAdmin) -> dict[str, tuple[str, str, bool]]:
    found = await admin._store.transact(lambda store: store.recipients.all())
    return {one.address: (one.channel, one.state, one.listed) for one in found}


async def leave(admin: RecipientAdmin, *whom: Recipient) -> None:
    gone = [replace(one, state="unsubscribed") for one in whom]
    now = admin._clock()
    await admin._store.transact(lambda store: store.recipients.put(gone, now))


async def refused(admin: RecipientAdmin, command: str, *given: Recipient, **asked: Any) -> str:
    before = await known(admin)
    with pytest.raises(UsageError) as caught:
        await do(admin, command, *given, **asked)
    assert await known(admin) == before
    return str(caught.value)


async def test_one_is_put_on_a_list_and_taken_off(admin: RecipientAdmin) -> None:
    (eve,) = (await do(admin, "add", EVE)).recipients
    assert (eve.address, eve.listed) == ("eve@example.com", True)
    assert await refused(admin, "add", EVE) == "eve@example.com is on the list of inbox"
    await do(admin, "remove", address="EVE@example.com")
    assert await known(admin) == {}
    assert "knows no recipient eve" in await refused(admin, "remove", address="eve@example.com")


async def test_whom_the_file_names_the_file_takes_off(admin: RecipientAdmin) -> None:
    assert "is on the list" in await refused(admin, "add", ADA)
    await do(admin, "import", replace(ADA, name="A"), columns=["address", "name"])
    assert await known(admin) == {"ada@example.com": ("inbox", "active", False)}
    assert "is in the configuration file" in await refused(
        admin, "remove", address="ada@example.com"
    )


async def test_who_has_left_only_comes_back_by_being_restored(admin: RecipientAdmin) -> None:
    await leave(admin, EVE, replace(EVE, channel="news"), ADA)
    assert "has unsubscribed; only if it wants" in await refused(admin, "add", EVE)
    assert "that is kept, for good" in await refused(admin, "remove", address="eve@example.com")
    imported = await do(admin, "import", EVE, columns=["address", "channel", "state"])
    assert imported == RecipientsImport(0, 0, ("eve@example.com (inbox)",))
    done = await do(admin, "restore", address="Eve@example.com", channel="news")
    assert [(restored.channel, restored.state) for restored in done.recipients] == [
        ("news", "active")
    ]
    assert "has neither unsubscribed nor bounced" in await refused(
        admin, "restore", address="eve@example.com", channel="news"
    )
    await do(admin, "restore", address="eve@example.com")
    assert (await known(admin))["ada@example.com"][1] == "unsubscribed"


async def test_what_is_imported_changes_what_its_columns_say(admin: RecipientAdmin) -> None:
    bob = Recipient("inbox", "bob@example.com")
    await do(admin, "add", EVE)
    given = (replace(EVE, name="Evelyn", reason="?"), bob)
    imported = await do(admin, "import", *given, columns=["address", "channel", "name"])
    assert imported == RecipientsImport(1, 1, ())
    (_, eve) = await admin._store.transact(lambda store: store.recipients.all())
    assert (eve.name, eve.reason) == ("Evelyn", "")
    again = await do(admin, "import", *given, columns=["address", "channel", "name"])
    assert again == RecipientsImport(0, 0, ())
    await do(admin, "import", replace(bob, state="bounced"), columns=["address", "state"])
    assert (await known(admin))["bob@example.com"] == ("inbox", "bounced", True)


@pytest.mark.parametrize("channel", ["vault", "inbx"])
async def test_only_email_channels_have_recipients(admin: RecipientAdmin, channel: str) -> None:
    said = f"there is no email channel {channel!r}"
    for command in ("add", "import"):
        assert await refused(admin, command, replace(EVE, channel=channel), columns=[]) == said
    for command in ("remove", "restore"):
        assert await refused(admin, command, address="e@x.example", channel=channel) == said
