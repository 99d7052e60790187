"""What deliveries ask of a channel, of any kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

from digest.model import NO_PICTURES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractAsyncContextManager
    from datetime import timedelta

    from digest.channels.pace import Pace
    from digest.model import Delivery, Edition, IncomingMessage, Pictures, Rendition
    from digest.rendering.renderer import Renderer


class Session(Protocol):
    """Sends one delivery after the other.

    One that has an attribute `begun` tells by it whether a byte of the last message may have left.
    Where it has not, no attempt ends in doubt.
    """

    async def send(self, delivery: Delivery) -> str:
        """Send one part to one recipient; answers the receipt.

        Raises:
            DeliveryError: with the verdict. The session goes on.
            ChannelError: nothing can be sent now, to anybody.
        """


class Found(Struct, frozen=True):
    """Settings that were found, by their names, and what they stand for in words."""

    name: str
    settings: dict[str, str]


class Finder(Protocol):
    """Finds settings that nobody knows by heart, like the id of a chat."""

    async def invite(self) -> str:
        """What a person is to do so that they can be found.

        Raises:
            DeliveryError: nothing can be found with the answers so far.
        """

    async def find(self, seconds: int) -> list[Found]:
        """What there is, the likeliest first; waits so long for something.

        Raises:
            DeliveryError: nobody can look now.
        """


class Channel(Protocol):
    """Renders an edition, purely, and opens sessions that send its deliveries.

    One that has an attribute `settles` looks whether an attempt in doubt arrived before it sends
    again; so long after the attempt it can. What a crash interrupted waits for that long, where
    others send the same bytes again at once.
    """

    name: str
    kind: str
    patience: timedelta | None
    """How long after an attempt of which nobody knows how it ended the same bytes are sent once
    more; None where a copy would do harm, so that a person decides."""

    pace: Pace
    """How fast deliveries may follow each other; shared by channels that share a server."""

    remedy: str
    """What a person can do where it takes nothing from anybody."""

    def render(
        self,
        edition: Edition,
        templates: Renderer,
        pictures: Pictures = NO_PICTURES,
        url: str = "",
    ) -> Rendition:
        """The edition as this channel's parts, and who gets them.

        `pictures` are those that are to be in what is sent, where its stories say so; `url` is
        where the edition is shown in a browser, if it is.
        """

    def plainer(self, payload: bytes) -> bytes | None:
        """A plainer form of a payload that was refused, always the same; None: there is none."""

    def greeting(self, line: str) -> bytes | None:
        """A payload that says one line, to see that it arrives; None: nothing does."""

    def session(self) -> AbstractAsyncContextManager[Session]:
        """What sends deliveries one after the other; what it needs is opened by the first."""

    async def check(self) -> str:
        """Try everything short of sending; answers what was found.

        Raises:
            DeliveryError: it would not work now.
        """


class Conversation(Protocol):
    """What people write to the bot of a channel, and what it answers them."""

    async def incoming(self, after: int | None) -> Sequence[IncomingMessage]:
        """Every message behind the one of this number, oldest first; None: all there are.

        It waits for one, for half a minute at the most, and answers those that are for nobody here
        too, so that none is asked for again. Before this, the service may forget the earlier ones.

        Raises:
            DeliveryError: nobody knows whether somebody wrote; it is asked again.
        """

    def is_own(self, message: IncomingMessage) -> bool:
        """Whether it was written in the chat that the channel posts to."""

    async def answer(self, message: IncomingMessage, part: bytes) -> None:
        """Send a part of a rendition, or a greeting, to where a message was written.

        Raises:
            DeliveryError: as `Session.send`; `retry_after` says when it may go.
        """


class Conversing(Channel, Protocol):
    """A channel whose settings name a `bot`."""

    def conversation(self) -> Conversation:
        """A conversation of its bot; one for each bot is enough."""
