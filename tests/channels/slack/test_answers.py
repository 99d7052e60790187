"""What Slack and those like it answer: only `ok` is sent, and 2xx is never a failure."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from multidict import CIMultiDict

from digest.channels.http_answer import Answer
from digest.channels.slack.answers import heard
from digest.errors import ChannelError, DeliveryError
from tests.channels.making import delivery, send, started
from tests.channels.slack.test_channel import PAYLOAD, POST, SECRET, bot, refused, slack, verdict
from tests.channels.slack.workspace import app
from tests.rendering.slack_samples import rich
from tests.servers import HttpServer, Reply

if TYPE_CHECKING:
    from pathlib import Path

    from tests.channels.slack.workspace import Workspace


def answer(body: bytes | str, status: int = 200, kind: str = "") -> Answer:
    content = body.encode() if isinstance(body, str) else body
    return Answer(status, CIMultiDict({"Content-Type": kind}), content)


def judged(of: Answer) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        heard(of)
    return caught.value


ACCEPTED = [
    *("ok", "ok\n", " ok ", "\ufeffok", '{"ok": true}', '{"ok":true,"channel":"C1","ts":"1.2"}'),
    *('{"success": true}', '{"success": true, "message": "posted"}', '{"ok": true, "error": null}'),
]


@pytest.mark.parametrize("body", ACCEPTED)
@pytest.mark.parametrize("status", [200, 201, 202])
def test_ok_is_sent(body: str, status: int) -> None:
    assert not heard(answer(body, status)).get("error")


@pytest.mark.parametrize("body", ACCEPTED)
@pytest.mark.parametrize("status", [301, 400, 403, 407, 429, 500, 503])
def test_ok_with_a_refusal_is_not(body: str, status: int) -> None:
    assert isinstance(judged(answer(body, status)), ChannelError)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        # Nobody knows what became of it.
        *((body, "unknown") for body in ("", " ", "o", "OK", "ok.", "okay", "accepted", "1", "{}")),
        *((body, "unknown") for body in ("true", "[]", '["ok"]', '"ok"', "null", '{"ok": ')),
        *((body, "unknown") for body in ('{"ok": 1}', '{"ok": "true"}', '{"ok": null}')),
        *((body, "unknown") for body in ('{"status": "success"}', "[" * 60_000, "\ufffd\0")),
        # Somebody says no.
        ("no_service", "dead"),
        ("invalid_token", "dead"),
        ("rate_limited", "rests"),
        ("invalid_blocks", "refused"),
        ('{"ok": false}', "dead"),
        ('{"success": false}', "dead"),
        ('{"ok": false, "error": "no_idea_what"}', "dead"),
        ('{"ok": false, "error": ["no", "text"]}', "dead"),
        ('{"ok": false, "error": "ratelimited"}', "rests"),
        ('{"ok": false, "success": true}', "dead"),
        ('{"ok": true, "success": false}', "dead"),
        ('{"success": false, "error": "Invalid integration id or token provided."}', "dead"),
        # Something else answers.
        ("<html><title>Welcome to the hotel</title>", "dead"),
        ("\n <!DOCTYPE html><p>Log in", "dead"),
        ("<?xml version='1.0'?><error/>", "dead"),
    ],
)
@pytest.mark.parametrize("status", [200, 202, 299])
def test_anything_else_is_not_sent_and_never_failed(body: str, status: int, expected: str) -> None:
    assert verdict(judged(answer(body, status))) == expected


def test_a_page_is_told_by_its_kind_too() -> None:
    error = judged(answer("Please log in", kind="text/html; charset=utf-8"))

    assert verdict(error) == "dead"
    assert error.reason.startswith("200 and a web page, not Slack")


FIELDS: st.SearchStrategy[dict[str, Any]] = st.dictionaries(
    st.sampled_from(["ok", "success", "error", "id", "message", "response_metadata"]),
    st.sampled_from(
        [None, True, False, 0, 1, "", "no_service", "nonsense", [], {}, {"messages": 7}]
    ),
)
BODIES = st.binary(max_size=80) | st.text(max_size=80).map(str.encode) | FIELDS.map(json.dumps)


@given(BODIES, st.integers(200, 599))
def test_no_answer_but_words_about_the_message_fails_it(body: Any, status: int) -> None:
    given_up: list[DeliveryError] = []
    try:
        heard(answer(body, status))
    except ChannelError:
        pass
    except DeliveryError as error:
        given_up.append(error)

    assert [error.verdict for error in given_up] in ([], ["unknown"])
    assert status < 300 or not given_up


@pytest.mark.parametrize("body", ["", "<html>Hotel", "no_service", '{"ok": false}', "gzip"])
async def test_what_is_not_ok_is_not_sent(
    tmp_path: Path, slack_server: HttpServer, body: str
) -> None:
    slack_server.replies[SECRET] = slack_server.replies[POST] = Reply(body)

    for channel in (slack(tmp_path, slack_server.url), bot(tmp_path, slack_server.url)):
        error = await refused(channel)
        assert error.verdict in {"unknown", "retrying"}


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "application/gzip", "", "?"])
@pytest.mark.parametrize("body", ACCEPTED)
async def test_ok_is_sent_whatever_kind_it_is_said_to_be(
    tmp_path: Path, slack_server: HttpServer, body: str, kind: str
) -> None:
    reply = Reply(body, headers={"Content-Type": kind} if kind else {})
    slack_server.replies[SECRET] = slack_server.replies[POST] = reply

    for channel in (slack(tmp_path, slack_server.url), bot(tmp_path, slack_server.url)):
        [receipt] = await send(channel, delivery("webhook", PAYLOAD))
        assert receipt


async def test_what_slack_says_of_a_message_is_kept(
    tmp_path: Path, slack_server: HttpServer
) -> None:
    messages = [
        "[ERROR] must be less than 3001 characters [json-pointer:/blocks/2/text]",
        "x\x1b[2J",
    ]
    said = {"ok": False, "error": "invalid_blocks", "response_metadata": {"messages": messages}}
    slack_server.replies[POST] = Reply(json.dumps(said))

    error = await refused(bot(tmp_path, slack_server.url))

    assert error.verdict == "refused"
    assert error.reason == f"200 invalid_blocks: {messages[0]}; x [2J"


def test_what_is_kept_of_many_messages_is_bounded() -> None:
    said = {
        "ok": False,
        "error": "e" * 9_000,
        "response_metadata": {"messages": ["m" * 9_000] * 99},
    }

    assert len(judged(answer(json.dumps(said))).reason) < 2_000


def test_mattermost_says_what_it_does_not_take() -> None:
    said = {"id": "web.incoming_webhook.text.app_error", "message": "No text specified."}
    error = judged(answer(json.dumps(said | {"status_code": 400}), 400))

    assert error.verdict == "refused"
    assert error.reason == "400 web.incoming_webhook.text.app_error: No text specified."


def test_a_proxy_that_wants_a_login_is_told_as_such() -> None:
    error = judged(answer("<html>Squid", 407))

    assert verdict(error) == "dead"
    assert error.reason.startswith("the proxy wants a login (407); ")


@pytest.mark.parametrize(
    "reply",
    [Reply("<html>Welcome to the hotel"), Reply('{"ok": false}'), Reply("odd", 418)],
    ids=["portal", "no", "teapot"],
)
async def test_what_passes_or_is_mended_loses_nothing(
    tmp_path: Path, workspace: Workspace, reply: Reply
) -> None:
    workspace.answers = [reply]
    async with started(tmp_path, app(tmp_path, workspace)) as daemon:
        await daemon.publish(rich())
        await daemon.delivering.deliver_due()
        assert await daemon.states() == ["pending"] * 3
        [incident] = await daemon.store.transact(lambda store: store.incidents.open_ones())
        assert incident.kind == "channel"

        daemon.clock.turn(hours=6)
        await daemon.delivering.deliver_due()
        assert await daemon.states() == ["sent"] * 3
        assert await daemon.store.transact(lambda store: store.incidents.open_ones()) == []


@pytest.mark.parametrize("word", ["message_limit_exceeded", "org_login_required", "rate_limited"])
async def test_limits_and_migrations_are_nobodys_fault(
    tmp_path: Path, workspace: Workspace, word: str
) -> None:
    workspace.answers = [Reply(json.dumps({"ok": False, "error": word}))]
    async with started(tmp_path, app(tmp_path, workspace)) as daemon:
        await daemon.publish(rich())
        await daemon.delivering.deliver_due()
        assert await daemon.states() == ["pending"] * 3
        assert await daemon.store.transact(lambda store: store.incidents.open_ones()) == []

        daemon.clock.turn(minutes=1)
        await daemon.delivering.deliver_due()
        assert await daemon.states() == ["sent"] * 3
