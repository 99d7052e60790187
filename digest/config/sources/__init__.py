"""The settings of sources, the items of `feeds`: a module per kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import AfterValidator, BeforeValidator, ValidationError

from digest.config.addresses import without_credentials
from digest.config.kinds import Kinds, OneOf
from digest.config.known_addresses import known_source
from digest.config.sources.base import SourceSettings
from digest.config.spelling import nearest

SOURCE_KINDS = Kinds(__name__, __path__, SourceSettings)
"""The settings of each kind of source, by its name."""
DEFAULT_KIND = "feed"


def long_form(item: Any) -> Any:
    """An item of `feeds` as a map with its kind; what is neither text nor a map stays as it is.

    The address of a page that stands for a source is read as that.

    Raises:
        ValueError: it is text that its kind does not understand.
    """
    if isinstance(item, str):
        kind, argument = split_kind(item)
        return {"kind": kind, **SOURCE_KINDS[kind].short_form(argument)}
    if isinstance(item, dict) and "kind" not in item:
        if url := page_address(item):
            others = {key: value for key, value in item.items() if key != "url"}
            return {**long_form(url), **others}
        return {"kind": DEFAULT_KIND, **item}
    return item


def page_address(item: Any) -> str | None:
    """The address in an item of `feeds` that is read as another source; None where there is none.

    A map that names its kind or has headers is a feed, whatever its address.
    """
    if isinstance(item, dict):
        item = None if item.keys() & {"kind", "headers"} else item.get("url")
    return item if isinstance(item, str) and source_meant(item) != item else None


def source_meant(text: str) -> str:
    """The source that the address of a page stands for, if there is its kind; else the text."""
    meant = known_source(text)
    if meant is text:
        return text
    kind, _, rest = meant.partition(":")
    return meant if rest.startswith("//") or kind in SOURCE_KINDS else text


def split_kind(text: str) -> tuple[str, str]:
    """The kind of source that a text names or stands for, and the rest; an address is a feed's.

    Raises:
        ValueError: it begins with what is nearly a kind.
    """
    text = source_meant(text)
    kind, colon, argument = text.partition(":")
    if not argument.startswith("//") and kind in SOURCE_KINDS and colon:
        return kind, argument
    if colon and not argument.startswith("/") and (hint := nearest(kind, SOURCE_KINDS)):
        raise ValueError(f"there is no kind {kind!r}{hint}")
    return DEFAULT_KIND, text


def addresses_of(item: Any) -> tuple[str, ...]:
    """What the store knows the sources of an item of `feeds` by; none where settings are wrong."""
    try:
        settings = long_form(item)
    except ValueError:
        return ()
    if not isinstance(settings, dict):
        return ()
    if settings["kind"] == DEFAULT_KIND:
        # There may be thousands, and what else is wrong with one leaves its address as it is.
        url = settings.get("url")
        return (without_credentials(url)[0],) if isinstance(url, str) else ()
    model = SOURCE_KINDS.get(str(settings["kind"]))
    try:
        sources = model.model_validate(settings).sources() if model else ()
    except ValidationError:
        return ()
    return tuple(source.address for source in sources)


def canonical_name(name: str) -> str:
    """What a digest names a source by, as the source itself has it."""
    meant = source_meant(name)
    kind, _, _ = meant.partition(":")
    addresses = addresses_of(meant) if kind in SOURCE_KINDS else ()
    return addresses[0] if addresses else without_credentials(meant)[0]


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
    "addresses_of",
    "canonical_name",
    "long_form",
    "page_address",
    "source_meant",
    "split_kind",
]
