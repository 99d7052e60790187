"""The settings of sources, the items of `feeds`: a module per kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import AfterValidator, BeforeValidator, ValidationError

from digest.config.addresses import without_credentials
from digest.config.kinds import Kinds, OneOf
from digest.config.sources.base import SourceSettings
from digest.config.spelling import nearest

SOURCE_KINDS = Kinds(__name__, __path__, SourceSettings)
"""The settings of each kind of source, by its name."""
DEFAULT_KIND = "feed"


def long_form(item: Any) -> Any:
    """An item of `feeds` as a map with its kind; what is neither text nor a map stays as it is.

    Raises:
        ValueError: it is text that its kind does not understand.
    """
    if isinstance(item, str):
        kind, argument = split_kind(item)
        return {"kind": kind, **SOURCE_KINDS[kind].short_form(argument)}
    if isinstance(item, dict) and "kind" not in item:
        return {"kind": DEFAULT_KIND, **item}
    return item


def split_kind(text: str) -> tuple[str, str]:
    """The kind of source that a text names, and the rest; an address is a feed's.

    Raises:
        ValueError: it begins with what is nearly a kind.
    """
    kind, colon, argument = text.partition(":")
    if colon and kind in SOURCE_KINDS:
        return kind, argument
    if colon and not argument.startswith("/") and (hint := nearest(kind, SOURCE_KINDS)):
        raise ValueError(f"there is no kind {kind!r}{hint}")
    return DEFAULT_KIND, text


def address_of(item: Any) -> str | None:
    """What the store knows an item of `feeds` by; None where its settings are wrong."""
    try:
        settings = long_form(item)
    except ValueError:
        return None
    if not isinstance(settings, dict):
        return None
    if settings["kind"] == DEFAULT_KIND:
        # There may be thousands, and what else is wrong with one leaves its address as it is.
        url = settings.get("url")
        return without_credentials(url)[0] if isinstance(url, str) else None
    model = SOURCE_KINDS.get(str(settings["kind"]))
    try:
        return model.model_validate(settings).address if model else None
    except ValidationError:
        return None


def canonical_name(name: str) -> str:
    """What a digest names a source by, as the source itself has it."""
    kind, _, _ = name.partition(":")
    is_short_form = kind in SOURCE_KINDS
    return (address_of(name) if is_short_form else None) or without_credentials(name)[0]


def _complete(source: SourceSettings) -> SourceSettings:
    if source.lacks:
        raise ValueError(source.lacks)
    return source


if TYPE_CHECKING:
    AnySource = SourceSettings
else:
    AnySource = Annotated[
        SourceSettings,
        OneOf(SOURCE_KINDS, DEFAULT_KIND),
        BeforeValidator(long_form),
        AfterValidator(_complete),
    ]

__all__ = [
    "DEFAULT_KIND",
    "SOURCE_KINDS",
    "AnySource",
    "SourceSettings",
    "address_of",
    "canonical_name",
    "long_form",
    "split_kind",
]
