"""What DNS says of the domain that emails come from: SPF, DKIM and DMARC."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.checks import Finding, Trouble, found
from digest.rendering.email.headers import mailbox

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from dns.asyncresolver import Resolver

    from digest.config import SmtpSettings

    Lookup = Callable[[str], Awaitable[list[str] | None]]

_SECONDS = 3.0
# RFC 2606 and RFC 6761: nobody can publish anything there.
_NOBODYS = {
    *("example", "test", "invalid", "localhost", "local", "internal"),
    *("example.com", "example.net", "example.org"),
}
_ASK = "as your mail provider says"


async def txt_records(
    name: str, resolver: Resolver | None = None, seconds: float = _SECONDS
) -> list[str] | None:
    """The TXT records of a name; None where DNS does not answer."""
    from dns.asyncresolver import resolve
    from dns.exception import DNSException
    from dns.resolver import NXDOMAIN, NoAnswer

    ask = resolver.resolve if resolver else resolve
    try:
        answer = await ask(name, "TXT", lifetime=seconds)
    except (NXDOMAIN, NoAnswer):
        return []
    except (DNSException, OSError):
        return None
    return [b"".join(record.strings).decode("utf-8", "replace") for record in answer]


async def check_sender(smtp: SmtpSettings, lookup: Lookup) -> Finding:
    """Whether receivers can tell that the server may send for the domain of `from`."""
    domain = mailbox(smtp.sender).addr_spec.rpartition("@")[2].lower().rstrip(".")
    answers = {name: await lookup(name) for name in _names(domain, smtp)}
    if not answers:
        return Finding("sender", domain, "ok", "not looked up: nobody can publish anything there")
    if None in answers.values():
        reason = "DNS does not answer, so nobody knows of SPF, DKIM and DMARC"
        mend = "look at this machine's DNS, and check again"
        return found("sender", domain, [], [Trouble("warn", reason, mend)])
    records = {name: found or [] for name, found in answers.items()}
    facts = ["SPF, DKIM and DMARC looked up" if smtp.dkim else "SPF and DMARC looked up"]
    return found("sender", domain, facts, _troubles(domain, smtp, records))


def _names(domain: str, smtp: SmtpSettings) -> list[str]:
    """The names that are asked for; none where nobody could have published anything."""
    top = domain.rpartition(".")[2]
    if "." not in domain or not _NOBODYS.isdisjoint({top, ".".join(domain.split(".")[-2:])}):
        return []
    key = [_key_name(smtp)] if smtp.dkim else []
    return [domain, *_policies(domain), *key]


def _policies(domain: str) -> list[str]:
    """Where the domain's DMARC policy may be: with it, or with what it is below (RFC 7489)."""
    labels = domain.split(".")
    return [f"_dmarc.{'.'.join(labels[n:])}" for n in range(len(labels) - 1)]


def _key_name(smtp: SmtpSettings) -> str:
    assert smtp.dkim is not None
    return f"{smtp.dkim.selector}._domainkey.{smtp.dkim.domain}"


def _troubles(domain: str, smtp: SmtpSettings, records: dict[str, list[str]]) -> Iterator[Trouble]:
    senders = [record for record in records[domain] if record.lower().startswith("v=spf1")]
    if not senders:
        mend = f"publish a TXT record at {domain}, `v=spf1 ... -all`, {_ASK}"
        yield Trouble("warn", "no SPF record", mend)
    elif len(senders) > 1:
        # RFC 7208, section 4.5
        yield Trouble("warn", f"{len(senders)} SPF records, so none counts", "make them one")
    if smtp.dkim and not any(_has_key(record) for record in records[_key_name(smtp)]):
        mend = f"publish the public key as a TXT record at {_key_name(smtp)} (docs/mail.md)"
        yield Trouble("warn", "the key that emails are signed with is not published", mend)
    policies = [record for name in _policies(domain) for record in records[name]]
    if not any(record.lower().startswith("v=dmarc1") for record in policies):
        mend = f"publish a TXT record at _dmarc.{domain}, at least `v=DMARC1; p=none`"
        yield Trouble("warn", "no DMARC policy", mend)


def _has_key(record: str) -> bool:
    """Whether there is a key in it; one that is withdrawn is empty (RFC 6376, section 3.6.1)."""
    tags = dict(part.strip().partition("=")[::2] for part in record.split(";"))
    return bool(tags.get("p", "").strip())
