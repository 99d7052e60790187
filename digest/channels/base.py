"""What channels have in common: all, those whose messages stand alone, those that post by HTTP."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from contextlib import nullcontext
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Literal, TypedDict, TypeVar

from digest.channels.pace import Pace
from digest.config.channels import ChannelSettings
from digest.model import NO_PICTURES, Rendition
from digest.rendering.preview import Preview, plain_page

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from contextlib import AbstractAsyncContextManager
    from datetime import timedelta
    from typing import Self

    from digest.channels.http import Endpoint
    from digest.channels.http_answer import Answer
    from digest.channels.pace import Paces
    from digest.channels.protocol import Finder, Session
    from digest.config import Settings
    from digest.model import Delivery, Edition, Pictures
    from digest.rendering.renderer import Renderer

S = TypeVar("S", bound=ChannelSettings)


class BaseChannel(ABC, Generic[S]):
    """A channel; the defaults are the careful ones.

    The contract of each method that deliveries need is `digest.channels.Channel`'s.
    """

    kind: str
    # A copy does harm where nobody can tell it from the first.
    patience: timedelta | None = None
    seconds_between: ClassVar[float] = 0
    """How far apart its messages are at least; 0: as fast as they go."""

    beside_text: ClassVar[Literal["always", "own", "never"]] = "own"
    """Which previews show it beside the text: every one, or those of digests that go there."""
    previews_pictures: ClassVar[bool] = False
    """Whether a preview of it shows the pictures themselves."""

    def __init__(self, name: str, settings: S, pace: Pace) -> None:
        self.name = name
        self.settings = settings
        self.pace = pace
        self.remedy = settings.remedy

    @classmethod
    def open(cls, name: str, settings: S, whole: Settings, paces: Paces) -> Self:  # noqa: ARG003
        """The channel of this name; `whole` is the file that its settings are from."""
        return cls(
            name, settings, paces.of(settings.shares or f"channel {name}", cls.seconds_between)
        )

    @classmethod
    def preview(
        cls, edition: Edition, templates: Renderer, pictures: Pictures, settings: Sequence[S]
    ) -> Preview:
        """How an edition would look on channels with these settings, of which the first decides."""
        channel = cls("preview", settings[0], Pace())
        parts = channel.render(edition, templates, pictures).parts
        return Preview("\n\n".join(map(channel.readable, parts)), channel.page(parts))

    @classmethod
    def finder(cls, answers: Mapping[str, str]) -> Finder:
        """What finds settings that its `setup` says can be found, given the answers so far."""
        raise NotImplementedError

    def readable(self, part: bytes) -> str:
        """A part as a preview shows it in a terminal."""
        return part.decode()

    def page(self, parts: Sequence[bytes]) -> str:
        """The parts as a preview shows them in a browser: a whole HTML document."""
        return plain_page(map(self.readable, parts))

    @abstractmethod
    def render(
        self,
        edition: Edition,
        templates: Renderer,
        pictures: Pictures = NO_PICTURES,
        url: str = "",
    ) -> Rendition:
        """The edition as this channel's parts, and who gets them; pure."""

    def plainer(self, payload: bytes) -> bytes | None:  # noqa: ARG002
        """None: there is no plainer form."""
        return None

    def greeting(self, line: str) -> bytes | None:  # noqa: ARG002
        """What says one line, to see that it arrives; None: nothing does."""
        return None

    @abstractmethod
    def session(self) -> AbstractAsyncContextManager[Session]:
        """What sends deliveries one after the other."""

    @abstractmethod
    async def check(self) -> str:
        """Try everything short of sending; answers what was found."""


class MessageChannel(BaseChannel[S]):
    """A channel that keeps nothing open between its messages."""

    def session(self) -> nullcontext[Self]:
        """Nothing is opened or closed."""
        return nullcontext(self)

    @abstractmethod
    async def send(self, delivery: Delivery) -> str:
        """Send one part to one recipient; answers the receipt."""


class PartRequest(TypedDict, total=False):
    """How a part is posted: below the address, by a method, with a query and headers."""

    method: str
    path: str
    params: Mapping[str, str]
    headers: Mapping[str, str]


class HttpChannel(MessageChannel[S]):
    """A channel that posts each part as JSON to one address, its `endpoint`."""

    recipient = "webhook"

    def request(self, delivery: Delivery) -> PartRequest:  # noqa: ARG002
        """How a part is posted, where that is not all there is to it."""
        return {}

    def body(self, delivery: Delivery) -> bytes:
        """What is posted of a part; with what is too secret to be kept with it, if there is."""
        return delivery.payload

    @cached_property
    def endpoint(self) -> Endpoint:
        """Where it posts to: the address that its hook asks for, unless a kind has another."""
        # Kinds that ask nobody do without what it loads.
        from digest.channels.http import Endpoint

        address = self.settings.hook_address
        assert address is not None
        return Endpoint(address, mend=self.remedy)

    @abstractmethod
    def messages(self, edition: Edition, url: str) -> Sequence[dict[str, Any]]:
        """The edition as what is posted, in order; pure. `url` shows it in a browser, if any."""

    def encoded(self, message: Mapping[str, Any]) -> bytes:
        """A message as the bytes that are posted: JSON, unless a kind has another form."""
        return json.dumps(message).encode()

    def judge(self, answer: Answer) -> Answer:
        """The same answer, if it accepted a message; by its status, unless a kind knows better.

        Raises:
            ChannelError: the service takes nothing now.
            DeliveryError: it refuses the message, or nobody knows whether it took it.
        """
        return self.endpoint.accepted(answer)

    def receipt(self, answer: Answer) -> str:
        """What to keep of an answer that accepted a message."""
        return f"{answer.status}"

    def readable(self, part: bytes) -> str:
        """What is posted, in lines."""
        return json.dumps(json.loads(part), ensure_ascii=False, indent=2)

    def render(
        self,
        edition: Edition,
        templates: Renderer,  # noqa: ARG002
        pictures: Pictures = NO_PICTURES,  # noqa: ARG002
        url: str = "",
    ) -> Rendition:
        """Each message as a part."""
        return self.rendition(self.messages(edition, url))

    def rendition(self, messages: Iterable[Mapping[str, Any]]) -> Rendition:
        """What is posted, as the parts that are kept."""
        parts = tuple(map(self.encoded, messages))
        return Rendition(self.name, self.kind, (self.recipient,), parts)

    @property
    def begun(self) -> bool:
        """Whether a byte of the last message may have left."""
        return self.endpoint.begun

    async def send(self, delivery: Delivery) -> str:
        """Post one part."""
        request = self.request(delivery)
        answer = await self.endpoint.post(self.body(delivery), judge=self.judge, **request)
        return self.receipt(answer)
