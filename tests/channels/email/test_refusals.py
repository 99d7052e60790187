"""Whom refusals are about, in the words that mail servers really use."""

from __future__ import annotations

import pytest

from digest.channels.alike import alike
from digest.channels.email.refusals import MENDING, Reply, about_us, enhanced
from digest.channels.email.verdicts import verdict_of, wants_another_connection
from digest.errors import ChannelError

SENDER = "d@example.com"
OURS = {
    "sender": [
        "550 5.7.23 <ada@x.example>: Recipient address rejected: Message rejected due to: SPF fail",
        "550 5.7.1 <ada@x.example>: Recipient address rejected: Message rejected due to: SPF fail",
        "450 4.1.7 <d@example.com>: Sender address rejected: unverified address: no route",
        "550 5.7.515 Access denied, sending domain example.com does not meet the required level",
        "554 Transaction failed: Expected MAIL FROM domain",
        "550 5.7.1 Unconfigured Sending Domain <example.com>",
        "571 sorry, you are not allowed to use d@example.com as mail from (#5.7.1 - chkuser)",
        "551 5.7.1 Not authorised to send from this envelope address",
        "517 SPF fail d@example.com: Address does not pass the Sender Policy Framework",
        "550 spf check failed",
        # Postfix
        "550 5.1.0 <d@example.com>: Sender address rejected: User unknown in local recipient table",
        "550 5.1.8 <d@nowhere.example>: Sender address rejected: Domain not found",
        "450 4.1.8 <d@nowhere.example>: Sender address rejected: Domain not found",
        "504 5.5.2 <d@foo>: Sender address rejected: need fully-qualified address",
        "553 5.7.1 <d@example.com>: Sender address rejected: not owned by user digest",
        "550 5.1.1 <d@example.com>: Sender address rejected: User unknown",
        # Exim
        "550 Sender verify failed",
        "550-Verification failed for <d@example.com>\nUnrouteable address\nSender verify failed",
        # Microsoft
        "554 5.2.252 SendAsDenied; d@example.com not allowed to send as e@example.com; STOREDRV",
        "554 5.2.0 STOREDRV.Submission.Exception:SendAsDeniedException.MapiExceptionSendAsDenied",
        "550 5.7.60 SMTP; Client does not have permissions to send as this sender",
        "550 5.1.7 Invalid address",
        "550 5.1.8 Access denied, bad outbound sender",
        # Gmail
        (
            "550-5.7.26 Unauthenticated email from example.com is not accepted due"
            " to\n5.7.26 domain's DMARC policy."
        ),
        # SES, SendGrid
        (
            "554 Message rejected: Email address is not verified. The following identities failed"
            " the check in region US-EAST-1: d@example.com"
        ),
        "550 The from address does not match a verified Sender Identity. Mail cannot be sent.",
        # qmail, sendmail
        "553 sorry, your envelope sender is in my badmailfrom list (#5.7.1)",
        "553 sorry, your envelope sender domain must exist (#5.7.1)",
        "553 5.1.8 <d@x.example>... Domain of sender address d@x.example does not exist",
        # Others
        "553 Mail from must equal authorized user",
        "501 mail from address must be same as authorization user",
        "550 Sender address is not allowed.",
        "550 not local sender over smtp",
    ],
    "hello": [
        "504 5.5.2 <foo>: Helo command rejected: need fully-qualified hostname",
        "450 4.7.1 <foo.example>: Helo command rejected: Host not found",
        "501 Syntactically invalid HELO argument(s)",
        "550 HELO required before MAIL",
        "550 Access denied - Invalid HELO name (See RFC2821 4.1.1.1)",
        "501 5.0.0 HELO requires domain address",
    ],
    "relay": [
        "550 5.1.2 Relay not allowed.",
        "550 Delivery is not allowed to this address.",
        "550 I cannot deliver mail for ada@x.example",
        "550 5.7.1 We don't relay",
        "550 <ada@x.example> This address may not be used to relay",
        "553 You are not authorized to relay",
        "550-5.7.1 Invalid credentials for relay [192.0.2.1].\n5.7.1 The IP address does not match",
        "550 5.7.1 <ada@x.example>: Sorry, not a local domain",
        "550 5.7.68 TenantInboundAttribution; There is a partner connector configured",
        "554 5.7.1 <ada@x.example>: Relay access denied",
        "454 4.7.1 <ada@x.example>: Relay access denied",
        "550 relay not permitted",
        "550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain",
        "550 5.7.64 TenantAttribution; Relay Access Denied",
        "550 5.7.1 Relaying denied",
        "553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)",
        "553 5.7.1 Relaying disallowed as d@example.com",
        (
            "550-Please turn on SMTP Authentication in your mail client.\nhost is not permitted to"
            " relay through this server without authentication."
        ),
    ],
    "login": [
        "535 5.7.8 Error: authentication failed:",
        "534 5.7.9 Application-specific password needed",
        "550 must be authenticated",
        "503 This mail server requires authentication for a non-local address",
        "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled",
        "550 5.7.1 Client does not have permissions to submit to this server",
        "530 5.7.57 SMTP; Client was not authenticated to send anonymous mail during MAIL FROM",
        "530 5.7.0 Must issue a STARTTLS command first",
        "530 no",
        "503 5.5.1 authentication required first",
        "550 authentication required",
        "550 Unauthenticated senders not allowed",
        "553 5.7.1 <d@example.com>: Sender address rejected: not logged in",
    ],
    "client": [
        "550 5.7.1 Service unavailable; client [192.0.2.1] blocked using Customer Block list",
        "550-5.7.1 The IP you are using to send mail is not authorized to send\ndirectly",
        "525 5.7.1 Unauthorized IP address 192.0.2.1",
        "550 Your country is not allowed to connect to this server.",
        "554 5.7.1 You are not allowed to connect.",
        "550 Unauthorized ip",
        "550 mail rejected - host.example [192.0.2.1] is in an RBL, see http://rbl.example",
        "550 Your access has been rejected due to the sending MTA's poor reputation.",
        "554 5.7.1 <unknown[192.0.2.1]>: Client host rejected: Access denied",
        "450 4.7.1 Client host rejected: cannot find your hostname, [192.0.2.1]",
        "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org",
        "550 rejected because 192.0.2.1 is in a black list at zen.spamhaus.org",
        "550 5.7.25 [192.0.2.1] The IP address sending this message does not have a PTR record",
        "550 5.7.708 Service unavailable. Access denied, traffic not accepted from this IP",
        "550 5.7.1 Unfortunately, messages from [192.0.2.1] weren't sent. Please contact your ISP",
        "550 Your IP 192.0.2.1 is blacklisted",
    ],
    "account": [
        "550 5.7.236 Access denied, tenant outbound restricted",
        '550 Outgoing mail from "d@example.com" has been suspended.',
        "550 5.7.1 Free accounts are for test purposes only. Please upgrade",
        "550 The server is not permitted to send: account is inactive. You may not send messages",
        "554 5.2.0 STOREDRV.Submission.Exception:OutboundSpamException; Actual verdict is Suspend",
        "554 Access denied: User `arn:aws:iam::1:user/x' is not authorized to perform `ses:Send'",
        "554 Message rejected: Sending suspended for this account",
        "550 Domain example.com is not allowed to send: Free accounts are for test purposes only",
        "550 User has no permission",
    ],
    "limit": [
        "550 5.7.232 Your trial tenant has exceeded its daily limit for external recipients",
        "550 5.7.233 Your tenant has exceeded its daily limit for external recipients",
        "451 You have exceeded your messaging limits",
        "550 Domain example.com has exceeded the max defers and failures per hour (5/5) allowed.",
        "550 5.4.5 Daily user sending limit exceeded.",
        "421 4.7.28 Gmail has detected an unusual rate of mail",
        "550 5.1.90 Your message can't be sent because you've reached your daily limit",
        "554 5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException",
        "454 Throttling failure: Daily message quota exceeded.",
        "451 Authentication failed: Maximum credits exceeded",
        "550 Domain example.com has exceeded the max emails per hour (100/100 (100%)) allowed.",
    ],
    "pace": [
        "432 4.3.2 Concurrent connections limit exceeded.",
        "432 4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded",
        "451 4.7.500 Server busy. Please try again later from [192.0.2.1]. (S77719)",
        "451 4.7.652 The mail server [192.0.2.1] has exceeded the maximum number of connections.",
        "550 Sender frequency limited",
        '451 4.7.1 Ratelimit "user" exceeded',
        "554 5.7.1 <ada@x.example>: Recipient address rejected: rate limit exceeded",
        "454 Throttling failure: Maximum sending rate exceeded.",
        "450 4.7.1 Error: too much mail from 192.0.2.1",
    ],
}
THEIRS = [
    # Nobody chooses by a name whom a refusal is about.
    "550 5.1.1 <relay.denied@x.example>: unknown",
    "550 <dmarc@x.example>: user unknown",
    "550 no mailbox SPF@x.example here",
    # What another server said of us, it says of its own.
    (
        "550 5.1.1 <ada@x.example>: Recipient address rejected: undeliverable address: host"
        " mx.x.example[192.0.2.1] said: 550 5.7.1 Sender address rejected (in reply to RCPT)"
    ),
    "550-Callout verification failed:\n550 Relay access denied",
    # Greylisting is of one recipient, whatever it is asked beside.
    "450 4.7.1 <host[192.0.2.1]>: Client host rejected: Greylisted, see http://postgrey.example",
    "451 4.7.1 Greylisted: your host is rejected for 300 seconds",
    "450 4.1.1 <ada@x.example>: Recipient address rejected: unverified address: in progress",
    "550 5.2.121 The recipient's hourly message receive limit was exceeded",
    "550 User spf not found",
    "550 5.1.1 <ada@x.example>: Recipient address rejected: User unknown in relay recipient table",
    "550 5.1.1 The email account that you tried to reach does not exist",
    "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup",
    "550 5.1.1 <ada@x.example>: Email address could not be found, or was misspelled (G8)",
    "504 5.5.2 <ada@foo>: Recipient address rejected: need fully-qualified address",
    "550 5.4.1 Recipient address rejected: Access denied. [AM0]",
    "550 sorry, no mailbox here by that name. (#5.1.1)",
    "552 5.2.2 The email account that you tried to reach is over quota",
    "550 User quota exceeded",
    "452 4.2.2 Mailbox full",
    (
        "550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required; check"
        " failed because the sender was not authenticated when sending to this group"
    ),
    (
        "554 Message rejected: Email address is not verified. The following identities failed the"
        " check in region US-EAST-1: ada@x.example"
    ),
    "450 4.2.0 <ada@x.example>: Recipient address rejected: Greylisted",
    "451 4.7.1 Greylisting in action, please come back later",
    "450 4.2.1 The user you are trying to contact is receiving mail at a rate that prevents more",
    "550 5.7.1 Message rejected as spam by content filtering",
    (
        "550-5.7.1 [192.0.2.1 12] Our system has detected that this message is\n5.7.1 likely"
        " unsolicited mail. To reduce the amount of spam sent to Gmail, this was blocked"
    ),
    "550 no such user",
    "550 Requested action not taken: mailbox unavailable",
    "551 User not local; please try <forward@x>",
    "550 5.7.1 Access denied",
    "452 too many",
    "554",
]


def reply(line: str) -> Reply:
    return Reply.of(int(line[:3]), line[4:])


@pytest.mark.parametrize(
    ("whom", "line"), [(whom, line) for whom, lines in OURS.items() for line in lines]
)
@pytest.mark.parametrize("step", ["RCPT", "."])
def test_what_is_about_us_is_of_the_channel(whom: str, line: str, step: str) -> None:
    said = reply(line)

    assert about_us(said, SENDER, after_message=step == ".") == whom
    error = verdict_of(said, step, SENDER)  # type: ignore[arg-type]
    assert isinstance(error, ChannelError)
    assert error.lasting == (line.startswith("5") and whom not in {"limit", "pace"})
    assert str(said) in error.reason
    assert not error.bounced


@pytest.mark.parametrize("line", THEIRS)
@pytest.mark.parametrize("step", ["RCPT", "."])
def test_what_is_not_stays_with_its_recipient(line: str, step: str) -> None:
    said = reply(line)

    assert about_us(said, SENDER, after_message=step == ".") is None
    error = verdict_of(said, step, SENDER)  # type: ignore[arg-type]
    assert not isinstance(error, ChannelError)


CHOSEN = (
    *("relay.denied@x.example", "client-host@x.example", "ada@sender-address.example"),
    *('"relay access denied"@x.example', '"sender address rejected"@x.example'),
)


@pytest.mark.parametrize("recipient", CHOSEN)
@pytest.mark.parametrize("words", ["no such user: {}", "<{}>: no", "5.7.1 {} refused", "no {}."])
def test_no_address_is_chosen_so_that_everybody_waits(recipient: str, words: str) -> None:
    said = reply(f"550 {words.format(recipient)}")

    assert not isinstance(verdict_of(said, "RCPT", SENDER, recipient), ChannelError)
    assert not isinstance(verdict_of(said, ".", SENDER, recipient), ChannelError)


def test_a_name_that_servers_use_themselves_hides_nothing() -> None:
    said = reply("550 5.7.1 Sender address rejected: not owned")

    assert about_us(said, SENDER, "sender@rejected.example") == "sender"


def test_whose_address_has_a_word_in_it_may_be_gone_too() -> None:
    error = verdict_of(reply("550 <blocked@x.example> unknown user"), "RCPT", SENDER)

    assert error.bounced


@pytest.mark.parametrize("line", ["451 later", "432 busy", "452 4.3.1 no room", "550 no"])
def test_at_mail_nobody_has_been_named(line: str) -> None:
    error = verdict_of(reply(line), "MAIL", SENDER)

    assert isinstance(error, ChannelError)
    assert error.lasting == line.startswith("5")


@pytest.mark.parametrize("line", ["552 too many recipients", "552 5.5.3 no more"])
def test_552_for_too_many_is_for_now(line: str) -> None:
    assert verdict_of(reply(line), "RCPT", SENDER).verdict == "retrying"
    assert wants_another_connection(reply(line))


def test_spam_is_about_the_message_even_where_senders_are_named() -> None:
    said = reply("554 5.7.1 This is spam: SPF fail, the sender address is listed")

    assert about_us(said, SENDER, after_message=True) is None
    assert about_us(said, SENDER) == "sender"


def test_nobody_is_told_to_mend_what_passes() -> None:
    assert set(MENDING) == set(OURS)
    assert all(";" in words for whom, words in MENDING.items() if whom != "limit")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("5.1.1 gone", "1.1"),
        ("4.5.3", "5.3"),
        ("sorry (#5.7.1)", "7.1"),
        ("5.1.11x", ""),
        ("see 5.1.1 of the manual", ""),
        ("", ""),
    ],
)
def test_the_enhanced_code_is_at_either_end(words: str, code: str) -> None:
    assert enhanced(words) == code


def test_a_reply_of_many_lines_is_one() -> None:
    assert Reply.of(550, "5.7.1 one\n5.7.1 two\nthree").words == "5.7.1 one two three"


def test_the_words_of_a_reply_are_clean_and_short() -> None:
    said = Reply.of(550, "a\x1b[31m\x07\x9b\u202e\0b" + "x" * 9_000)

    assert said.words.isprintable()
    assert len(said.words) == 500


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (
            "550 5.1.1 <ada@x.example>: User unknown",
            "550 5.1.1 <bob@y.example>: User unknown",
            True,
        ),
        ("550 no ada here", "550 no bob here", True),
        (
            "550 no (in reply to 1vP-0a2) at 09:00:01",
            "550 no (in reply to 1vP-0b9) at 09:00:02",
            True,
        ),
        ("550 mail for x.example refused", "550 mail for y.example refused", True),
        ("550 blocked (ref: abcdefgh)", "550 blocked (ref: hgfedcba)", True),
        ("550", "550", True),
        ("550 unknown user", "550 full mailbox", False),
        ("550 mailbox full", "550 mailbox unknown", False),
        ("550 no such user here", "550 no", False),
        ("550 5.1.1 no", "550 5.7.1 no", False),
        ("550 no", "554 no", False),
    ],
)
def test_two_refusals_are_alike_but_for_whom(one: str, other: str, *, same: bool) -> None:
    assert alike(one, other, ("ada@x.example", "bob@y.example")) == same
