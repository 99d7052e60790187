"""What is posted by HTTP ends with a verdict, and no text tells where it was posted."""

from __future__ import annotations

import json
import logging
import socket
import traceback
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from multidict import CIMultiDict
from pydantic import TypeAdapter

from digest.channels.http import Endpoint
from digest.channels.http_answer import Answer
from digest.channels.http_verdicts import accepted, fields_of, json_object, told
from digest.config.fields import SecretUrl
from digest.errors import ChannelError, DeliveryError
from tests.channels.scripted import serving
from tests.servers import HttpServer, Reply

TOKEN = "s3cr3t-t0k3n-in-the-path"
PATH = f"/api/webhooks/1234/{TOKEN}"
PAYLOAD = b'{"content": "News"}'
HEAD = b"HTTP/1.1 200 OK\r\n"


def endpoint(base: str) -> Endpoint:
    return Endpoint(TypeAdapter(SecretUrl).validate_python(f"{base}{PATH}"))


async def refused(base: str) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        await endpoint(base).post(PAYLOAD)
    return caught.value


def verdict(error: DeliveryError) -> str:
    """What becomes of the delivery, or that the channel rests, until it is mended or for a time."""
    if isinstance(error, ChannelError):
        return "dead" if error.lasting else "rests"
    return error.verdict


async def test_what_is_posted_is_json_and_what_is_said_of_it_the_answer(
    slack_server: HttpServer,
) -> None:
    slack_server.replies[PATH] = Reply('{"id": "7"}')
    made = endpoint(slack_server.url)

    answer = await made.post(PAYLOAD)

    [seen] = slack_server.seen
    assert (seen.body, seen.headers["Content-Type"]) == (PAYLOAD, "application/json")
    assert seen.headers["User-Agent"].startswith("digest/")
    assert fields_of(answer, "id") == {"id": "7"}
    assert made.begun


async def test_a_kind_may_judge_an_answer_by_its_words(slack_server: HttpServer) -> None:
    def by_its_words(answer: Answer) -> Answer:
        if (json_object(answer.body) or {}).get("code") == 9:
            raise ChannelError(f"{told(answer)}; name another room", lasting=True)
        return accepted(answer)

    made = endpoint(slack_server.url)
    slack_server.replies[f"{PATH}?wait=1"] = Reply('{"message": "no room", "code": 9}', 400)
    with pytest.raises(ChannelError, match="400 no room; name another room"):
        await made.post(PAYLOAD, judge=by_its_words, params={"wait": "1"})
    slack_server.replies[PATH] = Reply('{"message": "no text", "code": 8}', 400)
    with pytest.raises(DeliveryError, match="400 no text") as caught:
        await made.post(PAYLOAD, judge=by_its_words, params={})
    assert caught.value.verdict == "refused"


@pytest.mark.parametrize("status", [401, 403, 404, 405, 410])
async def test_a_kind_may_have_its_own_words_for_what_to_mend(
    slack_server: HttpServer, status: int
) -> None:
    slack_server.replies[PATH] = Reply("gone", status)
    url = TypeAdapter(SecretUrl).validate_python(f"{slack_server.url}{PATH}")
    made = Endpoint(url, mend="ask Ada for another")

    for asked in (made.post(PAYLOAD), made.get()):
        with pytest.raises(ChannelError, match=f"{status} gone; ask Ada for another"):
            await asked


@pytest.mark.parametrize("body", [b"{", b"[1]", b"\xff", b"", b"<p>"])
def test_a_body_that_is_no_json_object_is_none(body: bytes) -> None:
    assert json_object(body) is None


async def test_what_is_below_the_address_is_asked_for(slack_server: HttpServer) -> None:
    slack_server.replies[f"{PATH}/info?full=1"] = Reply('{"name": "news"}')

    answer = await endpoint(slack_server.url).get("/info", params={"full": "1"})

    assert fields_of(answer) == {"name": "news"}


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        *((status, "dead") for status in (301, 302, 307, 308, 401, 403, 404, 405, 410)),
        *((status, "rests") for status in (408, 425, 429, 500, 502, 503, 522)),
        *((status, "refused") for status in (400, 409, 413, 415, 422, 451)),
        *((status, "unknown") for status in (504, 524)),
    ],
)
async def test_a_refusal_is_what_its_status_says(
    slack_server: HttpServer, status: int, expected: str
) -> None:
    elsewhere = {"Location": f"{slack_server.url}/elsewhere"}
    slack_server.replies[PATH] = Reply("", status, elsewhere)

    error = await refused(slack_server.url)

    assert verdict(error) == expected
    assert error.reason.startswith(f"{status}")
    # A redirect is not followed, and nothing is posted twice.
    assert [seen.path for seen in slack_server.seen] == [PATH]


@pytest.mark.parametrize("status", [429, 503])
async def test_who_wants_to_be_left_alone_is(slack_server: HttpServer, status: int) -> None:
    slack_server.replies[PATH] = Reply("slow down", status, {"Retry-After": "65"})

    error = await refused(slack_server.url)

    assert (verdict(error), error.retry_after) == ("rests", timedelta(seconds=65))
    assert error.reason == f"{status} slow down"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("Bad content\r\n\x1b[2Jnow\u202e", "Bad content [2Jnow"),
        ('{"message": "Cannot send an empty message", "code": 50006}', "Cannot send an empty"),
        ('{"ok": false, "description": "chat not found"}', "chat not found"),
        ('{"error": {"message": "inside", "code": 1}}', "inside"),
        ('{"error": 7, "message": ["x"]}', ""),
        ("<html><h1>Bad Request</h1>", ""),
        ("x" * 100_000, "x" * 200),
        ("[" * 60_000, "[" * 200),
        (b"\xff\xfe\0", "\ufffd\ufffd"),
        ("", ""),
    ],
)
async def test_a_refusal_has_the_words_of_the_service(
    slack_server: HttpServer, body: str | bytes, words: str
) -> None:
    slack_server.replies[PATH] = Reply(body, 400)

    error = await refused(slack_server.url)

    assert error.reason.startswith(f"400 {words}".strip())
    assert len(error.reason) <= 204
    assert error.reason.isprintable()


async def test_a_gateway_s_page_is_no_words(slack_server: HttpServer) -> None:
    slack_server.replies[PATH] = Reply("<html>nginx", 502, {"Content-Type": "text/html"})

    assert (await refused(slack_server.url)).reason == "502"


@pytest.mark.parametrize(
    ("body", "kind", "expected"),
    [
        ("", "", "unknown"),
        ("ok", "", "unknown"),
        ('{"name": "news"}', "application/json", "unknown"),
        ("[]", "application/json", "unknown"),
        ("Log in", "text/html; charset=utf-8", "dead"),
        (" <!DOCTYPE html>", "", "dead"),
    ],
)
def test_what_accepts_without_a_receipt_is_in_doubt(body: str, kind: str, expected: str) -> None:
    answer = Answer(200, CIMultiDict({"Content-Type": kind}), body.encode())

    with pytest.raises(DeliveryError) as caught:
        fields_of(answer, "id")

    assert verdict(caught.value) == expected


def test_an_empty_answer_has_no_fields() -> None:
    assert fields_of(Answer(204, CIMultiDict(), b"")) == {}


@given(st.integers(100, 599), st.binary(max_size=60))
def test_only_what_was_taken_is_sent_and_only_words_about_it_refuse(
    status: int, body: bytes
) -> None:
    answer = Answer(status, CIMultiDict(), body)
    refusals: list[DeliveryError] = []
    try:
        assert accepted(answer) is answer
    except DeliveryError as error:
        refusals.append(error)

    assert bool(refusals) != (200 <= status < 300)
    for refusal in refusals:
        assert refusal.verdict in {"retrying", "refused", "unknown"}
        assert refusal.verdict != "refused" or 400 <= status < 500
    assert len(told(answer).splitlines()) == 1


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("trouble", ["closed port", "no such name", "no TLS", "hangs up"])
async def test_what_never_left_is_tried_again(trouble: str) -> None:
    def hang_up(connection: socket.socket) -> None:
        connection.recv(1 if trouble == "hangs up" else 65_536)
        if trouble == "no TLS":
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with serving(hang_up) as port:
        base = {
            "closed port": f"http://127.0.0.1:{closed_port()}",
            "no such name": "http://hooks.invalid",
        }.get(trouble, f"https://127.0.0.1:{port}")
        made = endpoint(base)
        with pytest.raises(ChannelError) as caught:
            await made.post(PAYLOAD)

    assert caught.value.reason.startswith("cannot connect: ")
    assert not caught.value.lasting
    assert not made.begun


@pytest.mark.parametrize("end", ["silence", "half a head", "half a body", "no HTTP"])
async def test_what_left_and_was_not_answered_is_in_doubt(end: str) -> None:
    def talk(connection: socket.socket) -> None:
        request = b""
        while not request.endswith(PAYLOAD):
            request += connection.recv(65_536)
        ends = {"half a head": HEAD[:9], "half a body": HEAD + b"Content-Length: 9\r\n\r\no"}
        connection.sendall(ends.get(end, b"" if end == "silence" else b"SSH-2.0-OpenSSH\r\n\r\n"))

    with serving(talk) as port:
        made = endpoint(f"http://127.0.0.1:{port}")
        with pytest.raises(DeliveryError) as caught:
            await made.post(PAYLOAD)

    assert caught.value.verdict == "unknown"
    assert made.begun


@pytest.mark.parametrize("status", [0, 200, 301, 400, 404, 429, 500, 504])
async def test_no_text_tells_the_address(
    slack_server: HttpServer, caplog: pytest.LogCaptureFixture, status: int
) -> None:
    def repeat(seen: Any) -> Reply:
        said = f"{slack_server.url}{PATH} and {TOKEN} of {seen.path}"
        return Reply(json.dumps({"message": said}), status, {"Location": said, "X-Said": said})

    slack_server.replies[PATH] = repeat
    base = slack_server.url if status else f"http://127.0.0.1:{closed_port()}"
    made = endpoint(base)
    texts = [repr(made), str(vars(made))]
    with caplog.at_level(logging.DEBUG):
        try:
            answer = await made.post(PAYLOAD)
            texts += [repr(answer), answer.body.decode(), told(answer)]
        except DeliveryError as error:
            texts += [str(error), repr(error), *traceback.format_exception(error)]

    assert TOKEN not in "".join([*texts, caplog.text])
    assert PATH not in "".join([*texts, caplog.text])


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port
