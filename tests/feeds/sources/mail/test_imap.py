"""Newsletters from IMAP folders, by a Dovecot of Debian's."""

from __future__ import annotations

import asyncio
import socket
import time
from contextlib import AsyncExitStack, contextmanager, suppress
from datetime import timedelta
from itertools import count
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from digest.app.http_clients import open_fetcher
from digest.checks.certificates import Certificates
from digest.checks.feeds import FeedChecks
from digest.cli.feeds_probe import Scout
from digest.config.sources.mail import MailSettings
from digest.errors import FeedError
from digest.feeds.mailboxes import failures
from digest.feeds.requests import AnswerLimits, OtherRequest
from digest.feeds.sources import source_of
from digest.jobs.ask_source import SourceClient
from digest.model import FeedState
from tests import limits
from tests.certificates import make_certificate
from tests.feed_xml import NOW
from tests.feeds.sources.mail.dovecot import (
    DOVECOT,
    MOST,
    PASSWORD,
    Dovecot,
    running_dovecot,
    token_of,
)
from tests.feeds.sources.mail.letters import letter
from tests.jobs.bench import Bench, InPlace, open_bench, settings_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

    from imap_tools import MailBoxUnencrypted

    from digest.feeds.http.messages import Response
    from digest.jobs.poll import PollJob
    from digest.model import PollResult

pytestmark = pytest.mark.skipif(
    not DOVECOT.exists(), reason="Dovecot is not here: no /usr/sbin/dovecot"
)
NUMBERS = count(1)
GUIDE = (Path(__file__).parents[4] / "docs/sources.md").read_text("utf-8")


@pytest.fixture(scope="module")
def dovecot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dovecot]:
    authority = make_certificate(tmp_path_factory.mktemp("authority"))
    certificate = make_certificate(tmp_path_factory.mktemp("server"), authority)
    with running_dovecot(certificate, authority) as running:
        yield running


@pytest.fixture
def user() -> str:
    """An account that no other test has."""
    return f"user{next(NUMBERS)}"


@pytest.fixture
def box(dovecot: Dovecot, user: str) -> Iterator[MailBoxUnencrypted]:
    with dovecot.account(user) as opened:
        yield opened


def put(box: MailBoxUnencrypted, *messages: bytes, folder: str = "INBOX", **more: Any) -> None:
    for raw in messages:
        box.append(raw, folder, dt=more.get("dt", NOW - timedelta(hours=1)))


def asked(settings: dict[str, Any], etag: str | None = None) -> OtherRequest:
    model = MailSettings.model_validate(settings)
    state = FeedState(1, model.address, etag=etag) if etag else None
    request = source_of("mail").request(model, state, NOW)
    assert isinstance(request, OtherRequest)
    return type(request)(
        **{name: getattr(request, name) for name in request.__struct_fields__}
        | {"allow_private_networks": True}
    )


def answer(
    settings: dict[str, Any], etag: str | None = None, size: int = 1_000_000, seconds: float = 20
) -> Response:
    return asked(settings, etag).answer(AnswerLimits(seconds, size))


def refusal(settings: dict[str, Any], **more: Any) -> FeedError:
    with pytest.raises(FeedError) as caught:
        answer(settings, **more)
    assert caught.value.told.isprintable()
    assert PASSWORD not in caught.value.told
    return caught.value


def titles(response: Response) -> list[str]:
    from digest.feeds.sources import Document

    assert response.body is not None
    documents = [Document(response.body, response.url)]
    feed = source_of("mail").parse(documents, {"title": "News"})
    return [entry.title for entry in feed.entries]


class Mailbox:
    """A mailbox that is polled as the daemon does it."""

    def __init__(self, bench: Bench, polling: PollJob) -> None:
        self.bench = bench
        self._polling = polling

    async def poll(self) -> PollResult:
        self.bench.clock.turn(hours=1)
        (result,) = await self._polling.poll([self.bench.settings.feeds[0].address])
        return result

    async def pending(self) -> list[str]:
        return sorted(entry.title for entry in await self.bench.pending())


if TYPE_CHECKING:
    Follow = Callable[[dict[str, Any]], Awaitable[Mailbox]]


@pytest.fixture
async def follow(tmp_path: Path) -> AsyncIterator[Follow]:
    """A function that polls a mailbox with these settings, as `feeds` has them."""
    async with AsyncExitStack() as stack:

        async def followed(settings: dict[str, Any]) -> Mailbox:
            opening = open_bench(settings_of(tmp_path, [settings]), tmp_path)
            bench = await stack.enter_async_context(opening)
            polling = await stack.enter_async_context(bench.polling(InPlace()))
            return Mailbox(bench, polling)

        yield followed


async def test_a_mailbox_is_polled_like_a_feed(
    dovecot: Dovecot, user: str, box: MailBoxUnencrypted, follow: Follow
) -> None:
    put(box, letter(1), letter(2), letter(3, sender="spam@b.example"))
    mailbox = await follow(dovecot.settings(user))

    first = await mailbox.poll()
    nothing = await mailbox.poll()
    put(box, letter(4), letter(5))
    second = await mailbox.poll()
    box.delete([box.uids()[0]])
    after_deletion = await mailbox.poll()

    assert (first.outcome, first.new, first.name) == ("updated", 2, "INBOX")
    assert (nothing.outcome, nothing.status) == ("not_modified", 304)
    assert (second.outcome, second.new) == ("updated", 2)
    assert after_deletion.outcome == "not_modified"
    assert await mailbox.pending() == ["Letter 1", "Letter 2", "Letter 4", "Letter 5"]
    state = await mailbox.bench.feed(mailbox.bench.settings.feeds[0].address)
    assert state["missed_at"] is None


async def test_another_uidvalidity_brings_no_message_twice(
    dovecot: Dovecot, user: str, box: MailBoxUnencrypted, follow: Follow
) -> None:
    box.folder.create("Nieuws")
    without_id = letter(2, Message_ID="")
    put(box, letter(1), without_id, folder="Nieuws")
    mailbox = await follow(dovecot.settings(user, folder="Nieuws"))
    assert (await mailbox.poll()).new == 2

    box.folder.delete("Nieuws")
    box.folder.create("Nieuws")
    put(box, without_id, letter(3), letter(1), folder="Nieuws")
    again = await mailbox.poll()

    assert (again.outcome, again.new, again.known) == ("updated", 1, 2)
    assert (await mailbox.poll()).outcome == "not_modified"


async def test_what_is_too_much_for_a_day_comes_on_the_next(
    dovecot: Dovecot, user: str, box: MailBoxUnencrypted, follow: Follow
) -> None:
    put(box, letter(1))
    mailbox = await follow(dovecot.settings(user, daily_entries=2))
    await mailbox.poll()
    put(box, *map(letter, range(2, 6)))

    new = []
    for _ in range(3):
        mailbox.bench.clock.turn(days=1)
        new.append((await mailbox.poll()).new)

    assert new == [2, 2, 0]
    assert len(await mailbox.pending()) == 5


async def test_the_example_of_the_guide(
    dovecot: Dovecot, user: str, box: MailBoxUnencrypted, follow: Follow
) -> None:
    section = GUIDE.partition("## Newsletters by mail")[2]
    example = yaml.safe_load(section.partition("```yaml\n")[2].partition("```")[0])["feeds"][0]
    box.folder.create(example["folder"])
    put(box, letter(1, sender="hedgerow@substack.com"), letter(2), folder=example["folder"])
    here = dovecot.settings(user)
    ours = {name: here[name] for name in ("host", "port", "username", "password", "ca_file")}

    result = await (await follow(example | ours)).poll()

    assert (result.name, result.outcome, result.new) == ("Newsletters", "updated", 1)


async def test_a_poll_that_is_not_stored_is_made_again(
    dovecot: Dovecot, user: str, box: MailBoxUnencrypted
) -> None:
    put(box, letter(1))
    before = answer(dovecot.settings(user)).etag
    put(box, letter(2))

    lost, again = (answer(dovecot.settings(user), before) for _ in range(2))

    assert titles(lost) == titles(again) == ["Letter 2"]
    assert lost.etag == again.etag != before
    assert answer(dovecot.settings(user), again.etag).status == 304


def test_mail_of_others_is_passed_by_and_never_asked_for(
    dovecot: Dovecot, user: str, box: MailBoxUnencrypted
) -> None:
    put(box, letter(1))
    before = answer(dovecot.settings(user))
    put(box, letter(2, sender="news@b.example"), letter(3, sender="a.example@evil.example"))
    put(box, letter(4, From="News <news@a.example>, Other <x@b.example>"))

    response = answer(dovecot.settings(user), before.etag)

    assert (response.status, response.body) == (304, None)
    assert response.etag != before.etag


def test_no_flag_is_changed_unless_it_is_to_be(
    dovecot: Dovecot, user: str, box: MailBoxUnencrypted
) -> None:
    put(box, letter(1), letter(2, sender="spam@b.example"))

    def flags() -> list[bool]:
        box.folder.set("INBOX", readonly=True)
        _, data = box.client.uid("FETCH", "1:*", "(FLAGS)")
        return [b"\\Seen" in item for item in data if item]

    answer(dovecot.settings(user))
    assert flags() == [False, False]

    answer(dovecot.settings(user, mark_read=True))
    assert flags() == [True, False]


@pytest.mark.parametrize("folder", ["Lettres d'été", "通信/週刊", "News & more", 'R&D."x"\\y'])
def test_folders_in_any_alphabet(
    dovecot: Dovecot, user: str, box: MailBoxUnencrypted, folder: str
) -> None:
    created = folder.replace("/", ".")
    box.folder.create(created)
    put(box, letter(1), folder=created)

    assert titles(answer(dovecot.settings(user, folder=created))) == ["Letter 1"]


def test_more_than_one_answer_has_room_for_comes_with_the_next(
    dovecot: Dovecot, user: str, box: MailBoxUnencrypted
) -> None:
    long = "words " * 3_000
    put(box, letter(1))
    etag = answer(dovecot.settings(user), size=60_000).etag
    put(box, *(letter(number, text=long) for number in range(2, 7)))

    found: list[str] = []
    for _ in range(3):
        response = answer(dovecot.settings(user), etag, size=60_000)
        etag = response.etag
        found += reversed(titles(response))

    assert found == [f"Letter {number}" for number in range(2, 7)]
    assert answer(dovecot.settings(user), etag).status == 304


def test_more_headers_than_are_looked_at_are_the_next_ones(
    dovecot: Dovecot, user: str, box: MailBoxUnencrypted, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(box, letter(1))
    etag = answer(dovecot.settings(user)).etag
    put(box, *map(letter, range(2, 7)))
    monkeypatch.setattr("digest.feeds.mailboxes.imap.MOST_LISTED", 3)

    first = answer(dovecot.settings(user), etag)
    second = answer(dovecot.settings(user), first.etag)

    assert [*reversed(titles(first)), *reversed(titles(second))] == [
        f"Letter {number}" for number in range(2, 7)
    ]
    assert answer(dovecot.settings(user), second.etag).status == 304


def test_of_a_large_message_only_the_beginning_is_read(
    dovecot: Dovecot, user: str, box: MailBoxUnencrypted
) -> None:
    put(box, letter(1, text="a line that is read\n" * 150_000))

    response = answer(dovecot.settings(user), size=10_000_000)

    assert titles(response) == ["Letter 1"]
    assert response.body is not None
    assert len(response.body) < 1_400_000


def test_what_arrived_long_ago_is_not_read(
    dovecot: Dovecot, user: str, box: MailBoxUnencrypted
) -> None:
    put(box, letter(1), dt=NOW - timedelta(days=40))
    put(box, letter(2))

    assert titles(answer(dovecot.settings(user))) == ["Letter 2"]


def test_an_empty_folder_is_an_answer(dovecot: Dovecot, user: str) -> None:
    response = answer(dovecot.settings(user))

    assert (response.status, titles(response)) == (200, [])


def test_starttls(dovecot: Dovecot, user: str, box: MailBoxUnencrypted) -> None:
    put(box, letter(1))
    settings = dovecot.settings(user, port=dovecot.port, tls="starttls")

    assert titles(answer(settings)) == ["Letter 1"]


def test_a_token_in_place_of_a_password(
    dovecot: Dovecot, user: str, box: MailBoxUnencrypted
) -> None:
    put(box, letter(1))
    settings = dovecot.settings(user, password=None, access_token=token_of(user))

    assert titles(answer(settings)) == ["Letter 1"]


def test_a_password_beyond_ascii_is_sent(dovecot: Dovecot, user: str) -> None:
    assert "refused the login" in refusal(dovecot.settings(user, password="pässwörd")).reason


@pytest.mark.parametrize(
    ("said", "is_limited"),
    [
        (b"[ALERT] Too many simultaneous connections. (Failure)", True),
        (b"[UNAVAILABLE] Temporary authentication failure", True),
        (b"[OVERQUOTA] Account exceeded command or bandwidth limits", True),
        (b"[LIMIT] LOGIN Rate limit hit", True),
        (b"[AUTHENTICATIONFAILED] Invalid credentials (Failure)", False),
        (b"[ALERT] Application-specific password required: https://x.example/ (Failure)", False),
        (b"LOGIN failed.", False),
    ],
)
def test_what_providers_say_to_a_login(said: bytes, is_limited: bool) -> None:
    error = failures.refused_login(failures.what_it_said([said]), by_token=False)

    assert (error.status == 429) == is_limited
    assert (error.retry_after is None) == is_limited


@pytest.mark.parametrize(
    ("given", "reason", "remedy"),
    [
        ({"password": "wrong"}, "the server refused the login: ", "app password"),
        (
            {"password": None, "access_token": "ya29.expired"},
            "the server refused the login: ",
            "renew access_token",
        ),
        (
            {"folder": "Newsletter"},
            "cannot open the folder 'Newsletter': Mailbox doesn't exist: Newsletter",
            "name one that there is: 'INBOX'",
        ),
        ({"host": "localhost"}, "the certificate is not valid: Hostname mismatch", "ca_file"),
        ({"ca_file": None}, "the certificate is not valid: ", "ca_file"),
    ],
)
def test_what_goes_wrong_is_told_with_a_remedy(
    dovecot: Dovecot, user: str, given: dict[str, Any], reason: str, remedy: str
) -> None:
    error = refusal(dovecot.settings(user, **given))

    assert error.reason.startswith(reason)
    assert remedy in error.remedy
    assert (error.retry_after is not None) == ("login" in reason)


def test_a_port_without_tls_is_told(dovecot: Dovecot, user: str) -> None:
    error = refusal(dovecot.settings(user, port=dovecot.port))

    assert "cannot be encrypted" in error.reason
    assert "starttls" in error.remedy


def test_a_private_address_is_only_asked_where_that_is_allowed(dovecot: Dovecot, user: str) -> None:
    model = MailSettings.model_validate(dovecot.settings(user))
    request = source_of("mail").request(model, None, NOW)
    assert isinstance(request, OtherRequest)

    with pytest.raises(FeedError, match=r"127\.0\.0\.1 is not a public address; set allow_private"):
        request.answer(AnswerLimits(20, 1_000))


async def test_too_many_connections_are_the_server_s_to_allow(
    dovecot: Dovecot, user: str, follow: Follow
) -> None:
    mailbox = await follow(dovecot.settings(user))
    with dovecot.account(user), dovecot.account(user), dovecot.account(user):
        assert MOST == 3
        result = await mailbox.poll()

    assert result.outcome == "postponed"
    assert result.waits_for == f"127.0.0.1:{dovecot.tls_port}"
    assert "Maximum number of connections" in (result.error or "")


def unencrypted(listener: socket.socket) -> dict[str, Any]:
    """A server without TLS as `feeds` has it."""
    where = {"kind": "mail", "host": "127.0.0.1", "port": listener.getsockname()[1]}
    return {**where, "tls": "none", "username": "ada", "password": PASSWORD, "senders": "*"}


@contextmanager
def scripted(said: bytes, tail: bytes = b"") -> Iterator[dict[str, Any]]:
    """The settings of a server that says this to whatever it is asked, and then `tail` for ever."""

    def serve() -> None:
        with suppress(OSError), listener.accept()[0] as connection:
            connection.sendall(said)
            while tail:
                connection.sendall(tail)
            while connection.recv(1_000):
                pass

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = Thread(target=serve)
        thread.start()
        yield unencrypted(listener)
        thread.join(limits.seconds(20))


@pytest.mark.parametrize(
    ("said", "tail", "reason", "status"),
    [
        (b"", b"", "no whole answer within 0.3 s", None),
        (b"* BYE [UNAVAILABLE] back in a minute\r\n", b"", "the server allows no more now", 429),
        (b"* BYE shutting down\r\n", b"", "the server refused: ", None),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", b"", "the server refused: ", None),
        (b"* OK hello\r\n* X {9999999999}\r\n", b"", "the server sends more than 1,000 by", None),
        (b"* OK hello\r\n", b"* OK again and again\r\n", "the server sends more than 1,000", None),
        (b"* OK hello\r\n", b"x" * 1_000, "the server sends more than 1,000 bytes", None),
    ],
)
def test_a_server_that_is_none_costs_no_more_than_it_may(
    said: bytes, tail: bytes, reason: str, status: int | None
) -> None:
    with scripted(said, tail) as settings:
        error = refusal(settings, seconds=20 if tail or b"{" in said else 0.3, size=1_000)

    assert error.reason.startswith(reason)
    assert error.status == status


def test_what_comes_in_clear_counts_for_nothing_once_there_is_tls(tmp_path: Path) -> None:
    certificate = make_certificate(tmp_path)

    def serve() -> None:
        with listener.accept()[0] as plain:
            plain.sendall(b"* OK hello\r\n")
            tag = plain.recv(1_000).split()[0]
            plain.sendall(b"* CAPABILITY IMAP4rev1 STARTTLS\r\n" + tag + b" OK done\r\n")
            tag = plain.recv(1_000).split()[0]
            plain.sendall(tag + b" OK go on\r\n* BYE by somebody between\r\n")
            with certificate.context.wrap_socket(plain, server_side=True) as encrypted:
                tag = encrypted.recv(1_000).split()[0]
                encrypted.sendall(tag + b" NO by the server\r\n")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = Thread(target=serve)
        thread.start()
        settings = unencrypted(listener) | {"tls": "starttls", "ca_file": str(certificate.path)}
        error = refusal(settings)
        thread.join(limits.seconds(20))

    assert error.reason == "the server refused the login: by the server"


def test_a_stop_waits_for_no_server(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        configured = settings_of(tmp_path, [unencrypted(silent)])

        async def stopped() -> None:
            async with open_fetcher(configured) as fetcher:
                client = SourceClient(configured.polling, fetcher, InPlace())
                (feed,) = configured.feeds
                asked = asyncio.create_task(client.ask(feed, client.request(feed, NOW)))
                done, _ = await asyncio.wait([asked], timeout=0.1)
                assert not done
                asked.cancel()

        started = time.monotonic()
        asyncio.run(stopped())
        assert time.monotonic() - started < limits.seconds(8)


async def test_a_refused_login_is_not_tried_again_for_hours(
    dovecot: Dovecot, user: str, follow: Follow
) -> None:
    mailbox = await follow(dovecot.settings(user, password="wrong"))

    result = await mailbox.poll()

    state = await mailbox.bench.feed(result.url)
    assert result.outcome == "failed"
    assert state["next_poll_at"] - mailbox.bench.clock() >= timedelta(hours=6)


async def test_check_and_test_tell_the_remedy(
    dovecot: Dovecot, user: str, box: MailBoxUnencrypted, tmp_path: Path
) -> None:
    put(box, letter(1))
    feeds = [dovecot.settings(user), dovecot.settings(user, folder="Newsletter")]
    settings = settings_of(tmp_path, feeds)
    async with open_fetcher(settings) as fetcher:
        checks = FeedChecks(settings, fetcher, InPlace(), Certificates(), lambda: NOW)
        good, wrong = [await checks.check(feed) for feed in settings.feeds]
        scout = Scout(settings, fetcher, InPlace())
        seen = await scout.examine(settings.feeds[0])
        missing = await scout.examine(settings.feeds[1])

    assert (good.verdict, wrong.verdict) == ("ok", "fail")
    assert "name one that there is: 'INBOX'" in str(wrong)
    assert (seen.entries, seen.format, seen.problems) == (1, "mail", ())
    assert missing.error == (
        "cannot open the folder 'Newsletter': Mailbox doesn't exist: Newsletter;"
        " name one that there is: 'INBOX'"
    )


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        settings = unencrypted(listener)
    error = refusal(settings)

    assert error.reason == "cannot connect: connection refused"
