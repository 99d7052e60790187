"""What the operator does with recipients, and what is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from msgspec import to_builtins
from msgspec.structs import replace

from digest.errors import UsageError
from digest.jobs.recipient_admin import RecipientAdmin
from digest.model import Recipient
from tests.jobs.bench import MONDAYS, StoppedClock, open_store, settings_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

ADA, EVE = Recipient("inbox", "ada@example.com"), Recipient("inbox", "eve@example.com", "Eve")


@pytest.fixture
async def rostering(tmp_path: Path) -> AsyncIterator[RecipientAdmin]:
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
        yield RecipientAdmin(settings, store, StoppedClock())


async def do(rostering: RecipientAdmin, command: str, *given: Recipient, **asked: Any) -> Any:
    """As it comes over the control socket."""
    if given:
        asked["recipients"] = to_builtins(given)
    return await rostering.carry_out(command, {"channel": None, **asked})


async def known(rostering: RecipientAdmin) -> dict[str, tuple[str, str, bool]]:
    found = await rostering._store.run(lambda store: store.recipients.all())
    return {one.address: (one.channel, one.state, one.listed) for one in found}


async def leave(rostering: RecipientAdmin, *whom: Recipient) -> None:
    gone = [replace(one, state="unsubscribed") for one in whom]
    now = rostering._clock()
    await rostering._store.run(lambda store: store.recipients.put(gone, now))


async def refused(rostering: RecipientAdmin, command: str, *given: Recipient, **asked: Any) -> str:
    before = await known(rostering)
    with pytest.raises(UsageError) as caught:
        await do(rostering, command, *given, **asked)
    assert await known(rostering) == before
    return str(caught.value)


async def test_one_is_put_on_a_list_and_taken_off(rostering: RecipientAdmin) -> None:
    (row,) = (await do(rostering, "add", EVE))["recipients"]
    assert (row["address"], row["listed"]) == ("eve@example.com", True)
    assert await refused(rostering, "add", EVE) == "eve@example.com is on the list of inbox"
    await do(rostering, "remove", address="EVE@example.com")
    assert await known(rostering) == {}
    assert "knows no recipient eve" in await refused(rostering, "remove", address="eve@example.com")


async def test_whom_the_file_names_the_file_takes_off(rostering: RecipientAdmin) -> None:
    assert "is on the list" in await refused(rostering, "add", ADA)
    await do(rostering, "import", replace(ADA, name="A"), columns=["address", "name"])
    assert await known(rostering) == {"ada@example.com": ("inbox", "active", False)}
    assert "is in the configuration file" in await refused(
        rostering, "remove", address="ada@example.com"
    )


async def test_who_has_left_only_comes_back_by_being_restored(rostering: RecipientAdmin) -> None:
    await leave(rostering, EVE, replace(EVE, channel="news"), ADA)
    assert "has unsubscribed; only if it wants" in await refused(rostering, "add", EVE)
    assert "that is kept, for good" in await refused(rostering, "remove", address="eve@example.com")
    imported = await do(rostering, "import", EVE, columns=["address", "channel", "state"])
    assert imported == {
        "added": 0,
        "changed": 0,
        "suppressed": ("eve@example.com (inbox)",),
        "removed": (),
    }
    done = await do(rostering, "restore", address="Eve@example.com", channel="news")
    assert [(row["channel"], row["state"]) for row in done["recipients"]] == [("news", "active")]
    assert "has neither unsubscribed nor bounced" in await refused(
        rostering, "restore", address="eve@example.com", channel="news"
    )
    await do(rostering, "restore", address="eve@example.com")
    assert (await known(rostering))["ada@example.com"][1] == "unsubscribed"


async def test_what_is_imported_changes_what_its_columns_say(rostering: RecipientAdmin) -> None:
    bob = Recipient("inbox", "bob@example.com")
    await do(rostering, "add", EVE)
    given = (replace(EVE, name="Evelyn", reason="?"), bob)
    imported = await do(rostering, "import", *given, columns=["address", "channel", "name"])
    assert imported == {"added": 1, "changed": 1, "suppressed": (), "removed": ()}
    (_, eve) = await rostering._store.run(lambda store: store.recipients.all())
    assert (eve.name, eve.reason) == ("Evelyn", "")
    again = await do(rostering, "import", *given, columns=["address", "channel", "name"])
    assert again == {"added": 0, "changed": 0, "suppressed": (), "removed": ()}
    await do(rostering, "import", replace(bob, state="bounced"), columns=["address", "state"])
    assert (await known(rostering))["bob@example.com"] == ("inbox", "bounced", True)


@pytest.mark.parametrize("channel", ["vault", "inbx"])
async def test_only_email_channels_have_recipients(rostering: RecipientAdmin, channel: str) -> None:
    said = f"there is no email channel {channel!r}"
    for command in ("add", "import"):
        assert await refused(rostering, command, replace(EVE, channel=channel), columns=[]) == said
    for command in ("remove", "restore"):
        assert await refused(rostering, command, address="e@x.example", channel=channel) == said
