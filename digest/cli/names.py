"""Names of the configuration on the command line: those that need none, and for completion.

Completion runs at each press of a key: it reads the file's names and nothing more, and is silent
where there are none to read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from digest.errors import DigestError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from digest.config import Settings


def only_digest(settings: Settings) -> str:
    """The digest that is meant where none is named.

    Raises:
        UsageError: there are several.
    """
    if len(settings.digests) > 1:
        raise UsageError(f"say which digest: {', '.join(settings.digests)}")
    return next(iter(settings.digests))


def only_list(settings: Settings) -> str:
    """The email channel that is meant where none is named.

    Raises:
        UsageError: there are several, or none.
    """
    lists = settings.lists()
    if not lists:
        raise UsageError("the configuration has no email channel")
    if len(lists) > 1:
        raise UsageError(f"say which with --channel: {', '.join(lists)}")
    return next(iter(lists))


def digest_names(context: click.Context, _: click.Parameter, incomplete: str) -> list[str]:
    """The digests of the file."""
    return _beginning(incomplete, _part(context, "digests"))


def channel_names(context: click.Context, _: click.Parameter, incomplete: str) -> list[str]:
    """The channels of the file."""
    return _beginning(incomplete, _part(context, "channels"))


def feed_names(context: click.Context, _: click.Parameter, incomplete: str) -> list[str]:
    """The feeds of the file: names, or addresses of those without."""
    return _beginning(incomplete, map(_feed_name, _part(context, "feeds")))


digest_argument = click.argument("digest", required=False, shell_complete=digest_names)


def _feed_name(feed: object) -> str:
    if isinstance(feed, dict):
        return str(feed.get("name") or feed.get("url") or "")
    return str(feed)


def _beginning(incomplete: str, names: Iterable[object]) -> list[str]:
    typed = incomplete.casefold()
    return [str(name) for name in names if name and str(name).casefold().startswith(typed)]


def _part(context: click.Context, key: str) -> Iterable[Any]:
    """A section of the file, checked or not; empty where it cannot be read."""
    from digest.config.load import find_config
    from digest.config.yaml.document import read_document

    try:
        text = find_config(_config_of(context)).read_text("utf-8")
    except (DigestError, OSError, UnicodeDecodeError):
        return []
    data = read_document(text, {}).data
    part = data.get(key) if isinstance(data, dict) else None
    return part if isinstance(part, (dict, list)) else []


def _config_of(context: click.Context) -> Any:
    """The file that the words so far name, before the command or behind it."""
    return context.obj.config if context.obj else None
