"""What all jobs work with, wired once for the settings that are in force."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from digest.channels import Channel
    from digest.config import Settings
    from digest.log import Sanitiser
    from digest.rendering.renderer import Renderer
    from digest.store import Store, StoreThread


class JobContext(Struct, frozen=True):
    """Settings and an open store, with the channels and templates that the settings name.

    `clock` tells the time of day; `sanitiser` takes secrets out of what others said. What only
    polls does without channels, by name, and templates, by digest.
    """

    settings: Settings
    store: StoreThread[Store]
    clock: Callable[[], datetime]
    sanitiser: Sanitiser
    channels: Mapping[str, Channel] = {}
    templates: Mapping[str, Renderer] = {}
