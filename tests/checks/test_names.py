"""What DNS says of the sender's domain, from a name server that a test writes."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import dns.asyncresolver
import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest

from digest.checks.names import check_sender, txt_records
from digest.config import SmtpSettings
from tests.keys import PRIVATE_KEY

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from dns.asyncresolver import Resolver

SPF = ["v=spf1 mx -all"]
DMARC = ["v=DMARC1; p=none"]


def smtp(sender: str = "Weekly <d@news.sender.net>", **more: Any) -> SmtpSettings:
    return SmtpSettings.model_validate({"host": "mail.example", "from": sender, **more})


SIGNING = smtp(dkim={"domain": "sender.net", "selector": "digest", "key": PRIVATE_KEY})


@pytest.mark.parametrize(
    ("settings", "records", "said"),
    [
        (smtp(), {"news.sender.net": SPF, "_dmarc.news.sender.net": DMARC}, ""),
        (smtp(), {"news.sender.net": ["x", *SPF], "_dmarc.sender.net": DMARC}, ""),
        (smtp(), {"_dmarc.sender.net": DMARC}, "no SPF record"),
        (
            smtp(),
            {"news.sender.net": SPF * 2, "_dmarc.sender.net": DMARC},
            "2 SPF records, so none counts",
        ),
        (smtp(), {"news.sender.net": SPF, "_dmarc.sender.net": ["x"]}, "no DMARC policy"),
        (
            SIGNING,
            {
                "news.sender.net": SPF,
                "_dmarc.sender.net": DMARC,
                "digest._domainkey.sender.net": ["v=DKIM1; p="],
            },
            "the key that emails are signed with is not published",
        ),
        (
            SIGNING,
            {
                "news.sender.net": SPF,
                "_dmarc.sender.net": DMARC,
                "digest._domainkey.sender.net": ["v=DKIM1; k=rsa; p=MIGf"],
            },
            "",
        ),
    ],
)
async def test_what_is_missing_is_named(
    settings: SmtpSettings, records: Mapping[str, list[str]], said: str
) -> None:
    async def lookup(name: str) -> list[str]:
        return records.get(name, [])

    finding = await check_sender(settings, lookup)
    assert finding.name == "news.sender.net"
    assert finding.said.partition(" looked up")[2].removeprefix("; ") == said
    assert (finding.verdict, bool(finding.remedy)) == (("warn", True) if said else ("ok", False))


async def test_without_an_answer_nobody_knows() -> None:
    async def lookup(_: str) -> None:
        return None

    finding = await check_sender(smtp(), lookup)
    assert (finding.verdict, finding.said) == (
        "warn",
        "DNS does not answer, so nobody knows of SPF, DKIM and DMARC",
    )
    assert "this machine's DNS" in finding.remedy


@pytest.mark.parametrize(
    "sender", ["d@sender.example", "d@localhost.localhost", "d@mail.test", "d@example.com"]
)
async def test_names_that_nobody_can_have_are_not_asked_for(sender: str) -> None:
    async def lookup(name: str) -> list[str]:
        raise AssertionError(name)

    said = (await check_sender(smtp(sender), lookup)).said
    assert said == "not looked up: nobody can publish anything there"


class NameServer(asyncio.DatagramProtocol):
    """Knows the TXT records of one name."""

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, addr: Any) -> None:
        question = dns.message.from_wire(data)
        answer = dns.message.make_response(question)
        name = question.question[0].name.to_text()
        if name == "silent.net.":
            return
        if name == "known.net.":
            text = '"v=spf1 " "mx -all"', '"other"'
            answer.answer.append(dns.rrset.from_text(name, 60, "IN", "TXT", *text))
        else:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        self.transport.sendto(answer.to_wire(), addr)


@asynccontextmanager
async def resolving() -> AsyncIterator[Resolver]:
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(NameServer, local_addr=("127.0.0.1", 0))
    resolver = dns.asyncresolver.Resolver(configure=False)
    resolver.nameservers = ["127.0.0.1"]
    resolver.port = transport.get_extra_info("sockname")[1]
    try:
        yield resolver
    finally:
        transport.close()


async def test_records_come_whole_or_not_at_all() -> None:
    async with resolving() as resolver:
        assert sorted(await txt_records("known.net", resolver) or []) == ["other", "v=spf1 mx -all"]
        assert await txt_records("unknown.net", resolver) == []
        assert await txt_records("not..a.name", resolver) is None
        assert await txt_records("silent.net", resolver, seconds=0.1) is None
