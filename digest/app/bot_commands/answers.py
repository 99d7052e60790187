"""What is answered to commands: an edition, or lines of text; the same for every kind of channel.

The commands are functions of who asks and of the words behind the command. Each is told with what
it takes and does, and `/help` shows them all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from digest.app.bot_commands.command_text import Command, parse_pause
from digest.app.entry_verdicts import Explainer, day_clock
from digest.config.spelling import known_name
from digest.editions.channel_view import edition_for
from digest.errors import UsageError
from digest.language import counted
from digest.rendering.message_stories import MAX_TITLE
from digest.rendering.phrases import short_line

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from digest.app.runtime import Runtime
    from digest.model import Edition
    from digest.store.pairings import Pairing

# So many of what matches are told, of so many that are looked at: others are for other channels.
_MOST_MATCHES = 5
_MOST_RECORDS = 50
_EVERYWHERE = "all"


class Asker(Struct, frozen=True):
    """Who asks, and for which channels: those whose digests it is told of."""

    pairing: Pairing
    channels: tuple[str, ...]


class Answer(Struct, frozen=True):
    """Lines of text, or an edition as a channel shows it, which is not one of the store.

    In `literal` lines there is what feeds say: nothing in them is to mention anybody, or be a link.
    """

    lines: tuple[str, ...] = ()
    literal: bool = False
    edition: Edition | None = None
    channel: str = ""


class CommandAnswers:
    """Carries out commands; `deliver` has what is due delivered, and waits for nothing."""

    def __init__(self, runtime: Runtime, deliver: Callable[[], None]) -> None:
        self._runtime = runtime
        self._settings = runtime.settings
        self._store = runtime.store
        self._clock = runtime.context.clock
        self._deliver = deliver
        self._commands: dict[str, Callable[[Asker, str], Awaitable[Answer]]] = {
            "now": self.now,
            "send": self.send,
            "why": self.why,
            "pause": self.pause,
            "resume": self.resume,
            "help": self.help,
            # What people send who are not paired, or whose client opens the chat anew.
            "start": self.help,
            "pair": self.help,
        }

    def knows(self, command: Command) -> bool:
        """Whether there is such a command."""
        return command.name in self._commands

    async def answer(self, asker: Asker, command: Command) -> Answer:
        """What a command comes to.

        Raises:
            UsageError: it cannot be done like this; the words say how.
            DigestError: it cannot be done now.
        """
        if not self.knows(command):
            raise UsageError(f"there is no /{command.name}; /help says what there is")
        return await self._commands[command.name](asker, command.words)

    async def now(self, asker: Asker, words: str) -> Answer:
        """The edition of a digest as it would be now; it takes nothing, and is kept nowhere."""
        digest = self._digest(asker, "now", words)
        channel = self._channels_of(asker, digest)[0]
        form = self._settings.digests[digest].forms.get(channel)
        draft = await self._runtime.drafter.edition(digest, self._clock())
        given = edition_for(draft.edition, form, draft.counts).edition
        if not given.stories:
            return self._nothing_new(digest)
        edition = await self._runtime.block_adder.add(given)
        title = f"Now: {edition.title}"
        return Answer(
            edition=replace(edition, title=title, subject=title),
            channel=channel,
        )

    async def send(self, asker: Asker, words: str) -> Answer:
        """Publish the edition of a digest now, to all its channels, as `digest send` does.

        Where others get it too, the word `all` has to stand behind.
        """
        everywhere = words.casefold().split()[-1:] == [_EVERYWHERE]
        if everywhere and words not in self._digests(asker):
            words = words[: -len(_EVERYWHERE)].strip()
        digest = self._digest(asker, "send", words)
        others = set(self._settings.digests[digest].send_to) - set(asker.channels)
        if others and not everywhere:
            more = counted(len(others), "other channel", "other channels")
            return _lines(
                f"{digest} also goes to {more}: {', '.join(sorted(others))}.",
                f"/send {digest} {_EVERYWHERE} sends it to all of them now.",
            )
        if self._settings.digests[digest].when_empty == "send" and await self._is_empty(digest):
            # What readers want to have on time they do not want whenever somebody asks.
            return self._nothing_new(digest)
        published = await self._runtime.publish_job.publish_now(digest)
        if published is None:
            return self._nothing_new(digest)
        self._deliver()
        entries = counted(published.entries, "entry", "entries")
        on_its_way = f"{self._settings.title_of(digest)}: {entries} on the way."
        return _lines(on_its_way, *await self._paused(asker))

    async def why(self, asker: Asker, words: str) -> Answer:
        """Why entries with these words in title or link arrived here, or did not."""
        if not words:
            raise UsageError("write /why and an address, or some words of a title")
        records = await self._store.transact(
            lambda store: store.explaining.find(words, _MOST_RECORDS)
        )
        explainer = Explainer(self._settings, self._runtime.drafter, self._clock(), asker.channels)
        lines: list[str] = []
        told = 0
        for record in records:
            if verdicts := await explainer.verdicts(record):
                lines += [
                    short_line(record.title or record.link, MAX_TITLE),
                    *(f"– {verdict.digest}: {verdict.message}" for verdict in verdicts),
                ]
                told += 1
            if told == _MOST_MATCHES:
                break
        lines = lines or [f"No entry matches “{words}”: no feed of yours had it."]
        return Answer(tuple(lines), literal=True)

    async def pause(self, asker: Asker, words: str) -> Answer:
        """Have what the channels get wait for a while; it is sent then, and nothing is lost."""
        if words.casefold() in {"off", "end", "stop"}:
            return await self.resume(asker, "")
        until = self._clock() + parse_pause(words)
        await self._store.transact(
            lambda store: store.pairings.pause(asker.channels, until, asker.pairing.id)
        )
        return _lines(
            f"{' and '.join(asker.channels)}: paused until {self._day(until)}.",
            "Editions wait until then, and are sent one after the other. /resume ends the pause.",
        )

    async def resume(self, asker: Asker, _: str) -> Answer:
        """End a pause, whoever began it."""
        await self._store.transact(lambda store: store.pairings.resume(asker.channels))
        self._deliver()
        return _lines(f"{' and '.join(asker.channels)}: no pause. What has waited comes now.")

    async def help(self, asker: Asker, _: str) -> Answer:
        """What there is to write, and for which digests."""
        digests = self._digests(asker)
        name = f" {digests[0]}" if len(digests) > 1 else ""
        lines = [
            f"/now{name} – the edition as it would be now; the next one has it too",
            f"/send{name} – send the edition now, instead of when it is due",
            "/why WORDS – why something with these words arrived, or did not",
            "/pause 1w – let editions wait; /resume sends them",
        ]
        if name:
            lines.append(f"Digests: {', '.join(digests)}")
        paused = await self._paused(asker)
        return _lines(*lines, *paused)

    async def _paused(self, asker: Asker) -> list[str]:
        now = self._clock()
        paused = await self._store.transact(lambda store: store.pairings.paused(now))
        return [
            f"{name} is paused until {self._day(until)}."
            for name, until in paused.items()
            if name in asker.channels
        ]

    async def _is_empty(self, digest: str) -> bool:
        draft = await self._runtime.drafter.edition(digest, self._clock())
        return not draft.edition.stories

    def _nothing_new(self, digest: str) -> Answer:
        return _lines(f"Nothing is new for {self._settings.title_of(digest)}.")

    def _day(self, at: datetime) -> str:
        return day_clock(at, self._settings.zone)

    def _digests(self, asker: Asker) -> list[str]:
        """The digests that go to the channels of who asks."""
        found = (name for to in asker.channels for name in self._settings.digests_to(to))
        return list(dict.fromkeys(found))

    def _channels_of(self, asker: Asker, digest: str) -> list[str]:
        return [name for name in asker.channels if name in self._settings.digests[digest].send_to]

    def _digest(self, asker: Asker, command: str, name: str) -> str:
        """The digest that is meant: the only one, where none is named.

        Raises:
            UsageError: it is none of theirs, or there are several.
        """
        digests = self._digests(asker)
        if not digests:
            raise UsageError("no digest goes here")
        if name:
            return known_name("digest", name, digests)
        if len(digests) > 1:
            each = ", ".join(f"/{command} {digest}" for digest in digests)
            raise UsageError(f"say which digest: {each}")
        return digests[0]


def _lines(*lines: str) -> Answer:
    return Answer(lines)
