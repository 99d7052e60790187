"""The kinds of channels that `init` asks for, each with its questions and their options."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Struct

from digest.cli.setup.prompts import setting
from digest.config.channels import CHANNEL_KINDS, refuse_foreign
from digest.config.channels.base import Question, Setup
from digest.config.secrets import file_forms

if TYPE_CHECKING:
    from digest.config.channels import ChannelSettings

Answers = dict[str, str]
"""What is answered about a channel, by the settings' names."""


class KindQuestion(Struct, frozen=True):
    """A question about a channel of a kind; it has an option, and is asked if it has a text."""

    kind: str
    about: Question

    @property
    def key(self) -> str:
        """The setting."""
        return self.about.key

    @property
    def is_secret(self) -> bool:
        """Whether the answer is not shown, and is kept in a file."""
        return self.key in file_forms(CHANNEL_KINDS[self.kind])

    @property
    def name(self) -> str:
        """What the answer is called, as a file with it is."""
        word = self.key.removesuffix("_url") if self.is_secret else self.key
        return f"{self.kind}_{self.about.word or word}"

    @property
    def option(self) -> str:
        """The option that gives the answer, or the file with it."""
        return f"--{self.name.replace('_', '-')}{'-file' if self.is_secret else ''}"

    @property
    def help(self) -> str:
        """What the option gives, from the words of the setting."""
        words = CHANNEL_KINDS[self.kind].model_fields[self.key].description or self.key
        if not self.is_secret:
            return words
        content = words.partition(";")[0].rstrip(".")
        return f"A file with {content[:1].lower()}{content[1:]}."

    def read(self, text: str) -> str:
        """The answer, as the setting takes it.

        Raises:
            ValueError: it does not.
        """
        model = CHANNEL_KINDS[self.kind]
        field = model.model_fields[self.key]
        kind: Any = field.annotation
        for metadata in field.metadata:
            kind = Annotated[kind, metadata]
        setting(kind)(text)
        if model.hook and self.key == model.hook.key:
            refuse_foreign(self.kind, text)
        return text


def _setup_of(model: type[ChannelSettings]) -> Setup | None:
    if model.setup or not model.hook:
        return model.setup
    return Setup(model.hook.name, (Question(model.hook.key, model.hook.question),))


def _by_rank() -> list[str]:
    return sorted(CHANNEL_KINDS, key=lambda kind: (CHANNEL_KINDS[kind].rank, kind))


SETUPS = {kind: setup for kind in _by_rank() if (setup := _setup_of(CHANNEL_KINDS[kind]))}
"""The kinds that are asked for, the one that most people want first."""
QUESTIONS = {
    kind: tuple(KindQuestion(kind, about) for about in setup.questions)
    for kind, setup in SETUPS.items()
}


def unanswered(kind: str, answers: Answers) -> list[KindQuestion]:
    """The questions about a kind that have to be asked still."""
    return [each for each in QUESTIONS[kind] if each.about.text and each.key not in answers]


def not_asked(kind: str) -> list[KindQuestion]:
    """The questions about a kind that only options answer."""
    return [each for each in QUESTIONS[kind] if not each.about.text]


def is_chosen(kind: str, answers: Answers) -> bool:
    """Whether a channel of a kind is wanted: something is known that would be asked for."""
    return any(each.about.text and each.key in answers for each in QUESTIONS[kind])
