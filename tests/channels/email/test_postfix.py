"""Email through Postfix, which passes on what it takes to a server that keeps it."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import smtplib
import socket
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from digest.app.wiring import utc_now
from digest.checks.mail import check_smtp
from digest.config import SmtpSettings
from tests import limits
from tests.certificates import Certificate, make_certificate
from tests.channels.email.test_delivering import two_channels
from tests.channels.email.test_doubts import Posting
from tests.channels.mailing import (
    LOGIN,
    PASSWORD,
    PAYLOAD,
    email,
    mails_to,
    refused,
    verdict,
    verdicts,
)
from tests.channels.making import MESSAGE_ID, TEMPLATES, deliveries, delivery, send
from tests.jobs.bench import open_store
from tests.rendering.samples import ordinary
from tests.servers import MailServer, running

if TYPE_CHECKING:
    from collections.abc import Iterator

    from digest.channels import Channel

POSTFIX = Path("/usr/sbin/postfix")
pytestmark = [
    pytest.mark.skipif(not POSTFIX.exists(), reason="Postfix is not here: no /usr/sbin/postfix"),
    pytest.mark.skipif(not shutil.which("saslpasswd2"), reason="saslpasswd2 is not here"),
    pytest.mark.skipif(os.geteuid() != 0, reason="Postfix is started by root alone"),
]
LARGEST = 60_000
RELAYED = "example.com, xn--bcher-kva.example"
MAIN = """\
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = postfix.example
mydestination =
alias_maps =
smtputf8_enable = yes
relay_domains = {relayed}
default_transport = smtp:[127.0.0.1]:{onward}
relay_transport = smtp:[127.0.0.1]:{onward}
message_size_limit = {largest}
smtpd_error_sleep_time = 0
smtpd_tls_security_level = encrypt
smtpd_tls_cert_file = {certificate.path}
smtpd_tls_key_file = {certificate.key}
smtpd_tls_auth_only = yes
smtpd_sasl_auth_enable = yes
smtpd_sasl_path = smtpd
smtpd_sasl_local_domain = postfix.example
cyrus_sasl_config_path = {folder}/sasl
smtpd_recipient_restrictions = check_recipient_access inline:{{
    {{ busy@example.com = 450 4.2.1 mailbox busy }},
    {{ gone@example.com = 550 5.1.1 no such user }} }},
    permit_sasl_authenticated, reject
mynetworks = 127.0.0.0/8
"""
MASTER = """\
{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
smtp unix - - n - - smtp
retry unix - - n - - error
proxymap unix - - n - - proxymap
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""
SASL = """\
pwcheck_method: auxprop
auxprop_plugin: sasldb
sasldb_path: {folder}/accounts
mech_list: PLAIN LOGIN
"""


@dataclass(frozen=True)
class Postfix:
    """A running instance: its port, and who signed its certificate."""

    port: int
    authority: Certificate
    onward: MailServer

    def channel(self, folder: Path, **smtp: Any) -> Channel:
        secure = {"security": "starttls", "ca_file": str(self.authority.path), **LOGIN}
        return email(folder, self.port, **secure | smtp)

    def passed_on(self, recipient: str) -> bytes:
        """What it passed on to somebody, once it has."""
        while True:
            for mail in self.onward.mails:
                if mail.recipient == recipient:
                    return mail.raw
            assert self.onward.arrived.wait(limits.seconds(20))
            self.onward.arrived.clear()


@pytest.fixture(scope="module")
def postfix(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postfix]:
    authority = make_certificate(tmp_path_factory.mktemp("authority"))
    certificate = make_certificate(tmp_path_factory.mktemp("server"), authority)
    with started(certificate) as (port, onward):
        yield Postfix(port, authority, onward)


@contextlib.contextmanager
def started(
    certificate: Certificate, services: str = "", relayed: str = RELAYED
) -> Iterator[tuple[int, MailServer]]:
    """The port of an instance, and the server that it passes mail on to."""
    onward = MailServer()
    onward.smtp_options = {"enable_SMTPUTF8": True}
    # Postfix gives up its rights, so its folder is none of the test's own.
    with running(onward), tempfile.TemporaryDirectory(prefix="postfix-") as name:
        folder, port = Path(name), free_port()
        configure(folder, port, onward.port, certificate, services, relayed)
        control: list[str | Path] = [POSTFIX, "-c", folder]
        subprocess.run(
            [*control, "start"], check=True, capture_output=True, timeout=limits.seconds(30)
        )
        try:
            yield port, onward
        finally:
            subprocess.run(
                [*control, "stop"], check=True, capture_output=True, timeout=limits.seconds(30)
            )


def configure(
    folder: Path, port: int, onward: int, certificate: Certificate, services: str, relayed: str
) -> None:
    folder.chmod(0o755)
    for name in ("queue", "data", "sasl"):
        (folder / name).mkdir()
    owner = pwd.getpwnam("postfix")
    os.chown(folder / "data", owner.pw_uid, owner.pw_gid)
    values = {"folder": folder, "port": port, "onward": onward, "certificate": certificate}
    values |= {"relayed": relayed}
    for name, text in {
        "main.cf": MAIN,
        "master.cf": MASTER + services,
        "sasl/smtpd.conf": SASL,
    }.items():
        (folder / name).write_text(text.format(**values, largest=LARGEST))
    subprocess.run(
        ["saslpasswd2", "-p", "-f", folder / "accounts", "-u", "postfix.example", "digest"],
        input=PASSWORD.encode(),
        check=True,
        capture_output=True,
    )
    os.chown(folder / "accounts", owner.pw_uid, owner.pw_gid)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def test_it_has_what_these_tests_are_about(postfix: Postfix) -> None:
    with smtplib.SMTP("127.0.0.1", postfix.port, timeout=limits.seconds(20)) as client:
        client.ehlo()
        assert client.esmtp_features["size"] == str(LARGEST)
        assert {"starttls", "pipelining", "8bitmime", "smtputf8"} <= set(client.esmtp_features)


async def test_an_edition_arrives_whole(postfix: Postfix, tmp_path: Path) -> None:
    channel = postfix.channel(tmp_path)
    [made] = deliveries(channel, ordinary(20))

    found = await channel.check()
    [receipt] = await send(channel, made)

    assert found.endswith("starttls, logged in as digest")
    assert receipt.startswith("250 2.0.0 Ok: queued as ")
    whole = f"To: ada@example.com\r\nMessage-ID: {MESSAGE_ID}\r\n".encode() + made.payload
    assert postfix.passed_on("ada@example.com").endswith(b"\r\n" + whole)


async def test_each_recipient_has_an_outcome_of_their_own(postfix: Postfix, tmp_path: Path) -> None:
    names = ("grace", "busy", "edith", "gone", "joan")

    found = await verdicts(postfix.channel(tmp_path), *mails_to(*names))

    states = ["sent" if each.startswith("250 2.0.0 ") else each for each in found]
    assert states == ["sent", "retrying", "sent", "failed", "sent"]
    for name in ("grace", "edith", "joan"):
        raw = postfix.passed_on(f"{name}@example.com")
        assert f"\r\nTo: {name}@example.com\r\n".encode() in raw
        assert raw.endswith(b"\r\n\r\nHello\r\n")


async def test_what_it_refuses_is_told_in_its_words(postfix: Postfix, tmp_path: Path) -> None:
    channel = postfix.channel(tmp_path)

    busy = await refused(channel, "busy@example.com")
    gone = await refused(channel, "gone@example.com")

    assert busy.reason == ("450 4.2.1 <busy@example.com>: Recipient address rejected: mailbox busy")
    assert gone.reason == ("550 5.1.1 <gone@example.com>: Recipient address rejected: no such user")


async def test_an_address_beyond_ascii_gets_its_mail(postfix: Postfix, tmp_path: Path) -> None:
    recipient = "jürgen@bücher.example"

    await send(postfix.channel(tmp_path), delivery(recipient, PAYLOAD))

    raw = postfix.passed_on("jürgen@xn--bcher-kva.example")
    assert "To: jürgen@xn--bcher-kva.example\r\n".encode() in raw


async def test_an_edition_that_is_too_large_goes_as_text(postfix: Postfix, tmp_path: Path) -> None:
    channel = postfix.channel(tmp_path)
    payload = channel.render(ordinary(60), TEMPLATES).parts[0]
    plainer = channel.plainer(payload)
    assert plainer is not None

    error, receipt = await verdicts(
        channel, delivery("vera@example.com", payload), delivery("vera@example.com", plainer)
    )

    assert error == "refused"
    assert receipt.startswith("250 2.0.0")
    assert postfix.passed_on("vera@example.com").endswith(plainer)


@pytest.mark.parametrize(
    ("smtp", "says"),
    [
        ({"password": "another one"}, "the login was refused: 535 5.7.8 "),
        ({"ca_file": None}, "the server's certificate is not trusted: "),
        (
            {"security": "none", "username": None, "password": None},
            "the server wants encryption or a login: 530 5.7.0 Must issue a STARTTLS",
        ),
    ],
    ids=["password", "certificate", "encryption"],
)
async def test_what_somebody_has_to_mend_is_named(
    postfix: Postfix, tmp_path: Path, smtp: dict[str, Any], says: str
) -> None:
    error = await refused(postfix.channel(tmp_path, **smtp))

    assert verdict(error) == "down until mended"
    assert error.reason.startswith(says)


# What makes a server refuse us, and the words of the incident.
STRICT = {
    "sender": (
        (
            "-o smtpd_sender_restrictions=reject_unlisted_sender"
            " -o {{ relay_recipient_maps = inline:{{{{ ada@listed.example = x }}}} }}"
        ),
        "the sender was refused: 550 5.1.0 <d@listed.example>: Sender address rejected: User",
    ),
    "hello": (
        "-o smtpd_helo_restrictions=reject_non_fqdn_helo_hostname",
        "what this machine calls itself: 504 5.5.2 <foo>: Helo command rejected: need fully-",
    ),
    "relay": (
        "-o smtpd_relay_restrictions=reject_unauth_destination",
        "does not pass mail on for us: 554 5.7.1 <",
    ),
    "client": (
        "-o smtpd_client_restrictions=reject",
        "takes nothing from this machine: 554 5.7.1 <localhost[127.0.0.1]>: Client host rejected",
    ),
}
SENDER = "d@listed.example"
LAX = "-o smtpd_tls_security_level=may -o {{ smtpd_recipient_restrictions = permit_mynetworks }}"


@dataclass(frozen=True)
class Strict:
    """An instance that takes everything at one port, and refuses us at others for a reason each."""

    lax: int
    ports: dict[str, int]
    onward: MailServer


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Strict]:
    certificate = make_certificate(tmp_path_factory.mktemp("server"))
    ports = {what: free_port() for what in STRICT}
    lax = free_port()
    rules = {ports[what]: rule for what, (rule, _) in STRICT.items()} | {lax: ""}
    services = "".join(f"{port} inet n - n - - smtpd {LAX} {rules[port]}\n" for port in rules)
    with started(certificate, services, SENDER.partition("@")[2]) as (_, onward):
        yield Strict(lax, ports, onward)


@pytest.mark.parametrize("what", STRICT)
async def test_a_server_that_refuses_us_costs_nobody_an_edition(
    strict: Strict, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    names = ("ada", "grace", "edith", "joan")
    async with open_store(tmp_path) as store:
        posting = Posting(tmp_path, store, strict.ports[what], **{"from": SENDER})
        await posting.publish(*names)
        with monkeypatch.context() as patch:
            if what == "hello":
                patch.setattr("digest.channels.email.smtp.own_name", short_name)
            for _ in range(3):
                assert await posting.deliver() == dict.fromkeys(names, "pending")
                [incident] = await store.transact(lambda opened: opened.incidents.open_ones())
                assert (incident.kind, incident.subject) == ("channel", "one")
                assert STRICT[what][1] in incident.message
                posting.clock.turn(hours=6)

        # Mended.
        posting.channels = two_channels(tmp_path, strict.lax, **{"from": SENDER})
        assert await posting.deliver() == dict.fromkeys(names, "sent")
        assert await posting.incidents() == []


async def short_name(_: object) -> str:
    return "foo"


async def test_what_we_call_ourselves_is_taken(strict: Strict, tmp_path: Path) -> None:
    async with open_store(tmp_path) as store:
        posting = Posting(tmp_path, store, strict.ports["hello"])
        await posting.publish("ada")

        assert await posting.deliver() == {"ada": "sent"}


@pytest.mark.parametrize("what", ["sender", "relay", "client"])
async def test_a_check_asks_whether_mail_would_be_taken(strict: Strict, what: str) -> None:
    taken, not_taken = [
        await check_smtp(server(port), 0, utc_now(), "asked@example.com")
        for port in (strict.lax, strict.ports[what])
    ]

    assert (taken.verdict, not_taken.verdict) == ("ok", "fail")
    assert STRICT[what][1].partition(": ")[2] in not_taken.said
    assert "smtp." in not_taken.remedy
    # What others were sent before may arrive late.
    assert not [mail for mail in strict.onward.mails if mail.recipient == "asked@example.com"]


def server(port: int) -> SmtpSettings:
    return SmtpSettings.model_validate(
        {"host": "127.0.0.1", "port": port, "security": "none", "from": SENDER}
    )
