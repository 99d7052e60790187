"""The webhook of a workflow of Teams, against a server that loses what Teams would not show."""

from __future__ import annotations

import asyncio
import json
import threading
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings

from digest.channels.pace import Pace
from digest.channels.teams import TeamsChannel
from digest.config.channels.teams import TeamsSettings
from digest.errors import ChannelError, ConfigError, DeliveryError
from digest.rendering.samples import SAMPLES
from digest.rendering.teams.cards import teams_messages
from digest.rendering.teams.preview import teams_page
from tests.channels.making import TEMPLATES, deliveries, delivery, open_it, send, started
from tests.channels.scripted import serving
from tests.channels.teams.workflow import (
    GONE,
    LIMITED,
    NO_SIGNATURE,
    OFF,
    PATH,
    QUERY,
    Workflow,
    links,
    said,
    shown,
    texts,
    wrong_with,
)
from tests.rendering.samples import edition, story
from tests.rendering.slack_samples import rich_editions
from tests.servers import HttpServer, Reply, running

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator
    from pathlib import Path

    from digest.channels import Channel
    from digest.model import Edition

# Three cards, quickly made.
LONG = edition(*(story(n, url=f"https://site.example/{n}?{'x' * 1_900}") for n in range(25)))


@pytest.fixture
def workflow() -> Iterator[Workflow]:
    server = HttpServer()
    with running(server):
        yield Workflow(server)


def teams(folder: Path, url: str) -> Channel:
    channel = open_it(folder, {"kind": "teams", "webhook_url": url})
    channel.pace = Pace()
    return channel


def parts(of: Edition, url: str = "") -> tuple[bytes, ...]:
    made = TeamsSettings.model_validate(
        {"kind": "teams", "webhook_url": f"https://prod-1.westeurope.logic.azure.com{PATH}{QUERY}"}
    )
    return TeamsChannel("it", made, Pace()).render(of, TEMPLATES, url=url).parts


async def refused(channel: Channel) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        await send(channel, deliveries(channel, edition(story()))[0])
    return caught.value


async def test_the_receipt_says_that_the_workflow_took_it_and_no_more(
    tmp_path: Path, workflow: Workflow
) -> None:
    channel = teams(tmp_path, workflow.url)

    [receipt] = await send(channel, *deliveries(channel, edition(story())))

    assert receipt == "accepted by the workflow, run 08584283017CU12"
    assert len(workflow.posts) == 1


async def test_what_is_too_large_or_wrong_is_accepted_and_lost(
    tmp_path: Path, workflow: Workflow
) -> None:
    """The stand-in would notice a card that Teams does not show."""
    channel = teams(tmp_path, workflow.url)
    [good] = deliveries(channel, edition(story()))
    card = json.loads(good.payload)
    wrong = []
    for changes in (
        {"text": "x" * 25_000},
        {"text": "# Heading"},
        {"text": "> quoted"},
        {"text": "a <b>c</b>"},
        {"text": "![a](https://site.example/a.png)"},
        {"text": "[a](javascript:alert)"},
        {"text": "{{DATE(2026-01-01T00:00:00Z)}}"},
        {"text": "Q\\&A"},
        {"text": "**[a](https://site.example)**"},
        {"text": "[a [b]](https://site.example)"},
        {"text": "[a](<https://site.example>)"},
        {"text": "[a](https://site.example/_b_)"},
        {"size": "Huge"},
        {"colour": "red"},
    ):
        body = json.loads(good.payload)
        body["attachments"][0]["content"]["body"][0].update(changes)
        wrong.append(json.dumps(body).encode())
    wrong.append(json.dumps(card["attachments"][0]["content"]).encode())

    receipts = await send(channel, *(delivery("webhook", body) for body in wrong))

    assert all(receipt.startswith("accepted") for receipt in receipts)
    assert len(workflow.lost) == len(wrong)
    assert workflow.posts == []


async def test_the_cards_of_a_long_edition_arrive_in_order(
    tmp_path: Path, workflow: Workflow
) -> None:
    async with started(tmp_path, teams(tmp_path, workflow.url)) as daemon:
        count = await daemon.publish(LONG)
        await daemon.delivering.deliver_due()

        assert await daemon.states() == ["sent"] * count
    assert count > 1
    assert workflow.lost == []
    firsts = [text.partition("\n")[0] for text in workflow.shown]
    assert firsts == [f"Weekly reading ({part}/{count})" for part in range(1, count + 1)]


async def test_a_limit_is_waited_for_and_nothing_comes_twice(
    tmp_path: Path, workflow: Workflow
) -> None:
    workflow.answers = [None, LIMITED, None, said(503, "ServiceUnavailable", "later")]
    async with started(tmp_path, teams(tmp_path, workflow.url)) as daemon:
        count = await daemon.publish(LONG)
        for _ in range(3):
            await daemon.delivering.deliver_due()
            daemon.clock.turn(hours=1)

        assert await daemon.states() == ["sent"] * count
    assert len(workflow.posts) == len(set(workflow.shown)) == count


async def test_a_card_on_its_way_in_a_crash_is_left_to_a_person_and_the_rest_comes_once(
    tmp_path: Path, workflow: Workflow
) -> None:
    channel, go = teams(tmp_path, workflow.url), threading.Event()
    workflow.answers, workflow.taken = [None, Reply(hold=go)], True
    async with started(tmp_path, channel) as daemon:
        count = await daemon.publish(LONG)
        going = asyncio.create_task(daemon.delivering.deliver_due())
        await asyncio.to_thread(workflow.asked.wait, 10)
        going.cancel()
        await daemon.delivering.finish()
        go.set()

    async with started(tmp_path, channel) as daemon:
        await daemon.delivering.release_claimed()
        await daemon.delivering.deliver_due()
        assert await daemon.states() == ["sent", "unknown", *["sent"] * (count - 2)]
    assert len(set(workflow.shown)) == len(workflow.shown) == count


@pytest.mark.parametrize(
    "answer",
    [
        OFF,
        NO_SIGNATURE,
        GONE,
        said(400, "InvalidApiVersion", "The api-version is not known."),
        Reply("Bad Request", 400),
    ],
    ids=lambda answer: str(answer.status),
)
async def test_a_workflow_that_takes_nothing_needs_a_person(
    tmp_path: Path, workflow: Workflow, answer: Reply
) -> None:
    workflow.answers = [answer]
    channel = teams(tmp_path, workflow.url)

    error = await refused(channel)

    assert isinstance(error, ChannelError)
    assert error.lasting
    assert error.reason.endswith(f"; {channel.remedy}")


async def test_a_workflow_that_is_switched_off_is_told_as_such(
    tmp_path: Path, workflow: Workflow
) -> None:
    workflow.answers = [OFF]
    channel = teams(tmp_path, workflow.url)

    assert "WorkflowTriggerIsNotEnabled" in (await refused(channel)).reason
    workflow.server.service = lambda _: OFF
    with pytest.raises(ChannelError, match="WorkflowTriggerIsNotEnabled"):
        await channel.check()


@pytest.mark.parametrize(
    ("answer", "wait"),
    [(LIMITED, 7), (said(502, "BadGateway", "no"), None), (said(503, "x", "no"), None)],
    ids=["429", "502", "503"],
)
async def test_what_passes_is_tried_again(
    tmp_path: Path, workflow: Workflow, answer: Reply, wait: int | None
) -> None:
    workflow.answers = [answer]

    error = await refused(teams(tmp_path, workflow.url))

    assert isinstance(error, ChannelError)
    assert not error.lasting
    assert error.retry_after == (timedelta(seconds=wait) if wait else None)


async def test_a_gateway_that_waited_in_vain_leaves_it_unknown(
    tmp_path: Path, workflow: Workflow
) -> None:
    workflow.answers = [said(504, "GatewayTimeout", "no")]

    assert (await refused(teams(tmp_path, workflow.url))).verdict == "unknown"


async def test_what_hangs_up_after_a_post_is_not_posted_again(tmp_path: Path) -> None:
    asked: list[bytes] = []

    def take_and_hang_up(connection: socket.socket) -> None:
        asked.append(connection.recv(65_536))

    with serving(take_and_hang_up) as port:
        channel = teams(tmp_path, f"http://127.0.0.1:{port}{PATH}{QUERY}")
        async with started(tmp_path, channel) as daemon:
            await daemon.publish(edition(story()))
            for _ in range(3):
                await daemon.delivering.deliver_due()
                daemon.clock.turn(days=1)

            assert await daemon.states() == ["unknown"]
    assert len(asked) == 1


async def test_a_check_starts_no_workflow(tmp_path: Path, workflow: Workflow) -> None:
    found = await teams(tmp_path, workflow.url).check()

    assert found == "the server of workflows answers; whether the workflow posts only a card shows"
    assert [seen.method for seen in workflow.server.seen] == ["GET"]


async def test_a_greeting_is_a_card(tmp_path: Path, workflow: Workflow) -> None:
    channel = teams(tmp_path, workflow.url)
    line = channel.greeting("Hello *you*")
    assert line

    await send(channel, delivery("", line))

    assert workflow.shown == ["Hello *you*"]


@pytest.mark.parametrize(
    "host", ["example.webhook.office.com", "outlook.office.com", "outlook.office365.com"]
)
def test_a_connector_is_refused_with_the_way_to_a_workflow(tmp_path: Path, host: str) -> None:
    url = f"https://{host}/webhookb2/s3cr3t@x/IncomingWebhook/y/z"

    with pytest.raises(ConfigError, match="were retired: in Teams choose Workflows") as caught:
        teams(tmp_path, url)

    assert "s3cr3t" not in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "host",
    [
        "prod-12.westeurope.logic.azure.com:443",
        "default0a.1b.environment.api.powerplatform.com:443",
    ],
)
def test_the_address_of_a_workflow_is_of_no_other_kind(tmp_path: Path, host: str) -> None:
    url = f"https://{host}{PATH}{QUERY}"

    assert teams(tmp_path, url).kind == "teams"
    with pytest.raises(ConfigError, match="for a channel of kind teams"):
        open_it(tmp_path, {"kind": "slack", "webhook_url": url})


@pytest.mark.parametrize(
    "title",
    [
        "<at>Ada</at> said <b>so</b> to <https://evil.example>",
        "**b** _i_ __init__ a_b_c ***x*** ~~gone~~ 2*3*4 \\*c\\*",
        "{{DATE(2026-01-01T00:00:00Z)}} ${a} &amp; &lt;x AT&T!",
        "# a heading",
        "> a quote",
        "- a list",
        "~ an aside",
        "1. a list",
        "--- | a | --- |",
        "what \\[is\\] escaped",
    ],
)
def test_what_feeds_say_is_text(title: str) -> None:
    [part] = parts(edition(story(title=title, feed=title, author=title, excerpt=title)))

    assert wrong_with(part) == ""
    blocks = texts(json.loads(part))
    in_links = title.translate(str.maketrans("[]", "()"))
    assert [shown(text) for text in blocks[3:]] == [in_links, "Monday · 4\u00a0min", title]
    assert [url for text in blocks for _, url in links(text)] == ["https://site.example/1"]


@pytest.mark.parametrize(
    ("title", "told"),
    [
        ("[x](https://evil.example) and [y][z]", "(x)(https://evil.example) and (y)(z)"),
        ("![p](https://evil.example/p.png)", "!(p)(https://evil.example/p.png)"),
        ("a `b` c", "a \u02cbb\u02cb c"),
    ],
)
def test_what_would_end_a_link_is_told_in_other_words(title: str, told: str) -> None:
    [part] = parts(edition(story(title=title, excerpt="[x]: https://evil.example")))

    assert wrong_with(part) == ""
    [*_, linked, _, excerpt] = texts(json.loads(part))
    assert shown(linked) == told
    assert shown(excerpt) == "[x]: https://evil.example"
    assert [url for _, url in links(linked)] == ["https://site.example/1"]
    assert list(links(excerpt)) == []


@pytest.mark.parametrize(
    ("url", "leads_to"),
    [
        ("https://site.example/_a_/b_c(d)?e=*f*&amp=g", "/%5Fa%5F/b_c%28d%29?e=%2Af%2A&amp=g"),
        ('https://site.example/[a] b<c>"`{{d', "/%5Ba%5D%20b%3Cc%3E%22%60%7B%7Bd"),
    ],
)
def test_a_link_leads_where_its_address_does(url: str, leads_to: str) -> None:
    [part] = parts(edition(story(url=url)))

    assert wrong_with(part) == ""
    [found] = [leads for text in texts(json.loads(part)) for _, leads in links(text)]
    assert found == f"https://site.example{leads_to}"


def test_a_preview_draws_what_is_written_into_a_card() -> None:
    title = "*a* <i>b</i> [c] _d_"
    brief = story(2, title="In short", brief=True)

    page = teams_page(teams_messages(edition(story(title=title), brief)))

    drawn = page.replace("\u200b", "")
    link = '<a href="https://site.example/1" rel="noreferrer">*a* &lt;i&gt;b&lt;/i&gt; (c) _d_</a>'
    assert f'<div class="block bolder">{link}</div>' in drawn
    assert '<ul><li><a href="https://site.example/2" rel="noreferrer">In short</a>' in drawn


@pytest.mark.parametrize("name", SAMPLES)
def test_samples_are_cards_that_teams_shows(name: str) -> None:
    for part in parts(SAMPLES[name](), "https://read.example/e/1"):
        assert wrong_with(part) == ""


@pytest.mark.slow
@settings(max_examples=10)
@given(rich_editions())
def test_any_edition_is_cards_that_teams_shows(made: Edition) -> None:
    found = parts(made, "https://read.example/e/1")

    assert {wrong_with(part) for part in found} == {""}
    assert all(len(part) <= 20_000 for part in found)
