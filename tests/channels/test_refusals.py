"""Whom refusals are about, in the words that mail servers really use."""

from __future__ import annotations

import pytest

from digest.channels.refusals import MENDING, Reply, about_us, alike, enhanced
from digest.channels.verdicts import verdict_of
from digest.errors import ChannelError

SENDER = "d@example.com"
OURS = {
    "sender": [
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
        "530 5.7.57 SMTP; Client was not authenticated to send anonymous mail during MAIL FROM",
        "530 5.7.0 Must issue a STARTTLS command first",
        "530 no",
        "503 5.5.1 authentication required first",
        "550 authentication required",
        "550 Unauthenticated senders not allowed",
        "553 5.7.1 <d@example.com>: Sender address rejected: not logged in",
    ],
    "client": [
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
        "554 Access denied: User `arn:aws:iam::1:user/x' is not authorized to perform `ses:Send'",
        "554 Message rejected: Sending suspended for this account",
        "550 Domain example.com is not allowed to send: Free accounts are for test purposes only",
        "550 User has no permission",
    ],
    "limit": [
        "550 5.4.5 Daily user sending limit exceeded.",
        "421 4.7.28 Gmail has detected an unusual rate of mail",
        "550 5.1.90 Your message can't be sent because you've reached your daily limit",
        "554 5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException",
        "454 Throttling failure: Daily message quota exceeded.",
        "451 Authentication failed: Maximum credits exceeded",
        "550 Domain example.com has exceeded the max emails per hour (100/100 (100%)) allowed.",
    ],
    "pace": [
        "454 Throttling failure: Maximum sending rate exceeded.",
        "450 4.7.1 Error: too much mail from 192.0.2.1",
    ],
}
THEIRS = [
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
        ("550 unknown user", "550 full mailbox", False),
        ("550 5.1.1 no", "550 5.7.1 no", False),
        ("550 no", "554 no", False),
    ],
)
def test_two_refusals_are_alike_but_for_whom(one: str, other: str, *, same: bool) -> None:
    assert alike(one, other, ("ada@x.example", "bob@y.example")) == same
