"""The codes and words by which mail servers say whom a refusal is about."""

from __future__ import annotations

import re
from typing import Literal

Whom = Literal["sender", "hello", "relay", "login", "client", "account", "limit", "pace"]

BY_CODE: dict[Whom, frozenset[str]] = {
    "sender": frozenset({"1.7", "1.8", "2.252", "7.26", "7.27", "7.30", "7.40", "7.60"})
    | {f"7.{n}" for n in (*range(20, 25), 509, 515)},
    "hello": frozenset({"7.506"}),
    "relay": frozenset({"7.54", "7.64", "7.68", "7.367"}),
    "login": frozenset({f"7.{n}" for n in (3, 8, 9, 11, 14, 29, 57, 61, 139)}),
    "client": frozenset({"7.25", "7.708"}) | {f"7.{n}" for n in range(606, 650)},
    "account": frozenset({f"7.{n}" for n in (13, 236, 501, 502, 503, 511, *range(700, 751))})
    - {"7.708"},
    "limit": frozenset({"4.5", "7.28", "1.90", "7.232", "7.233"}),
    "pace": frozenset({"7.500"}) | {f"7.{n}" for n in range(650, 700)},
}
# Of who is at an address and what may go there.
THEIRS = frozenset(
    {"1.1", "1.2", "1.3", "1.6", "1.10", "2.1", "2.2", "2.3", "2.4", "2.121", "2.122"}
) | {f"7.{n}" for n in (12, 123, 124, 129, 133, 134, 135, 136, 504, 512)}
SAYS_THEIRS = re.compile(
    r"\bRESOLVER\.|\bblocked by (?:the )?recipient"
    r"|\brecipient (?:has )?(?:blocked|rejects|refuses)",
    re.IGNORECASE,
)
# Of one sender, recipient and machine together, whatever it stands beside.
PUTS_OFF = re.compile(r"\bgr[ae]y-?list", re.IGNORECASE)
# Said beside a code that is about a recipient.
SAYS_OURS = re.compile(
    r"\b(?:sender address|helo command|client host) rejected"
    r"|\brelay(?:ing)? (?:access )?(?:is )?(?:denied|disallowed|refused|not (?:allowed|permitted))",
    re.IGNORECASE,
)
# What another server said, which may be a recipient's own: Postfix and Exim pass it on.
OF_ANOTHER = re.compile(r"\b(?:said:|callout verification failed).*", re.IGNORECASE)
OF_THE_MESSAGE = re.compile(r"\b(?:spam|unsolicited|virus|malware|phish\w*)\b", re.IGNORECASE)

# The first that fits decides.
_BY_WORDS: dict[Whom, tuple[str, ...]] = {
    "limit": (
        (
            r"(?:daily|hourly|24[- ]hour|sending|submission|smtp relay)[\w -]{0,40}\b"
            r"(?:limit|quota)\b[\w' -]{0,20}\b(?:exceeded|reached|hit)"
        ),
        (
            r"\b(?:exceeded|reached|hit|over)\b[\w' ,-]{0,40}\b(?:daily|hourly|sending|submission"
            r"|messaging)[\w -]{0,30}(?:limit|quota)"
        ),
        r"\bexceeded the max(?:imum)? [\w ]{1,40} per (?:hour|day)",
        r"too many (?:messages|emails|mails|recipients)[\w ]{0,20}(?:today|per day|this day)",
        r"SubmissionQuotaExceeded",
        r"maximum credits exceeded",
        r"mail send limit",
    ),
    "pace": (
        r"throttl\w+ failure",
        r"maximum sending rate",
        r"\brate[- ]?limit",
        r"\b(?:sender|user|ip|domain|connection) frequency limited",
        r"too many (?:concurrent |simultaneous )?(?:connections|messages|emails)",
        r"\b(?:concurrent|number of) connections\b",
        r"\bthread limit exceeded",
        r"\b(?:unusual|unexpected) (?:rate|volume)\b",
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
        r"\b(?:unable|cannot|can't|refus\w+|not (?:be )?[\w-]+) to relay",
        r"\b(?:(?:do|does|will) not|don't|doesn't|won't) relay",
        r"\brcpthosts\b",
        r"\bcredentials for relay",
        r"\bnot a local domain",
        # hMailServer, Haraka
        r"\bdelivery is not allowed to this address",
        r"\bI cannot deliver mail for",
    ),
    "login": (
        r"\bauth(?:entication|ori[sz]ation)? (?:is )?(?:required|needed|first|failed|credentials)",
        r"\b(?:requires?|without) authentication\b",
        r"\bauthentication unsuccessful",
        r"\bnot (?:logged in|authenticated)\b",
        r"\bunauthenticated (?:senders?|client)",
        r"\b(?:log ?in|authenticate)\b[\w ,]{0,20}\b(?:first|before)",
        (
            r"\b(?:must|please|have to|need to) (?:issue a starttls|be authenticated|authenticate"
            r"|log ?in)"
        ),
        r"\b(?:starttls|encryption|tls) (?:is )?required",
        r"\bdoes not have permissions to submit",
    ),
    "sender": (
        r"\bsender address\b",
        (
            r"\bsender(?:'s)? (?:domain|verify|verification|is not|not|rejected|denied|refused"
            r"|unknown|invalid|identity|signature|policy)"
        ),
        r"\benvelope[- ](?:sender|address)\b",
        r"\bsending domain\b",
        r"\b(?:bad|invalid|unknown|illegal|unauthori[sz]ed|unverified) (?:\w+ )?sender\b",
        r"\bdomain of sender\b",
        r"\bnot owned\b",
        r"\bsend[ -]?as[ -]?denied",
        r"\bnot (?:allowed|authori[sz]ed|permitted) to (?:send (?:as|from|using)|use .{0,80} as)",
        r"\bas this sender\b",
        r"\bmail ?from\b.{0,60}\b(?:must|not|invalid|rejected|denied|same|equal|refused)",
        r"\bexpected mail ?from\b",
        r"\bfrom:? (?:header )?address\b.{0,80}\b(?:not|verified|invalid|match|sender)",
        r"\bverification failed for\b",
        r"\bnot local sender\b",
        r"\bopenspf\b",
        # As words of their own they may be somebody's name.
        r"(?-i:\b(?:SPF|DKIM|DMARC)\b)|\b(?:spf|dkim|dmarc)[ =:-]+(?:check |record )?(?:fail|none)",
    ),
    "account": (
        r"\bnot authori[sz]ed to perform\b",
        r"\b(?:sending|outgoing mail)\b.{0,80}\b(?:paused|suspended|disabled|blocked)",
        r"\b(?:may not|not (?:allowed|permitted) to) send\b",
        r"\buser has no permission\b",
        r"\bunusual sending activity",
        r"\bfree accounts?\b",
        r"OutboundSpam",
    ),
    "client": (
        r"\bclient host\b",
        r"\bclient (?:\[\S+\] )?(?:was )?(?:rejected|blocked|denied|refused)",
        r"\bhost(?:name)? (?:rejected|blocked|denied)",
        (
            r"\byour (?:ip|host|server|network|mail server|country)\b.{0,80}"
            r"\b(?:block|black|den|bann|list|reject|refus|not (?:allowed|permitted))"
        ),
        r"\b(?:not allowed|not permitted) to connect\b",
        r"\bmessages from \[?[0-9a-f.:]+\]? (?:weren't sent|will be)",
        (
            r"\b(?:blocked|listed|rejected|blacklisted) (?:using|at|in|by|on) (?:an? )?\S*"
            r"(?:spamhaus|barracuda|spamcop|sorbs|dnsbl|rbl|blocklist|blacklist|zen\b)"
        ),
        r"\bis (?:listed )?in (?:an?|the) \S*(?:rbl|dnsbl|sorbs|block ?list)",
        r"\bin a black ?list\b",
        r"\b(?:unauthori[sz]ed|suspected spam|suspicious) ip\b",
        r"\bIP\b.{0,40}\b(?:not authori[sz]ed|abnormal|reputation)",
        r"\bpoor reputation",
        r"\bfrom (?:this|your) (?:ip|host|server|network|country|location)\b",
        r"\bPTR record",
        r"\b(?:no rDNS|reverse (?:dns|hostname|lookup))",
    ),
}
WORDS = tuple(
    (whom, re.compile("|".join(words), re.IGNORECASE)) for whom, words in _BY_WORDS.items()
)
