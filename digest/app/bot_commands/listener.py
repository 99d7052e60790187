"""Hears what people write to one bot, and answers those who are paired with it."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from typing import TYPE_CHECKING, cast

from digest.app.bot_commands.answers import Answer, Asker
from digest.app.bot_commands.command_text import parse_command
from digest.app.bot_commands.outage import Outage
from digest.app.bot_commands.quota import Quota
from digest.errors import ChannelError, DeliveryError, DigestError, UsageError
from digest.jobs.pairing import code_lines
from digest.jobs.render import render_beside
from digest.log import event
from digest.rendering.dialects import undetected
from digest.rendering.phrases import short_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.app.bot_commands.answers import CommandAnswers
    from digest.app.bot_commands.command_text import Command
    from digest.app.runtime import Runtime
    from digest.channels import Conversing
    from digest.model import IncomingMessage
    from digest.store.pairings import Pairing

_log = logging.getLogger(__name__)

_TOO_OLD = timedelta(minutes=5)
# An answer is for somebody who waits for it: the whole edition comes when it is due.
_MOST_PARTS = 10
# In graphemes and units of UTF-16: services take 4,000 and more.
_MOST_UNITS = 3_500
# In a minute: commands of people who are paired, and codes for those who are not.
_MOST_OF_ONE, _MOST_OF_ALL, _MOST_CODES = 10, 30, 5
_LONGEST_WAIT = timedelta(minutes=1)
# A service that does not wait for somebody to write is not asked without end.
_LEAST_SECONDS = 1.0
# What troubles the database is told of, and mended, by others.
_STORE_SECONDS = 30.0
_PAIR = {"start", "pair"}
_BUSY = "That was a lot at once. Ask again in a minute."
_FAILED = "That did not work now; the log of digest says why."


class Listener:
    """Answers what is asked of one bot, one message after the other.

    A message is noted as heard before it is answered, so that none is carried out twice, whenever
    the process ends. Nobody else than people who are paired is answered, but for a code on /pair.
    """

    def __init__(
        self, runtime: Runtime, bot: str, channels: Sequence[str], answers: CommandAnswers
    ) -> None:
        self._bot = bot
        self._answers = answers
        self._runtime = runtime
        self._store = runtime.store
        self._clock = runtime.context.clock
        self._sanitise = runtime.context.sanitiser
        self._channels = {
            name: cast("Conversing", runtime.context.channels[name]) for name in channels
        }
        self._conversations = {
            name: channel.conversation() for name, channel in self._channels.items()
        }
        self._first = channels[0]
        self._outage = Outage(runtime.store, self._first)
        self._paired = Quota(_MOST_OF_ONE, _MOST_OF_ALL)
        self._strangers = Quota(1, _MOST_CODES)

    async def listen(self) -> None:
        """Hear and answer until it is cancelled."""
        while True:
            try:
                await self._listen_or_rest()
            except DigestError as error:
                # What cannot be noted as heard is not carried out.
                event(_log, logging.ERROR, "commands are not heard", error=str(error))
                await asyncio.sleep(_STORE_SECONDS)
            except Exception:  # noqa: BLE001 - a bug is logged whole
                _log.exception("bug while listening to people; it goes on")
                await asyncio.sleep(_STORE_SECONDS)

    async def _listen_or_rest(self) -> None:
        try:
            await self._listen_once()
        except DeliveryError as error:
            reason = self._sanitise(error.reason)
            pause = await self._outage.note(reason, error.retry_after, self._clock())
            fields = {
                "channel": self._first,
                "error": reason,
                "seconds": int(pause.total_seconds()),
            }
            event(_log, logging.WARNING, "commands are not heard", **fields)
            await asyncio.sleep(pause.total_seconds())

    async def _listen_once(self) -> None:
        loop = asyncio.get_running_loop()
        began, now = loop.time(), self._clock()
        after = await self._store.transact(lambda store: store.pairings.heard(self._bot, now))
        messages = await self._conversations[self._first].incoming(after)
        await self._outage.end(self._clock())
        fresh = [each for each in messages if after is None or each.number > after]
        for message in fresh:
            await self._hear(message)
        if fresh:
            last = fresh[-1].number
            await self._store.transact(
                lambda store: store.pairings.hear(self._bot, last, self._clock())
            )
        else:
            await asyncio.sleep(max(0.0, _LEAST_SECONDS - (loop.time() - began)))

    async def _hear(self, message: IncomingMessage) -> None:
        """Answer a message, if it is a command of somebody who may ask."""
        command = parse_command(message.text)
        channels = self._asked(message)
        if command is None or not channels:
            return
        if not message.private and not self._answers.knows(command):
            # It is for another bot of the group.
            return
        age = self._clock() - message.at
        if age > _TOO_OLD:
            # Where that is said of new ones, the clock of this machine is wrong.
            fields = {"command": f"/{command.name}", "seconds": int(age.total_seconds())}
            event(_log, logging.INFO, "too old to answer", **fields)
            return
        try:
            await self._react(message, command, channels)
        except DeliveryError as error:
            reason = self._sanitise(error.reason)
            event(_log, logging.WARNING, "not answered", person=message.person, error=reason)
        except DigestError:
            raise
        except Exception:  # noqa: BLE001 - a bug is logged whole
            # Whatever somebody wrote, the next is heard.
            _log.exception("bug while answering a command")

    async def _react(
        self, message: IncomingMessage, command: Command, channels: tuple[str, ...]
    ) -> None:
        now = self._clock()
        pairing = await self._store.transact(
            lambda store: store.pairings.take(self._bot, message, now)
        )
        if pairing:
            await self._answer(message, command, Asker(pairing, channels))
        else:
            await self._offer_code(message, command)

    def _asked(self, message: IncomingMessage) -> tuple[str, ...]:
        """The channels that a message is about: of its chat; alone with the bot, else all."""
        own = [name for name, talk in self._conversations.items() if talk.is_own(message)]
        if not own and message.private:
            own = list(self._channels)
        return tuple(own)

    async def _offer_code(self, message: IncomingMessage, command: Command) -> None:
        """Give a code to whoever wants to be paired, alone with the bot; others hear nothing."""
        wants = message.private and command.name in _PAIR
        if not wants or self._strangers.judge(message.person) != "allowed":
            return
        code = await self._runtime.pairing_admin.give_code(self._bot, message)
        if code:
            await self._say(message, code_lines(code))

    async def _answer(self, message: IncomingMessage, command: Command, asker: Asker) -> None:
        self._note(message, command, asker.pairing)
        match self._paired.judge(message.person):
            case "allowed":
                await self._show(message, await self._outcome(asker, command))
            case "told":
                await self._say(message, [_BUSY])
            case "ignored":
                pass

    async def _outcome(self, asker: Asker, command: Command) -> Answer:
        try:
            return await self._answers.answer(asker, command)
        except UsageError as error:
            return Answer((str(error),))
        except DigestError as error:
            event(_log, logging.ERROR, "command failed", error=self._sanitise(str(error)))
            return Answer((_FAILED,))

    def _note(self, message: IncomingMessage, command: Command, pairing: Pairing) -> None:
        event(
            _log,
            logging.INFO,
            "asked",
            channel=self._asked(message)[0],
            name=pairing.name,
            person=message.person,
            command=self._sanitise(f"/{command.name} {command.words}"),
        )

    async def _show(self, message: IncomingMessage, answer: Answer) -> None:
        """Answer an edition as the channel shows it, or lines."""
        edition = answer.edition
        if edition is None:
            await self._say(message, answer.lines, literal=answer.literal)
            return
        channel = self._channels[answer.channel]
        templates = self._runtime.context.templates[edition.digest]
        rendition, _ = await render_beside(
            templates, lambda renderer: channel.render(edition, renderer)
        )
        for part in rendition.parts[:_MOST_PARTS]:
            await self._send(message, part)
        if (more := len(rendition.parts) - _MOST_PARTS) > 0:
            await self._say(message, [f"There is more of it: {more} messages, with the edition."])

    async def _say(
        self, message: IncomingMessage, lines: Sequence[str], *, literal: bool = False
    ) -> None:
        told = [undetected(line) if literal else line for line in map(self._sanitise, lines)]
        text = short_line("\n".join(told), _MOST_UNITS)
        if (part := self._channels[self._first].greeting(text)) is not None:
            await self._send(message, part)

    async def _send(self, message: IncomingMessage, part: bytes) -> None:
        """Send when the pace of the channel allows it; waited for once where the service says so.

        Raises:
            DeliveryError: it was not sent, or nobody knows.
        """
        try:
            await self._send_in_turn(message, part)
        except DeliveryError as error:
            wait = error.retry_after
            if wait is None or wait > _LONGEST_WAIT:
                raise
            # What else goes out through the bot waits too.
            now = asyncio.get_running_loop().time()
            self._channels[self._first].pace.rest(now, wait.total_seconds())
            await self._send_in_turn(message, part)

    async def _send_in_turn(self, message: IncomingMessage, part: bytes) -> None:
        loop, pace = asyncio.get_running_loop(), self._channels[self._first].pace
        while pause := pace.delay(loop.time()):
            # Deliveries take turns too.
            if (wait := timedelta(seconds=pause)) > _LONGEST_WAIT:
                # Nobody waits for it so long, and what others ask is not heard meanwhile.
                raise ChannelError(f"the bot is to rest for {int(pause)} seconds", retry_after=wait)
            await asyncio.sleep(pause)
        pace.begin(loop.time())
        await self._conversations[self._first].answer(message, part)
