"""A webhook, against a receiver that checks signatures as their specification says."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator
from msgspec.structs import replace as changed

from digest.channels.webhook import signed_headers
from digest.config.channels.webhook import WebhookSettings
from digest.config.secrets import secrets_in
from digest.errors import ChannelError, ConfigError, DeliveryError
from digest.model import AlsoIn, BlockDay, BlockLine, EditionBlock, Fact, Listed, More
from digest.rendering.snapshot import MOST_BYTES, as_json_object
from tests.channels.making import TEMPLATES, deliveries, open_it, send, settings, started
from tests.channels.scripted import serving
from tests.channels.webhook.place import PATH
from tests.channels.webhook.receiver import NEW, OLD, Receiver, signature, verified
from tests.rendering.samples import NOW, edition, ordinary, story
from tests.servers import HttpServer, Reply, running

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator

    from digest.channels import Channel

SCHEMA = Path(__file__).parents[3] / "docs/schemas/edition.json"
# From the tests of the specification's own libraries.
VECTOR_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
VECTOR_ID, VECTOR_TIME = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330
VECTOR_BODY = b'{"test": 2432232314}'
VECTOR_SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.fixture
def server() -> Iterator[HttpServer]:
    made = HttpServer()
    with running(made):
        yield made


def hook(folder: Path, server: HttpServer, receiver: Receiver, **more: Any) -> Channel:
    server.service = receiver
    channel = {"kind": "webhook", "url": f"{server.url}{PATH}", "secret": NEW, **more}
    return open_it(folder, {key: value for key, value in channel.items() if value})


async def refused(channel: Channel) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        await send(channel, *deliveries(channel, edition(story())))
    return caught.value


def test_a_signature_is_that_of_the_specification() -> None:
    secret = WebhookSettings.model_validate(
        {"kind": "webhook", "url": "https://a.example/x", "secret": [VECTOR_SECRET, NEW]}
    ).secret
    assert secret

    headers = signed_headers(VECTOR_ID, VECTOR_TIME, VECTOR_BODY, secret.keys)

    first, second = headers.pop("webhook-signature").split(" ")
    assert headers == {"webhook-id": VECTOR_ID, "webhook-timestamp": str(VECTOR_TIME)}
    assert first == VECTOR_SIGNATURE
    assert second == signature(NEW, VECTOR_ID, str(VECTOR_TIME), VECTOR_BODY)


@pytest.mark.parametrize("known", [NEW, OLD])
async def test_while_secrets_change_either_is_enough(
    tmp_path: Path, server: HttpServer, known: str
) -> None:
    receiver = Receiver(known)
    channel = hook(tmp_path, server, receiver, secret=[NEW, OLD])

    [receipt] = await send(channel, *deliveries(channel, edition(story())))

    assert receipt == "200 Workflow started"
    [seen] = receiver.requests
    forged = replace(seen, body=seen.body.replace(b"Story", b"Glory"))
    assert verified(seen, known)
    assert not verified(forged, known)
    assert not verified(seen, VECTOR_SECRET)


async def test_without_a_secret_nothing_is_signed(tmp_path: Path, server: HttpServer) -> None:
    receiver = Receiver(None)
    headers = {"X-Digest-Key": "s3cr3t-value", "Authorization": "Bearer s3cr3t-token"}
    channel = hook(tmp_path, server, receiver, secret=None, headers=headers)

    await send(channel, *deliveries(channel, edition(story())))

    [seen] = receiver.requests
    assert "webhook-signature" not in seen.headers
    assert seen.headers["webhook-id"].startswith("weekly-20261116090000-")
    assert headers.items() <= seen.headers.items()


async def test_the_edition_is_whole_and_as_its_schema_says(
    tmp_path: Path, server: HttpServer
) -> None:
    receiver = Receiver()
    channel = hook(tmp_path, server, receiver)
    weather = EditionBlock("weather", "Weather", (BlockDay("Today", (BlockLine("7 to 12 °C"),)),))
    title = '<b>@everyone</b> "quoted" \u2028 日本'
    rich = story(
        title=title, html="<p>Whole.</p>", facts=(Fact("points", 314),), watched=("kubernetes",)
    )
    made = edition(rich, *ordinary(200).stories, blocks=(weather,))

    rendition = channel.render(made, TEMPLATES, url="https://digest.example/e/1")

    [payload] = rendition.parts
    posted = json.loads(payload)
    Draft202012Validator(json.loads(SCHEMA.read_text("utf-8"))).validate(posted)
    assert (posted["version"], posted["url"]) == (1, "https://digest.example/e/1")
    assert posted["blocks"][0]["days"][0]["lines"][0]["text"] == "7 to 12 °C"
    first = posted["sections"][0]["stories"][0]
    assert (first["title"], first["html"]) == (title, "<p>Whole.</p>")
    assert first["facts"] == [{"name": "points", "value": 314, "unit": ""}]
    assert first["watched"] == ["kubernetes"]
    assert sum(len(section["stories"]) for section in posted["sections"]) == 201


def test_what_is_posted_has_an_end() -> None:
    made = edition(*(story(n, html="<p>語</p>" * 2_000) for n in range(200)))
    counted = More(
        "A feed", "", 100_000, tuple(Listed(f"Title {n}", "x" * 90) for n in range(100_000))
    )
    [section] = made.sections
    made = changed(made, sections=(changed(section, more=(counted,)),))

    posted = as_json_object(made)

    assert len(json.dumps(posted)) <= MOST_BYTES
    [shown] = posted["sections"]
    assert [each["title"] for each in shown["stories"]] == [f"Story {n}" for n in range(200)]
    assert all(each["excerpt"] and not each["html"] for each in shown["stories"])
    assert shown["more"][0]["stories"] == 100_000


def test_what_is_posted_has_an_end_whatever_feeds_say() -> None:
    also = (AlsoIn("語" * 200, f"https://a.example/{'y' * 4_000}"),) * 3
    link = f"https://a.example/{'x' * 4_000}"
    made = edition(
        *(story(n, title=f"{n} {'😀' * 1_000}", url=link, also_in=also) for n in range(600))
    )

    posted = as_json_object(made)

    assert len(json.dumps(posted)) <= MOST_BYTES
    [shown] = posted["sections"]
    assert [int(each["title"].split()[0]) for each in shown["stories"]] == list(range(600))
    assert {each["url"] for each in shown["stories"]} == {link}


async def test_a_repeat_has_the_same_id_and_body_and_a_new_time(
    tmp_path: Path, server: HttpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A gateway that gave up: whether it was taken nobody knows, and the receiver sees the id."""
    receiver = Receiver(answers=[Reply("", 504), Reply("", 504)])
    async with started(tmp_path, hook(tmp_path, server, receiver)) as daemon:
        await daemon.publish(edition(story()))
        await daemon.delivering.deliver_due()
        assert await daemon.states() == ["unknown"]
        monkeypatch.setattr("time.time", NOW.timestamp)
        receiver.secret = None
        for _ in range(3):
            daemon.clock.turn(minutes=5)
            await daemon.delivering.deliver_due()

        assert await daemon.states() == ["unknown"]
    # Once more and never again, since nobody said what became of either.
    first, second = receiver.requests
    assert (first.body, first.headers["webhook-id"]) == (second.body, second.headers["webhook-id"])
    assert second.headers["webhook-timestamp"] == str(int(NOW.timestamp()))
    assert second.headers["webhook-signature"] == signature(
        NEW, second.headers["webhook-id"], str(int(NOW.timestamp())), second.body
    )
    assert len(receiver.taken) == 1


async def test_what_hung_up_is_asked_once_more_and_has_one_copy(tmp_path: Path) -> None:
    heard: list[bytes] = []

    def take_and_hang_up(connection: socket.socket) -> None:
        heard.append(connection.recv(65_536))
        if len(heard) == 2:
            connection.sendall(b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n")

    with serving(take_and_hang_up) as port:
        channel = open_it(tmp_path, {"kind": "webhook", "url": f"http://127.0.0.1:{port}{PATH}"})
        async with started(tmp_path, channel) as daemon:
            await daemon.publish(edition(story()))
            for _ in range(3):
                await daemon.delivering.deliver_due()
                daemon.clock.turn(days=1)

            assert await daemon.states() == ["sent"]
    ids = [line for text in heard for line in text.split(b"\r\n") if line.startswith(b"webhook-id")]
    assert len(ids) == 2
    assert len(set(ids)) == 1


@pytest.mark.parametrize(
    ("answer", "verdict", "says"),
    [
        (Reply("", 410), "failed", "410: it wants no more; take the channel out of send_to"),
        (Reply('{"message": "no"}', 400), "refused", "400 no"),
        (Reply("Payload Too Large", 413), "refused", "413 Payload Too Large"),
        (Reply("", 504), "unknown", "504: it may have been taken"),
    ],
)
async def test_refusals_of_an_edition(
    tmp_path: Path, server: HttpServer, answer: Reply, verdict: str, says: str
) -> None:
    error = await refused(hook(tmp_path, server, Receiver(answers=[answer])))

    assert (type(error), error.verdict, error.reason) == (DeliveryError, verdict, says)


@pytest.mark.parametrize(
    ("answer", "lasting"),
    [
        (Reply("", 302, {"Location": "/elsewhere"}), True),
        (Reply('{"message": "The requested webhook is not registered."}', 404), True),
        (Reply("Authorization data is wrong!", 403), True),
        (Reply("", 429, {"Retry-After": "7"}), False),
        (Reply("", 503), False),
    ],
)
async def test_refusals_of_all(
    tmp_path: Path, server: HttpServer, answer: Reply, lasting: bool
) -> None:
    error = await refused(hook(tmp_path, server, Receiver(answers=[answer])))

    assert isinstance(error, ChannelError)
    assert error.lasting == lasting
    assert [seen.path for seen in server.seen] == [PATH]


async def test_a_receiver_that_repeats_secrets_tells_nobody(
    tmp_path: Path, server: HttpServer
) -> None:
    headers = {"Authorization": "Bearer s3cr3t-token"}
    words = f"not {NEW}, nor {NEW[6:]}, {OLD} or s3cr3t-token at {PATH}"
    receiver = Receiver(answers=[Reply(words, 400), Reply(words)])
    channel = hook(tmp_path, server, receiver, secret=[NEW, OLD], headers=headers)

    error = await refused(channel)
    [receipt] = await send(channel, *deliveries(channel, edition(story(2))))

    masked = "not ***, nor ***, *** or *** at /webhook/***"
    assert (error.reason, receipt) == (f"400 {masked}", f"200 {masked}")


async def test_a_receiver_that_is_gone_hears_nothing_of_that_edition_again(
    tmp_path: Path, server: HttpServer
) -> None:
    receiver = Receiver(answers=[Reply("", 410)])
    async with started(tmp_path, hook(tmp_path, server, receiver)) as daemon:
        await daemon.publish(edition(story()))
        for _ in range(3):
            await daemon.delivering.deliver_due()
            daemon.clock.turn(days=1)

        assert await daemon.states() == ["failed"]
    assert len(receiver.requests) == 1


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"secret": "s3cr3t"}, "secret: must be whsec_ and 24 to 64 bytes in base64; make one"),
        ({"secret": "whsec_c2hvcnQ="}, "secret: must be whsec_ and 24 to 64 bytes"),
        ({"secret": [NEW, f"{OLD}!"]}, "secret: must be whsec_ and 24 to 64 bytes"),
        ({"secret": " "}, "secret: is empty; make one with: echo whsec_"),
        ({"headers": {"Webhook-Id": "1"}}, "Webhook-Id is set for each message; leave it out"),
        ({"headers": {"Accept-Encoding": "gzip"}}, "Accept-Encoding is set for each message"),
        ({"url": "https://hooks.slack.com/services/T0/B0/x"}, "for a channel of kind slack"),
    ],
)
def test_settings_that_cannot_be(tmp_path: Path, more: dict[str, Any], says: str) -> None:
    channel = {"kind": "webhook", "url": "https://n8n.example/webhook/1", **more}

    with pytest.raises(ConfigError) as caught:
        settings(tmp_path, channel)

    assert says in str(caught.value)
    assert "s3cr3t" not in str(caught.value)


async def test_the_documented_check_takes_what_is_genuine_and_nothing_else(
    tmp_path: Path, server: HttpServer
) -> None:
    documented: dict[str, Any] = {}
    page = (SCHEMA.parents[1] / "webhooks.md").read_text("utf-8")
    exec(page.partition("```python\n")[2].partition("```")[0], documented)
    is_genuine = documented["is_genuine"]
    receiver = Receiver()
    channel = hook(tmp_path, server, receiver)
    await send(channel, *deliveries(channel, edition(story())))
    [seen] = receiver.requests
    headers = {name.lower(): value for name, value in seen.headers.items()}

    assert is_genuine(headers, seen.body, NEW)
    assert not is_genuine(headers, seen.body, OLD)
    assert not is_genuine(headers, seen.body + b" ", NEW)
    assert not is_genuine({**headers, "webhook-id": "other"}, seen.body, NEW)
    old = str(int(headers["webhook-timestamp"]) - 301)
    signed = signature(NEW, headers["webhook-id"], old, seen.body)
    stale = {**headers, "webhook-timestamp": old, "webhook-signature": signed}
    assert not is_genuine(stale, seen.body, NEW)


@pytest.mark.parametrize(
    ("url", "alone"),
    [
        ("https://n8n.example/webhook/morning-briefing", False),
        ("https://n8n.example/webhook/hook", False),
        ("https://ha.example/api/webhook/x7Gk2-Qp", True),
        ("https://n8n.example/webhook/5f2c9a", True),
        (f"https://n8n.example/webhook/{'abcdefg' * 3}", True),
    ],
)
def test_a_name_at_the_end_of_an_address_is_no_secret_alone(url: str, *, alone: bool) -> None:
    settings = WebhookSettings.model_validate({"kind": "webhook", "url": url})

    secrets = set(secrets_in(settings))

    assert url in secrets
    assert (url.rpartition("/")[2] in secrets) == alone
