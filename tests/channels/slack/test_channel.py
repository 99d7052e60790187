"""Slack's webhook against a real server that answers as Slack does, and as it should not."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
import traceback
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING

import pytest

from digest.errors import ChannelError, DeliveryError
from tests.channels.making import deliveries, delivery, open_it, send
from tests.channels.scripted import serving
from tests.rendering.samples import edition, ordinary, story
from tests.servers import HttpServer, Reply, running

if TYPE_CHECKING:
    import socket
    from pathlib import Path

    from digest.channels import Channel
    from tests.certificates import Certificate

SECRET = "/services/T0123/B0123/s3cr3tt0k3n"
TOKEN = "xoxb-s3cr3t-t0k3n"
POST = "/api/chat.postMessage"
PAYLOAD = json.dumps({"text": "Hello", "blocks": []}).encode()


def slack(folder: Path, server: str) -> Channel:
    return open_it(folder, {"kind": "slack", "webhook_url": f"{server}{SECRET}"})


def bot(folder: Path, server: str) -> Channel:
    settings = {"kind": "slack", "bot_token": TOKEN, "channel": "C0123456789"}
    return open_it(folder, settings | {"api_url": f"{server}/api/"})


async def refused(channel: Channel) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        await send(channel, delivery("webhook", PAYLOAD))
    return caught.value


async def test_a_post_arrives_as_it_was_built(tmp_path: Path, slack_server: HttpServer) -> None:
    slack_server.replies[SECRET] = Reply("ok")
    channel = slack(tmp_path, slack_server.url)
    [made] = deliveries(channel, edition(story(title="日本 <!channel> & “more”")))

    [receipt] = await send(channel, made)

    [post] = slack_server.seen
    assert receipt == "ok"
    assert (post.method, post.path) == ("POST", SECRET)
    assert post.headers["Content-Type"].startswith("application/json")
    assert post.json == json.loads(made.payload)
    assert len(post.body) < 12_000


async def test_every_part_of_a_large_edition_is_a_post(
    tmp_path: Path, slack_server: HttpServer
) -> None:
    slack_server.replies[SECRET] = Reply("ok")
    channel = slack(tmp_path, slack_server.url)

    parts = deliveries(channel, ordinary(80))
    await send(channel, *parts)

    assert len(parts) > 1
    assert [seen.json for seen in slack_server.seen] == [json.loads(p.payload) for p in parts]


PASSING = [
    *("ratelimited", "rate_limited", "message_limit_exceeded", "org_login_required"),
    *("team_added_to_org", "external_channel_migrating", "migration_in_progress"),
    *("rollup_error", "internal_error", "fatal_error", "service_unavailable", "request_timeout"),
]
OUR_PAYLOAD = [
    *("invalid_payload", "invalid_blocks", "invalid_blocks_format", "no_text", "msg_too_long"),
    *("msg_blocks_too_long", "too_many_attachments", "attachment_payload_limit_exceeded"),
    *("block_mismatch", "missing_text_or_fallback_or_attachments"),
    "web.incoming_webhook.text.app_error",
]
DEAD = [
    *("no_service", "no_service_id", "no_team", "no_active_hooks", "channel_not_found"),
    *("not_in_channel", "channel_is_archived", "is_archived", "action_prohibited"),
    *("posting_to_general_channel_denied", "restricted_action", "team_disabled", "invalid_token"),
    *("invalid_auth", "not_authed", "token_revoked", "token_expired", "account_inactive"),
    *("user_not_found", "missing_scope", "ekm_access_denied"),
]


def verdict(error: DeliveryError) -> str:
    """The verdict, or what is the matter with the whole channel."""
    if not isinstance(error, ChannelError):
        return error.verdict
    return "dead" if error.lasting else "rests"


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (Reply("rate_limited", 429), "rests"),
        (Reply("oops", 500), "rests"),
        (Reply("bad gateway", 502), "rests"),
        (Reply("", 503), "rests"),
        (Reply("slow", 408), "rests"),
        *((Reply(word, status), "rests") for word in PASSING for status in (200, 400, 500)),
        *((Reply(word, status), "refused") for word in OUR_PAYLOAD for status in (200, 400, 500)),
        *((Reply(word, status), "dead") for word in DEAD for status in (200, 404, 503)),
        *((Reply("whatever", status), "dead") for status in (400, 401, 403, 404, 410, 413)),
    ],
    ids=str,
)
async def test_a_refusal_of_a_webhook(
    tmp_path: Path, slack_server: HttpServer, reply: Reply, expected: str
) -> None:
    slack_server.replies[SECRET] = reply

    error = await refused(slack(tmp_path, slack_server.url))

    assert verdict(error) == expected
    assert error.retry_after is None
    said = " ".join(map(str, (reply.status, reply.body))).strip()
    assert error.reason.partition(";")[0] == said
    # What somebody has to mend says how.
    assert ("; " in error.reason) == (expected == "dead")
    assert len(slack_server.seen) == 1


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (Reply('{"ok": false, "error": "ratelimited"}', 429), "rests"),
        (Reply("", 429), "rests"),
        (Reply("oops", 500), "rests"),
        (Reply("", 503), "rests"),
        *((Reply(f'{{"ok": false, "error": "{word}"}}'), "rests") for word in PASSING),
        *((Reply(f'{{"ok": false, "error": "{word}"}}'), "refused") for word in OUR_PAYLOAD),
        *((Reply(f'{{"ok": false, "error": "{word}"}}', 500), "refused") for word in OUR_PAYLOAD),
        *((Reply(f'{{"ok": false, "error": "{word}"}}'), "dead") for word in DEAD),
        (Reply('{"ok": false, "error": "whatever"}'), "dead"),
        (Reply("<html>Welcome to the hotel", 200), "dead"),
        (Reply('{"ok": ', 200), "unknown"),
        (Reply("", 200), "unknown"),
        (Reply("", 404), "dead"),
    ],
    ids=str,
)
async def test_a_refusal_of_a_bot(
    tmp_path: Path, slack_server: HttpServer, reply: Reply, expected: str
) -> None:
    json_headers = {"Content-Type": "application/json"}
    slack_server.replies[POST] = Reply(reply.body, reply.status, json_headers)

    error = await refused(bot(tmp_path, slack_server.url))

    assert verdict(error) == expected
    assert TOKEN not in repr(error)
    assert len(slack_server.seen) == 1


async def test_a_bot_posts_to_its_channel(tmp_path: Path, slack_server: HttpServer) -> None:
    answer = Reply('{"ok": true, "channel": "C0123456789", "ts": "1503435956.000247"}')
    answer.headers["Content-Type"] = "application/json"
    slack_server.replies[POST] = answer
    channel = bot(tmp_path, slack_server.url)
    [made] = deliveries(channel, edition(story()))

    [receipt] = await send(channel, made)

    [post] = slack_server.seen
    assert made.recipient == "C0123456789"
    assert receipt == "C0123456789 1503435956.000247"
    assert post.headers["Authorization"] == f"Bearer {TOKEN}"
    assert post.json == {"channel": "C0123456789", **json.loads(made.payload)}


@pytest.mark.parametrize(
    ("value", "pause"),
    [
        ("30", timedelta(seconds=30)),
        ("3600", timedelta(hours=1)),
        ("soon", None),
        ("-5", None),
        ("0", None),
        ("1.5", timedelta(seconds=2)),
        ("99999999999", timedelta(days=1)),
        ("Fri, 31 Dec 9999 23:59:59 GMT", timedelta(days=1)),
        ("Mon, 01 Jan 2024 00:00:00 GMT", None),
        ("", None),
    ],
)
@pytest.mark.parametrize(("word", "status"), [("rate_limited", 429), ("", 503), ("oops", 500)])
async def test_a_limit_says_how_long(
    tmp_path: Path,
    slack_server: HttpServer,
    word: str,
    status: int,
    value: str,
    pause: timedelta | None,
) -> None:
    slack_server.replies[SECRET] = Reply(word, status, {"Retry-After": value})

    error = await refused(slack(tmp_path, slack_server.url))

    assert (verdict(error), error.retry_after) == ("rests", pause)


async def test_a_limit_may_be_until_a_date(tmp_path: Path, slack_server: HttpServer) -> None:
    until = format_datetime(datetime.now(UTC) + timedelta(minutes=10), usegmt=True)
    slack_server.replies[SECRET] = Reply("", 503, {"Retry-After": until})

    error = await refused(slack(tmp_path, slack_server.url))

    assert error.retry_after is not None
    assert timedelta(minutes=9) < error.retry_after <= timedelta(minutes=10)


def test_a_second_lies_between_two_posts(tmp_path: Path) -> None:
    channel = slack(tmp_path, "http://127.0.0.1:9")
    channel.pace.begin(100.0)
    assert channel.pace.delay(100.25) == 0.75
    assert channel.pace.delay(101.0) == 0


async def test_a_long_refusal_is_cut(tmp_path: Path, slack_server: HttpServer) -> None:
    slack_server.replies[SECRET] = Reply("<html>" + "x" * 100_000, 502)

    assert len((await refused(slack(tmp_path, slack_server.url))).reason) < 300


def read_post(connection: socket.socket) -> bytes:
    """A whole request: its body is all of the JSON there is."""
    request = b""
    while not request.endswith(b"}"):
        received = connection.recv(65_536)
        assert received
        request += received
    return request


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\no", b"\0"])
async def test_no_whole_answer_is_unknown_and_nothing_is_posted_again(
    tmp_path: Path, answer: bytes
) -> None:
    posts: list[bytes] = []

    def drop(connection: socket.socket) -> None:
        posts.append(read_post(connection))
        connection.sendall(answer)

    with serving(drop) as port:
        error = await refused(slack(tmp_path, f"http://127.0.0.1:{port}"))

    assert error.verdict == "unknown"
    assert len(posts) == 1


async def test_a_refused_connection_is_tried_again(tmp_path: Path) -> None:
    with running(server := HttpServer()):
        url = server.url

    error = await refused(slack(tmp_path, url))

    assert verdict(error) == "rests"
    assert error.reason == "cannot connect: connection refused"


async def test_an_unknown_host_is_tried_again(tmp_path: Path) -> None:
    error = await refused(slack(tmp_path, "http://hooks.invalid"))

    assert verdict(error) == "rests"


async def test_a_certificate_that_nobody_signed_is_refused(
    tmp_path: Path, certificate: Certificate
) -> None:
    heard: list[bytes] = []

    def talk(connection: socket.socket) -> None:
        with certificate.context.wrap_socket(connection, server_side=True) as secured:
            heard.append(secured.recv(65_536))

    with serving(talk) as port:
        error = await refused(slack(tmp_path, f"https://127.0.0.1:{port}"))

    assert verdict(error) == "rests"
    assert b"".join(heard) == b""


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed(
    tmp_path: Path, slack_server: HttpServer, status: int
) -> None:
    slack_server.replies[SECRET] = Reply("", status, {"Location": f"{slack_server.url}/elsewhere"})
    slack_server.replies["/elsewhere"] = Reply("ok")

    error = await refused(slack(tmp_path, slack_server.url))

    assert verdict(error) == "dead"
    assert error.reason == f"{status}: Slack is not there any more"
    assert slack_server.requests_to("/elsewhere") == []


async def test_a_check_posts_nothing_to_read(tmp_path: Path, slack_server: HttpServer) -> None:
    def as_slack(seen: object) -> Reply:
        del seen
        return Reply("no_text", 400)

    slack_server.replies[SECRET] = as_slack

    assert await slack(tmp_path, slack_server.url).check() == "the webhook answers"
    [asked] = slack_server.seen
    assert not any((asked.json or {}).values())


@pytest.mark.parametrize(
    "reply", [Reply("no_service", 404), Reply("invalid_token", 403), Reply("oops", 500)]
)
async def test_a_check_finds_a_dead_webhook(
    tmp_path: Path, slack_server: HttpServer, reply: Reply
) -> None:
    slack_server.replies[SECRET] = reply

    with pytest.raises(DeliveryError, match=str(reply.status)):
        await slack(tmp_path, slack_server.url).check()


@pytest.mark.parametrize("trouble", ["none", "refused", "dropped", "moved", "TLS", "down"])
async def test_the_address_is_never_told(
    tmp_path: Path, slack_server: HttpServer, caplog: pytest.LogCaptureFixture, trouble: str
) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, logger="digest")
    slack_server.replies[SECRET] = {
        "refused": Reply("no_service", 404),
        "dropped": Reply("", 200, {"Content-Length": "10", "Connection": "close"}),
        "moved": Reply("", 302, {"Location": f"{slack_server.url}{SECRET}/x"}),
    }.get(trouble, Reply("ok"))
    url = slack_server.url.replace("http:", "https:") if trouble == "TLS" else slack_server.url
    channel = slack(tmp_path, url if trouble != "down" else "http://hooks.invalid")

    try:
        await send(channel, delivery("webhook", PAYLOAD))
    except DeliveryError as error:
        told = "".join(traceback.format_exception(error)) + repr(error)
    else:
        assert trouble == "none"
        told = ""

    for text in (told, caplog.text, repr(channel), str(vars(channel))):
        assert "s3cr3t" not in text
        assert SECRET not in text


@pytest.mark.parametrize("before", [0, 150, 160, 180, 190, 198])
async def test_of_a_secret_that_is_repeated_no_part_is_left(
    tmp_path: Path, slack_server: HttpServer, before: int
) -> None:
    at = f"{slack_server.url}{SECRET}"
    slack_server.replies[SECRET] = Reply("x" * before + f" {at} could not be had", 400)
    slack_server.replies[POST] = Reply("x" * before + f" {TOKEN} is no good", 400)

    for channel in (slack(tmp_path, slack_server.url), bot(tmp_path, slack_server.url)):
        assert "s3cr3t" not in (await refused(channel)).reason


@pytest.mark.parametrize("kind", ["webhook", "bot"])
async def test_a_session_tells_whether_a_byte_has_left(
    tmp_path: Path, slack_server: HttpServer, kind: str
) -> None:
    def talk(connection: socket.socket) -> None:
        while connection.recv(65_536):
            asked.set()

    asked = threading.Event()
    make = slack if kind == "webhook" else bot
    slack_server.replies[SECRET] = slack_server.replies[POST] = Reply("ok")
    channel = make(tmp_path, slack_server.url)
    with serving(talk) as port:
        # The first byte of the encryption has come, and nothing of the message.
        silent = make(tmp_path, f"https://127.0.0.1:{port}")
        async with channel.session() as well, silent.session() as waiting:
            await well.send(delivery("webhook", PAYLOAD))
            sending = asyncio.create_task(waiting.send(delivery("webhook", PAYLOAD)))
            await asyncio.to_thread(asked.wait, 10)
            sending.cancel()
            with pytest.raises(asyncio.CancelledError):
                await sending
            assert (well.begun, waiting.begun) == (True, False)  # type: ignore[attr-defined]
