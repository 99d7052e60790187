"""What is secret in the settings of a channel, of any kind, is nowhere else.

A real ledger delivers to each place while it takes what it gets, refuses it, repeats all it hears,
and is down; then all that people and programs can see is searched. Previews, which need no server,
are searched in test_contract.py.
"""

from __future__ import annotations

import asyncio
import json
import logging
import traceback
from typing import TYPE_CHECKING

import pytest

from digest.app.reports import status_report
from digest.app.ticker import DaemonHealth
from digest.channels import open_channels
from digest.channels.pace import Pace
from digest.checks.everything import Outside, check_everything
from digest.cli import cli
from digest.config import load_settings
from digest.errors import DeliveryError
from digest.web.metrics import exposition
from tests.channels.making import Daemon, started
from tests.channels.place import SECRET
from tests.channels.places import PLACES
from tests.rendering.samples import edition, story
from tests.store.build import dump

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from digest.config import Settings
    from digest.store import Store
    from tests.channels.place import Place

# What opens the database, and what is answered from it.
COMMANDS = (("status",), ("deliveries",), ("incidents", "--all"), ("show", "1"))


# The login of a mail server is looked for in tests/cli/test_secrets.py, on a server that takes one.
WITH_SECRETS = [name for name, place in PLACES.items() if SECRET in str(place.example)]


@pytest.fixture(params=WITH_SECRETS)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    made = PLACES[request.param](tmp_path)
    made.start()
    yield made
    made.stop()


def settings_of(place: Place) -> Settings:
    """The settings of the place's file, whose one feed is at a port that is never asked."""
    place.settings()
    path = place.folder / "config.yaml"
    data = json.loads(path.read_text("utf-8"))
    data["feeds"] = ["http://127.0.0.1:1/feed"]
    data["database"] = f"sqlite:///{place.folder}/digest.db"
    path.write_text(json.dumps(data), "utf-8")
    return load_settings(path, {})


async def checked(settings: Settings) -> list[str]:
    """What `digest check --online` says of the channel, also before anything is masked."""

    async def nothing(_: str) -> list[str]:
        return []

    told = [str(each) for each in await check_everything(settings, Outside(lookup=nothing))]
    try:
        told.append(await open_channels(settings)["it"].check())
    except DeliveryError as error:
        told += traceback.format_exception(error)
    return told


async def delivered(place: Place, settings: Settings) -> tuple[list[str], set[str]]:
    """What is told and kept while a place has each of its fates, and the states it leads to."""
    channel = open_channels(settings)["it"]
    channel.pace = Pace()
    told = [repr(settings), repr(channel), str(channel), str(vars(channel))]
    async with started(place.folder, channel) as daemon:
        for begin in (None, place.refuse_for_good, place.repeat_all, place.go_down):
            if begin:
                begin()
            await daemon.publish(edition(story()))
            await daemon.delivering.deliver_due()
            # Whatever channel rests has rested.
            daemon.clock.turn(days=1)
        told += await checked(settings)
        told += await daemon.store.transact(lambda store: kept(settings, daemon, store))
        rows = await daemon.store.transact(dump)
    return told, {str(row) for row in rows["deliveries"]}


def kept(settings: Settings, daemon: Daemon, store: Store) -> list[str]:
    """Every value of the database, and the metrics."""
    found = store.health.read(), store.archive.waiting(set()), store.keeping.sizes()
    report = status_report(settings, found[0], daemon.clock())
    metrics = exposition(report, found, DaemonHealth(), {}, 0.0, daemon.clock())
    values = [value for rows in dump(store).values() for row in rows for value in row]
    return [
        metrics.decode(),
        *(value.decode("latin-1") if isinstance(value, bytes) else str(value) for value in values),
    ]


def test_secrets_are_told_to_nobody(
    place: Place, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = settings_of(place)
    with caplog.at_level(logging.DEBUG):
        told, deliveries = asyncio.run(delivered(place, settings))
    log = caplog.text
    for command in COMMANDS:
        cli(
            ["--config", str(place.folder / "config.yaml"), "--json", *command],
            standalone_mode=False,
        )
    printed = capsys.readouterr()

    assert len(deliveries) >= 4
    assert "weekly" in printed.out
    assert [text for text in (*told, log, printed.out, printed.err) if SECRET in text] == []
    assert any(SECRET in secret for secret in settings.secrets())
