"""What the settings of every kind of channel answer."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct

from digest.config.base import Model
from digest.config.path_template import filled_path

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import SecretStr

# How other tools call the address of a webhook.
WEBHOOK_WORDS = "webhook url hook hook_url incoming_webhook incoming_webhook_url endpoint address"


class Hook(Struct, frozen=True):
    """How `digest init` asks for a kind of channel that one secret address is enough for.

    `key` is the setting that takes the address, like `webhook_url`; `name` is what the channel is
    called in the file that is made; `pattern` is how the service's own addresses look, which no
    other kind of channel can post to.
    """

    key: str
    name: str
    question: str
    pattern: str | None = None


class Question(Struct, frozen=True):
    """A setting, `key`, that `digest init` asks for and has an option for, by the kind's name.

    `hint` is told before. One that can be `found` is looked for by the kind's `Finder`, unless
    somebody writes it. One without `text` is not asked for, and has the option only. `word` is what
    the option says after the kind, where that is not the setting's name.
    """

    key: str
    text: str = ""
    hint: str = ""
    found: bool = False
    word: str = ""


class Setup(Struct, frozen=True):
    """How `digest init` asks for a kind; `name` is what the channel is called in the file."""

    name: str
    questions: tuple[Question, ...]


class ChannelSettings(Model):
    """The settings of a channel; what is not overridden is so of one that posts to an address.

    Each kind is a module of this package with a subclass whose `kind` is `Literal["its name"]`.
    All that others want to know of a kind they ask here, or of its class in `digest.channels`.
    """

    kind: str

    synonyms: ClassVar[dict[str, str]] = {
        "kind": "type channel_type provider service driver backend transport",
    }
    hook: ClassVar[Hook | None] = None
    """How `digest init` asks for it, where one secret address is all it takes."""
    setup: ClassVar[Setup | None] = None
    """How `digest init` asks for it, where that takes more; without either it does not."""
    display_name: ClassVar[str] = ""
    """What its service is called, where that is not the kind with a capital letter."""
    rank: ClassVar[int] = 100
    """Where `digest init` lists it: the more people want it, the lower."""
    remedy: ClassVar[str] = (
        "look whether the address is still right, at the network, and at HTTPS_PROXY where there is"
        " a proxy"
    )
    """What a person can do where nothing can be sent, and no error knows better."""
    needs_smtp: ClassVar[bool] = False
    """Whether it sends through the mail server of the file."""
    keeps_list: ClassVar[bool] = False
    """Whether it has a list of recipients that grows and shrinks beside the file."""

    @property
    def recipients(self) -> tuple[str, ...]:
        """The recipients that the file names, each of whom gets a delivery."""
        return ()

    @property
    def test_recipients(self) -> tuple[str, ...]:
        """Who a test can go to; an empty text is the channel itself."""
        return self.recipients or ("",)

    @property
    def open_to_all(self) -> bool:
        """Whether anybody can subscribe on a page."""
        return False

    @property
    def hook_address(self) -> SecretStr | None:
        """The address that its hook asks for, where the file has it."""
        return getattr(self, self.hook.key) if self.hook else None

    @property
    def shares(self) -> str | None:
        """What it shares with other channels that name the same: one pace, and one fate.

        It is a key that nobody is shown: of those with a hook a hash of the address, to which
        another channel may post with other settings.
        """
        if (address := self.hook_address) is None:
            return None
        return f"{self.kind} {sha256(address.get_secret_value().encode()).hexdigest()}"

    @property
    def bot(self) -> str | None:
        """The account that takes commands for it; None: it takes none.

        It is no secret and stays the same, since it is what people are paired with; the channels
        that name the same are asked together.
        """
        return None

    @property
    def server_url(self) -> str | None:
        """The address that it posts to; may be secret as a whole."""
        return self.hook_address.get_secret_value() if self.hook_address else None

    @property
    def file_path(self) -> Path | None:
        """The file that it writes, with placeholders in it, like `{digest}` and `{date}`."""
        return None

    def file_of(self, values: Mapping[str, str]) -> Path | None:
        """The file of an edition with these `placeholder_values`; None where there is none."""
        if self.file_path is None:
            return None
        return Path(filled_path(str(self.file_path), values))

    @property
    def replaces(self) -> bool:
        """Whether a later edition takes the place of the one in the file."""
        return False

    @property
    def folder(self) -> Path | None:
        """The folder that all its files are in: the part of their path without placeholders."""
        if self.file_path is None:
            return None
        return folder_of(str(self.file_path))


def folder_of(template: str) -> Path:
    """The folder that all files of a path with placeholders are in."""
    return Path(template.partition("{")[0] + "_").parent
