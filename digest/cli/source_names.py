"""What people and files name a source by: a web address, or the short form of its kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from digest.config import FeedSettings
from digest.config.addresses import without_credentials
from digest.config.problems import message_of
from digest.config.sources import DEFAULT_KIND, SOURCE_KINDS, long_form, source_meant, split_kind
from digest.errors import UsageError
from digest.feeds.discovery import web_address, web_addresses

if TYPE_CHECKING:
    from digest.config import SourceSettings


def source_named(text: str, **more: Any) -> SourceSettings:
    """The source that a person means, with more settings of it; an address may lack its scheme.

    Raises:
        UsageError: it is no web address, or its kind does not understand it.
    """
    shown = _shown(text)
    try:
        kind, _ = split_kind(text)
        return source_at(web_address(text) if kind == DEFAULT_KIND else text, **more)
    except ValidationError as error:
        if error.title == FeedSettings.__name__:
            raise UsageError(f"{shown!r} is not a web address") from None
        details = error.errors()[0]
        if details["type"] == "missing":
            needed = f"needs {details['loc'][-1]}: write it into feeds as a map of its settings"
            raise UsageError(f"{shown!r} {needed}") from None
        wrong = message_of({}, details["loc"], details)
        raise UsageError(f"{shown!r} {wrong}") from None
    except ValueError as error:
        raise UsageError(f"{shown!r}: {error}") from None


def _shown(text: str) -> str:
    """A text as it may be shown, without the login of an address, also of one behind a kind."""
    kind, colon, argument = text.partition(":")
    if colon and kind in SOURCE_KINDS:
        return f"{kind}:{without_credentials(argument)[0]}"
    return without_credentials(text)[0]


def sources_named(text: str, **more: Any) -> tuple[SourceSettings, ...]:
    """The sources that a person may mean, of which the first that answers counts.

    Raises:
        UsageError: it is no web address, or its kind does not understand it.
    """
    source = source_named(text, **more)
    if source.kind != DEFAULT_KIND:
        return (source,)
    others = (source_at(address, **more) for address in web_addresses(text)[1:])
    # By http and by https a page of a well-known service stands for the same feed.
    return (source, *(other for other in others if other.address != source.address))


def reading_of(text: str, source: SourceSettings) -> str:
    """That an address was read as a source of another kind, or another feed; else nothing."""
    address = web_address(text)
    meant = source_meant(address)
    return "" if meant == address else f"{address} is read as {source.address}"


def source_at(address: str, **more: Any) -> SourceSettings:
    """The source at a whole address, or of a short form, with more settings of it.

    Raises:
        ValueError: it is no web address, or its kind does not understand it.
    """
    settings = {**long_form(address), **more}
    return SOURCE_KINDS[settings["kind"]].model_validate(settings)
