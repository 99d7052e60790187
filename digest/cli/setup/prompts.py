"""Questions on a terminal, each asked again until the answer will do."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import click
from pydantic import TypeAdapter, ValidationError

from digest.cli.output import say
from digest.cli.setup.transcript import BackError, Transcript, Typed
from digest.cli.source_names import source_named
from digest.config.addresses import without_credentials
from digest.config.fields import Address, Host, Name, Sender, WebUrl, Zone
from digest.config.schedule import parse_schedule
from digest.config.sources import DEFAULT_KIND, split_kind
from digest.config.units import parse_duration
from digest.errors import UsageError
from digest.feeds.discovery import web_address
from digest.untrusted_text import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Kind = click.ParamType[Any]
else:
    # Older versions have no parameter for it.
    Kind = click.ParamType


BACK = "back"
_SEPARATORS = re.compile(r"[,;+&]|\band\b")


class Answer(Kind):
    """What a question or an option takes: text for which `read` raises no ValueError."""

    def __init__(self, name: str, read: Callable[[str], object]) -> None:
        self.name = name
        self._read = read

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> object:
        """What `read` makes of the answer."""
        try:
            return self._read(str(value).strip())
        except ValueError as error:
            self.fail(visible(str(error)), param, ctx)


def setting(kind: Any, message: str = "") -> Callable[[str], str]:
    """Reads what a setting takes; `message` where the setting's own words are not for people."""
    adapter = TypeAdapter[str](kind)

    def read(text: str) -> str:
        try:
            return adapter.validate_python(text)
        except ValidationError as error:
            first = error.errors()[0]
            raise ValueError(
                message or str(first.get("ctx", {}).get("error", first["msg"]))
            ) from None

    return read


def _site(text: str) -> str:
    """A site, a feed or another source as it is written.

    An address without a scheme is tried by https, then by http.
    """
    kind, _ = split_kind(text)
    if kind != DEFAULT_KIND:
        return _short_form(text)
    url = setting(WebUrl)(web_address(text))
    if without_credentials(url)[1]:
        raise ValueError("leave the password out; `headers_file` takes it (docs/configuration.md)")
    return text


def _short_form(text: str) -> str:
    try:
        source_named(text)
    except UsageError as error:
        raise ValueError(str(error)) from None
    return text


def _schedule(text: str) -> str:
    parse_schedule(text)
    return text


def _duration(text: str) -> str:
    parse_duration(text)
    return text


def _port(text: str) -> int:
    if not (text.isdecimal() and 0 < int(text) < 65536):
        raise ValueError("must be a number of 1 to 65535")
    return int(text)


def _folder(text: str) -> str:
    path = text.rstrip("/")
    if not path or not path.isprintable() or set(path) & set("{}"):
        raise ValueError("must be a path of visible characters, without braces")
    return path


SITE = Answer("url", _site)
ADDRESS = Answer("address", setting(Address))
SENDER = Answer("address", setting(Sender))
HOST = Answer("host", setting(Host))
PORT = Answer("port", _port)
FOLDER = Answer("folder", _folder)
SCHEDULE = Answer("schedule", _schedule)
ZONE = Answer("zone", setting(Zone))
DURATION = Answer("duration", _duration)
NAME = Answer(
    "name", setting(Name, "must be letters, digits, - and _, and start with a letter or digit")
)


# Of the one person that this process asks.
transcript = Transcript()


def ask(question: str, kind: Kind, default: str | None = None) -> Any:
    """One answer; an empty one is the default, where there is one."""
    return _prompt(
        question,
        _reader(kind),
        lambda earlier: {"type": kind, "default": default if earlier is None else earlier},
    )


def ask_more(question: str, kind: Kind) -> Any:
    """One answer, or an empty text."""
    read = _reader(kind)
    # An empty answer has a meaning here, and takes none that was given before.
    return _prompt(
        question,
        lambda text: read(text) if text.strip() else "",
        lambda _: {"default": "", "show_default": False},
    )


def ask_secret(question: str, kind: Kind = click.STRING) -> str:
    """An answer that is not shown."""
    whole = f"{question} (not shown)"
    answer: str = _prompt(whole, _reader(kind), lambda _: {"hide_input": True})
    return answer


def agree(question: str, *, default: bool = True) -> bool:
    """Yes or no."""

    def read(text: str) -> bool:
        word = text.lower()
        if word not in {"y", "yes", "n", "no"}:
            raise ValueError("write y for yes or n for no")
        return word.startswith("y")

    def how(earlier: str | None) -> dict[str, Any]:
        is_yes = default if earlier is None else read(earlier.strip())
        return {
            "text": visible(f"{question} {'[Y/n]' if is_yes else '[y/N]'}"),
            "default": "y" if is_yes else "n",
            "show_default": False,
        }

    agreed: bool = _prompt(question, _reader(Answer("yes or no", read)), how)
    return agreed


def _reader(kind: Kind) -> Callable[[str], Any]:
    return lambda text: kind.convert(text, None, None)


def _prompt(
    question: str,
    read: Callable[[str], Any],
    how: Callable[[str | None], dict[str, Any]],
) -> Any:
    """Ask until the answer can be read, or is the wish to go back, which no question takes.

    `how` has what `click.prompt` takes, given what was typed before somebody went back.
    """
    usual = how(None)

    def read_or_back(text: str) -> Typed:
        if text.strip().lower() == BACK:
            raise BackError
        # The usual answer may be another one, where those before it are others.
        is_own = "hide_input" not in usual and text != usual.get("default")
        return Typed(read(text), text if is_own else None)

    def ask_now(earlier: str | None) -> Typed:
        options = {"text": visible(question), **how(earlier)}
        typed: Typed = click.prompt(value_proc=read_or_back, err=True, **options)
        return typed

    return transcript.answer(question, ask_now)


def choose(
    question: str, options: Sequence[str], names: Sequence[str] = (), most: int | None = None
) -> list[int]:
    """The places, from 0, of what is chosen of a numbered list; at least one, and at most so many.

    Options go by their numbers, and by `names` where those are given, or how they begin. There may
    be more names than options.
    """
    for number, option in enumerate(options, 1):
        tell(f"  {number}  {option}")
    several = len(options) > 1 and most != 1
    numbers = f"{'one or more numbers' if most != 1 else 'one number'} of 1 to {len(options)}"
    like = f"like '1' or '1, {len(options)}'" if several else "like '1'"
    or_names = f", or of {', '.join(names)}" if names else ""

    def place(answer: str) -> int:
        if answer.isdecimal() and 0 < int(answer) <= len(options):
            return int(answer) - 1
        word = answer.lower()
        meant = [n for n, name in enumerate(names) if name == word] or [
            n for n, name in enumerate(names) if name.startswith(word)
        ]
        if len(meant) != 1:
            raise ValueError(f"write {numbers}, {like}{or_names}")
        return meant[0]

    def read(text: str) -> list[int]:
        places = list(dict.fromkeys(map(place, _SEPARATORS.sub(" ", text).split() or [""])))
        if most and len(places) > most:
            raise ValueError(f"write {numbers}, {like}")
        return places

    chosen: list[int] = ask(question, Answer("numbers", read), "1")
    return chosen


def tell(text: str = "") -> None:
    """A line beside the questions, unless it was seen before."""
    if not transcript.repeats:
        say(text, err=True)


def zone_here() -> str:
    """The time zone of this machine; UTC where it does not say."""
    from tzlocal import get_localzone_name

    try:
        name = str(get_localzone_name())
        ZONE.convert(name, None, None)
    except (LookupError, OSError, ValueError, click.BadParameter):
        return "UTC"
    return name
