"""The channels of a digest, and what each of them is given of an edition."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import (
    BeforeValidator,
    Field,
    SerializerFunctionWrapHandler,
    StringConstraints,
    WithJsonSchema,
    model_serializer,
)

from digest.config.base import Model
from digest.config.fields import one_or_many

# With `null`, as an editor sees a key that has no value yet.
_OR_NONE = WithJsonSchema({"enum": ["watched", None]})


class ChannelForm(Model):
    """A channel that a digest goes to, and what it is given of an edition: all, if not less."""

    channel: Annotated[str, StringConstraints(min_length=1)] = Field(
        description="The name of the channel."
    )
    only: Annotated[Literal["watched"] | None, _OR_NONE] = Field(
        None, description="`watched`: only the stories that a `watch` rule raised."
    )
    max_entries: int | None = Field(
        None,
        ge=1,
        le=1000,
        description="The most stories that it shows, the best of them; it counts the others.",
    )

    synonyms: ClassVar[dict[str, str]] = {
        "channel": "name to target destination id output",
        "only": "filter include match just stories show",
        "max_entries": "limit max max_items items count max_stories max_articles top number most",
    }

    @property
    def is_whole(self) -> bool:
        """Whether it is given all of an edition."""
        return self.only is None and self.max_entries is None

    @property
    def text(self) -> str:
        """What it is given, for a person; empty where that is all."""
        most = f"the best {self.max_entries}" if self.max_entries else ""
        most = "the best story" if self.max_entries == 1 else most
        return ", ".join(filter(None, ("only what is watched" if self.only else "", most)))

    @model_serializer(mode="wrap")
    def _as_in_files(self, handler: SerializerFunctionWrapHandler) -> Any:
        """Its name where there is nothing else to say."""
        return self.channel if self.is_whole else handler(self)


def _with_name(value: object) -> object:
    return {"channel": value} if isinstance(value, str) else value


_Text = Annotated[str, StringConstraints(min_length=1)]
_OneForm = Annotated[
    ChannelForm, BeforeValidator(_with_name, json_schema_input_type=_Text | ChannelForm)
]
_Forms = Annotated[tuple[_OneForm, ...], Field(min_length=1)]
ChannelForms = Annotated[
    _Forms, BeforeValidator(one_or_many, json_schema_input_type=_Text | _Forms)
]
