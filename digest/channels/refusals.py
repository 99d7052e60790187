"""Whom a mail server's refusal is about; the command that it answers says little about that.

Postfix tells of the sender, of HELO and of relaying in reply to RCPT, Microsoft 365 of the sender
after the message. An enhanced status code (RFC 3463, RFC 7372) that can mean one thing only
decides. The many 5.7.1 and the replies without a code are told by their words, which servers have
kept for decades. In doubt it is about the recipient, or the message, as the command says.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Literal

from msgspec import Struct

from digest.words_of_others import clean_words

Whom = Literal["sender", "hello", "relay", "login", "client", "account", "limit", "pace"]

A_DAY = timedelta(days=1)
_A_MINUTE = timedelta(minutes=1)
# qmail has it at the end.
_ENHANCED = re.compile(r"\s*[245]\.(\d{1,3}\.\d{1,3})(?=[\s;:,]|$)|\(#[245]\.(\d{1,3}\.\d{1,3})\)")

# What is to be mended; nothing where it passes by itself.
MENDING: dict[Whom, str] = {
    "sender": "the sender was refused: {}; mend smtp.from, or allow it where smtp.username is",
    "hello": "the server refuses what this machine calls itself: {}; set smtp.hello",
    "relay": "the server does not pass mail on for us: {}; mend smtp.host or smtp.username",
    "login": "the server wants encryption or a login: {}; mend the section smtp",
    "client": "the server takes nothing from this machine: {}; ask whoever runs it,"
    " or send through another in smtp.host",
    "account": "the account may not send: {}; mend it where smtp.username is",
    "limit": "no more is taken today: {}",
    "pace": "the server wants it slower: {}; smtp.max_per_minute keeps to a pace",
}
_BY_CODE: dict[Whom, frozenset[str]] = {
    "sender": frozenset({"1.7", "1.8", "2.252", "7.26", "7.27", "7.30", "7.40", "7.60", "7.509"})
    | {f"7.{n}" for n in range(20, 25)},
    "hello": frozenset({"7.506"}),
    "relay": frozenset({"7.54", "7.64", "7.367"}),
    "login": frozenset({"7.3", "7.8", "7.9", "7.11", "7.14", "7.29", "7.57"}),
    "client": frozenset({"7.25", "7.708"}) | {f"7.{n}" for n in range(606, 650)},
    "account": frozenset(
        {"7.13", "7.501", "7.502", "7.503", "7.511", "7.705", "7.750", "7.232", "7.233"}
    ),
    "limit": frozenset({"4.5", "7.28", "1.90"}),
}
# Of who is at an address and what may go there.
_THEIRS = frozenset({"1.1", "1.2", "1.3", "1.6", "1.10", "2.1", "2.2", "2.3", "2.4"}) | {
    f"7.{n}" for n in (12, 123, 124, 129, 133, 134, 135, 136, 504, 512)
}
_SAYS_THEIRS = re.compile(
    r"\brecipient address rejected|\bRESOLVER\.|\bblocked by (?:the )?recipient"
    r"|\brecipient (?:has )?(?:blocked|rejects|refuses)|\bgr[ae]y-?list",
    re.IGNORECASE,
)
_SAYS_OURS = re.compile(
    r"\b(?:sender address|helo command|client host) rejected|\brelay access denied", re.IGNORECASE
)
# The first that fits decides.
_BY_WORDS: dict[Whom, tuple[str, ...]] = {
    "limit": (
        (
            r"(?:daily|hourly|24[- ]hour|sending|submission|smtp relay)[\w -]{0,40}\b"
            r"(?:limit|quota)\b[\w' -]{0,20}\b(?:exceeded|reached|hit)"
        ),
        (
            r"\b(?:exceeded|reached|hit|over)\b[\w' ,-]{0,40}\b(?:daily|hourly|sending|submission)"
            r"[\w -]{0,30}(?:limit|quota)"
        ),
        r"\bexceeded the max(?:imum)? \w+ per (?:hour|day)",
        r"too many (?:messages|emails|mails|recipients)[\w ]{0,20}(?:today|per day|this day)",
        r"SubmissionQuotaExceeded",
        r"maximum credits exceeded",
        r"mail send limit",
    ),
    "pace": (
        r"throttl\w+ failure",
        r"maximum sending rate",
        r"\brate[- ]limit",
        r"too many (?:connections|messages|emails)",
        r"too much mail",
    ),
    "hello": (
        (
            r"\b(?:helo|ehlo)\b.{0,80}\b(?:rejected|refused|invalid|required|requires|denied"
            r"|illegal|not (?:allowed|accepted|found|match)|bogus|forged)"
        ),
        r"\b(?:invalid|bad|illegal|bogus|forged|need fully-qualified)[\w ]{0,20}\b(?:helo|ehlo)\b",
    ),
    "relay": (
        (
            r"\brelay(?:ing)?(?: mail)?(?: access)? (?:is )?"
            r"(?:denied|not (?:permitted|allowed)|prohibited|disallowed|refused|forbidden|disabled)"
        ),
        r"\b(?:unable|cannot|can't|refus\w+|not (?:permit|allow)(?:ted|ed)?) (?:to )?relay",
        r"\b(?:do|does|will) not relay",
        r"\brcpthosts\b",
    ),
    "login": (
        r"\bauth(?:entication|ori[sz]ation)? (?:is )?(?:required|needed|first|failed|credentials)",
        r"\bnot (?:logged in|authenticated)\b",
        r"\bunauthenticated (?:senders?|client)",
        r"\b(?:log ?in|authenticate)\b[\w ,]{0,20}\b(?:first|before)",
        r"\b(?:must|please|have to|need to) (?:issue a starttls|authenticate|log ?in)",
        r"\b(?:starttls|encryption) (?:is )?required",
    ),
    "sender": (
        r"\bsender address\b",
        (
            r"\bsender(?:'s)? (?:domain|verify|verification|is not|not|rejected|denied|refused"
            r"|unknown|invalid|identity|signature|policy)"
        ),
        r"\benvelope[- ]sender\b",
        r"\b(?:bad|invalid|unknown|illegal|unauthori[sz]ed|unverified) (?:\w+ )?sender\b",
        r"\bdomain of sender\b",
        r"\bnot owned\b",
        r"\bsend[ -]?as[ -]?denied",
        r"\bnot (?:allowed|authori[sz]ed|permitted) to send (?:as|from|using)",
        r"\bas this sender\b",
        r"\bmail ?from\b.{0,60}\b(?:must|not|invalid|rejected|denied|same|equal|refused)",
        r"\bfrom (?:header )?address\b.{0,80}\b(?:not|verified|invalid|match|sender)",
        r"\bverification failed for\b",
        r"\bnot local sender\b",
        r"\b(?:SPF|DKIM|DMARC)\b",
    ),
    "account": (
        r"\bnot authori[sz]ed to perform\b",
        r"\bsending (?:is |has been )?(?:paused|suspended|disabled|blocked)",
        r"\bnot allowed to send\b",
        r"\buser has no permission\b",
        r"\bunusual sending activity",
    ),
    "client": (
        r"\bclient host\b",
        r"\bclient (?:was )?(?:rejected|blocked|denied|refused)",
        r"\bhost(?:name)? (?:rejected|blocked|denied)",
        (
            r"\byour (?:ip|host|server|network|mail server)\b.{0,80}"
            r"\b(?:block|black|den|bann|list|reject|refus)"
        ),
        r"\bmessages from \[?[0-9a-f.:]+\]? (?:weren't sent|will be)",
        (
            r"\b(?:blocked|listed|rejected|blacklisted) (?:using|at|in|by|on) \S*"
            r"(?:spamhaus|barracuda|spamcop|dnsbl|rbl|blocklist|blacklist)"
        ),
        r"\bin a black ?list\b",
        r"\bPTR record",
        r"\b(?:no rDNS|reverse (?:dns|hostname|lookup))",
    ),
}
_WORDS = tuple(
    (whom, re.compile("|".join(words), re.IGNORECASE)) for whom, words in _BY_WORDS.items()
)
_OF_THE_MESSAGE = re.compile(r"\b(?:spam|unsolicited|virus|malware|phish\w*)\b", re.IGNORECASE)

_LOGIN_FIRST = 530
_REPEATED = re.compile(r"\n[ \t]*[245](?:\.\d{1,3}){2}(?=\s|$)")
_CODE = re.compile(r"[245]\d\d|#?[245](?:\.\d{1,3}){2}")
_EDGES = "<>()[]{}:;,.'\"`"


class Reply(Struct, frozen=True):
    """What a server said: the code, and the words after it."""

    code: int
    words: str

    @classmethod
    def of(cls, code: int, text: str) -> Reply:
        """The reply, on one line; the lines of a long one each repeat the enhanced code."""
        return cls(code, clean_words(_REPEATED.sub(" ", text)))

    @property
    def lasting(self) -> bool:
        """Whether it is for good (RFC 5321, section 4.2.1)."""
        return self.code >= 500

    def __str__(self) -> str:
        return f"{self.code} {self.words}".rstrip()


def enhanced(words: str) -> str:
    """Subject and detail of the enhanced status code, like `7.1`; empty where there is none."""
    found = _ENHANCED.match(words) or _ENHANCED.search(words)
    return (found[1] or found[2]) if found and (found.start() == 0 or found[2]) else ""


def about_us(reply: Reply, sender: str, *, after_message: bool = False) -> Whom | None:
    """What of ours a refusal is about; None where it is one recipient, or one message."""
    code = enhanced(reply.words)
    for whom, codes in _BY_CODE.items():
        if code in codes:
            return whom
    theirs = code in _THEIRS or _SAYS_THEIRS.search(reply.words)
    if theirs and not _SAYS_OURS.search(reply.words):
        return None
    if after_message and _OF_THE_MESSAGE.search(reply.words):
        return None
    if "not verified" in reply.words and sender in reply.words:
        return "sender"
    found = next((whom for whom, words in _WORDS if words.search(reply.words)), None)
    return found or ("login" if reply.code == _LOGIN_FIRST else None)


def alike(one: str, other: str, recipients: tuple[str, str]) -> bool:
    """Whether two refusals say the same, but for whom they are about, times and numbers."""
    own = {part for each in recipients for part in (each, *each.rsplit("@", 1))}
    known = {part.casefold() for part in own}
    return _what_is_said(one, known) == _what_is_said(other, known)


def _what_is_said(words: str, own: set[str]) -> list[str]:
    bare = [word.strip(_EDGES) for word in words.casefold().split()]
    return [
        word
        for word in bare
        if word not in own
        and "@" not in word
        and (_CODE.fullmatch(word) or not any(letter.isdigit() for letter in word))
    ]
