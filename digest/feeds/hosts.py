"""Host names: in ASCII to compare them, and as readers see them."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import urlsplit

from digest.domains import ascii_domain
from digest.errors import DomainError

_PUNYCODE = "xn--"
# Written together in one language (UTS 39, section 5.2: highly restrictive).
_TOGETHER = (
    frozenset({"LATIN", "CJK", "HIRAGANA", "KATAKANA"}),
    frozenset({"LATIN", "CJK", "HANGUL"}),
    frozenset({"LATIN", "CJK", "BOPOMOFO"}),
)
_OF_NO_SCRIPT = {"DIGIT", "HYPHEN-MINUS", "COMBINING", "KATAKANA-HIRAGANA", "IDEOGRAPHIC"}
# Cyrillic and Greek letters of which Latin words can be written, to all appearances.
_LIKE_LATIN = frozenset("асԁеһіјӏорԛѕԝхуъьҽпгѵѡαικνρυωηοτ-0123456789")
# Latin letters of languages, without those that are hard to tell from others.
_LATIN = re.compile("[\u00df-\u017f\u1e00-\u1eff]")
_HARD_TO_TELL = frozenset("ıĸŀſ")
# A user and a password before the host, as browsers read addresses of the web.
_USER_INFO = re.compile(r"\A(https?:)[/\\]*([^/\\?#]*)@", re.IGNORECASE)
# What browsers leave out of addresses, everywhere and around them.
_DROPPED, _AROUND = re.compile("[\t\n\r]"), "".join(map(chr, range(33)))


def ascii_host(host: str) -> str:
    """A host in lower case, as it is asked for (UTS 46, IDNA 2008); the text where it is none."""
    try:
        return ascii_domain(host).rstrip(".")
    except DomainError:
        return host.lower().rstrip(".")


def shown_host(host: str) -> str:
    """A host as readers see it: in its own script, or in ASCII where a label could be mistaken."""
    asked = ascii_host(host)
    if _PUNYCODE not in asked:
        return asked
    return ".".join(map(_shown_label, asked.split(".")))


def host_of(address: str) -> str:
    """The host of an address as readers see it; nothing where it has none."""
    try:
        return shown_host(urlsplit(address).hostname or "")
    except ValueError:
        return ""


def without_user_info(address: str) -> str:
    """An address of the web without the user and password in it: its host comes first."""
    if "@" not in address:
        return address
    return _USER_INFO.sub(r"\1//", _DROPPED.sub("", address.strip(_AROUND)), count=1)


def with_shown_host(address: str) -> str:
    """An address of the web with its host as readers see it."""
    if address.isascii():
        return address
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:
        return address
    if host.isascii():
        return address
    return re.sub(
        re.escape(host), lambda _: shown_host(host), address, count=1, flags=re.IGNORECASE
    )


def _shown_label(label: str) -> str:
    if not label.startswith(_PUNYCODE):
        return label
    import idna

    try:
        decoded = idna.decode(label)
    except (idna.IDNAError, UnicodeError):
        return label
    return decoded if _is_plain(decoded) else label


def _is_plain(label: str) -> bool:
    """Whether a label is of one script, and of letters that are not taken for those of another."""
    if _LIKE_LATIN.issuperset(label):
        return False
    letters = [sign for sign in label if not sign.isascii()]
    names = [unicodedata.name(sign, "?") for sign in letters]
    if any(
        name.startswith("LATIN") and (sign in _HARD_TO_TELL or not _LATIN.match(sign))
        for sign, name in zip(letters, names, strict=True)
    ):
        return False
    scripts = {unicodedata.name(sign, "?").split(" ")[0] for sign in label} - _OF_NO_SCRIPT
    return len(scripts) < 2 or any(scripts <= together for together in _TOGETHER)
