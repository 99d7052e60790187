"""Settings without their secrets: what lacks one here, and what is kept in the database."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from digest.config.secrets import MissingSecret, file_forms
from digest.config.settings import Settings
from digest.config.structure import sections
from digest.config.yaml.document import dotted
from digest.errors import ConfigError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from digest.config.structure import Section
    from digest.config.yaml.document import Document, Key

# In the place of headers that are in a file which cannot be read.
_SOME_HEADER = "X-Missing"


def set_missing(document: Document, path: Path) -> set[Key]:
    """Put a `MissingSecret` where one cannot be filled in; answers where that is.

    `path` is the file, for the error of whoever asks for the secret.
    """
    found = set()
    for section, name, key in _secret_settings(document.data):
        for lacking in [each for each in document.unfilled if each[: len(key)] == key]:
            secret = MissingSecret(ConfigError(path, [document.unfilled[lacking]]))
            header = lacking[len(key) :] or (_SOME_HEADER,)
            if file_forms(section.model)[name] == "text":
                section.data[name] = secret
            else:
                section.data[name] = {**(section.data.get(name) or {}), str(header[0]): secret}
            found.add(lacking)
    return found


def _secret_settings(data: Any) -> Iterator[tuple[Section, str, Key]]:
    for section in list(sections(Settings, data)):
        for name in file_forms(section.model):
            yield section, name, (*section.key, name)


def masked_json(settings: Settings) -> str:
    """Settings to be kept: as the file says them, but for secrets, of which only a mask is left."""
    return settings.model_dump_json(by_alias=True, exclude_unset=True)


def settings_of(kept: str, path: Path) -> Settings | None:
    """What `masked_json` made of settings of the file `path`; their secrets are missing.

    None where they are no settings any more, as after an upgrade.
    """
    data = json.loads(kept)
    for section, name, key in _secret_settings(data):
        if section.data.get(name):
            section.data[name] = _missing(section.data[name], path, key)
    try:
        return Settings.model_validate(data, context={"base": path.parent})
    except ValidationError:
        return None


def _missing(masked: Any, path: Path, key: Key) -> Any:
    if isinstance(masked, dict):
        return {name: _missing(value, path, (*key, name)) for name, value in masked.items()}
    problem = Problem(0, dotted(key), "is a secret, which is not kept; mend the file first")
    return MissingSecret(ConfigError(path, [problem]))
