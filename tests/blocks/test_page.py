"""docs/blocks.md: each of its examples, asked of stand-ins, gives what the page shows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from digest.app.http_clients import open_fetcher
from digest.checks.blocks import BlockChecks
from digest.rendering.templates import Templates
from tests.blocks.examples import body_of
from tests.blocks.stand_ins import SECRET_PATH, OpenMeteo
from tests.examples import blocks
from tests.feed_xml import NOW
from tests.jobs.bench import InPlace, open_bench, settings_of
from tests.jobs.test_blocks import adder, whole
from tests.servers import HttpServer, Reply, running

if TYPE_CHECKING:
    from digest.checks import Finding
    from digest.config import Settings

PAGE = (Path(__file__).parents[2] / "docs/blocks.md").read_text("utf-8")
EXAMPLES = [block for block in blocks(PAGE) if block.language == "yaml"]
SHOWN, CHECKED = [block.text for block in blocks(PAGE) if block.language == "text"]


def asked_of(
    service: OpenMeteo, calendars: HttpServer, example: dict[str, Any], folder: Path
) -> Settings:
    """The example with the stand-ins in the place of the services."""
    made = [_asked_of(service, calendars, block) for block in example["blocks"]]
    whole = {"schedule": "daily at 07:00", "timezone": "Europe/Berlin", "send_to": ["vault"]}
    digest = {**whole, **example, "send_to": ["vault"], "blocks": made}
    return settings_of(folder, ["https://site.example/feed.xml"], digests={"weekly": digest})


def _asked_of(service: OpenMeteo, calendars: HttpServer, block: dict[str, Any]) -> dict[str, Any]:
    if "path" in block:
        return block
    given = {name: value for name, value in block.items() if not name.endswith("_file")}
    if block["kind"] == "calendar":
        return given | {"url": calendars.url + SECRET_PATH}
    key = {"api_key": service.key} if "api_key_file" in block else {}
    return given | {"url": service.url, "places_url": service.url} | key


async def test_each_example_is_shown(tmp_path: Path) -> None:
    calendars, services = HttpServer(), (OpenMeteo(), OpenMeteo("k3y-0f-a-subscription"))
    answer = body_of("calendar") or b""
    calendars.replies[SECRET_PATH] = Reply(answer, headers={"Content-Type": "text/calendar"})
    (tmp_path / "family.ics").write_bytes(answer)
    forms = []
    with running(calendars, *services):
        for example in EXAMPLES:
            digest = yaml.safe_load(example.text)["digests"]["weekly"]
            service = services["api_key_file" in example.text]
            config = asked_of(service, calendars, digest, tmp_path)
            async with open_bench(config, tmp_path) as bench:
                added = await adder(bench).add(whole())
            assert added.missing_blocks == ()
            assert len(added.blocks) == len(digest["blocks"])
            forms.append(Templates().text(added).replace("\u00a0", " "))
    assert SHOWN.strip() in forms[0]


async def checked(config: Settings) -> list[Finding]:
    """What `check --online` finds of the blocks."""
    async with open_fetcher(config) as fetcher:
        checks = BlockChecks(config, fetcher, InPlace(), lambda: NOW)
        blocks = config.digests["weekly"].blocks
        return [await checks.check("weekly", block) for block in blocks]


async def test_check_says_what_the_page_says(tmp_path: Path) -> None:
    calendars, service = HttpServer(), OpenMeteo()
    calendars.replies[SECRET_PATH] = Reply(body_of("calendar") or b"")
    with running(calendars, service):
        digest = yaml.safe_load(EXAMPLES[0].text)["digests"]["weekly"]
        config = asked_of(service, calendars, digest, tmp_path)
        found = await checked(config)
        calendars.replies[SECRET_PATH] = Reply("", 404)
        service.replies["/v1/search"] = Reply('{"generationtime_ms": 0.4}')
        weather, events = await checked(config)
    lines = [f"{each.verdict:4} {each.what} {each.name}: {each.said}" for each in found]
    assert lines == CHECKED.splitlines()
    assert weather.said == "weather: no place in the country DE is called 'Berlin'"
    assert weather.remedy.startswith("write a state in full, as in 'Portland, Oregon', or its lat")
    assert (events.said, events.remedy) == (
        "calendar: answered 404 Not Found",
        "copy its iCalendar address anew from the settings of the calendar",
    )
