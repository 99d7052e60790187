"""Finding a configuration file, and turning it into settings or into every problem it has."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from digest.config.ownership import refuse_of_others
from digest.config.read import read_config
from digest.config.references import check_references
from digest.config.secret_files import fill_secrets
from digest.config.secrets import FILE_SUFFIX
from digest.config.settings import Settings
from digest.config.without_secrets import set_missing
from digest.errors import ConfigError, NoConfigError
from digest.file_errors import mode_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from digest.config.yaml.document import Document

_HERE = Path("config.yaml")
_SYSTEM_FILE = Path("/etc/digest/config.yaml")


def find_config(given: Path | None, environ: Mapping[str, str] = os.environ) -> Path:
    """The configuration file: as given, DIGEST_CONFIG, ./config.yaml or /etc/digest/config.yaml.

    What is named is the operator's word. What merely lies in the current folder may be somebody
    else's, whose addresses and files a command would then use.

    Raises:
        NoConfigError: there is none.
        UsageError: others can change the one in the current folder.
    """
    if given is None and environ.get("DIGEST_CONFIG"):
        given = Path(environ["DIGEST_CONFIG"])
    if given is not None:
        return given
    refused = []
    for path in (_HERE, _SYSTEM_FILE):
        try:
            if not stat.S_ISREG(mode_of(path)):
                continue
        except OSError as error:
            refused.append(f"{path} could not be looked for ({error.strerror})")
            continue
        if path is _HERE:
            refuse_of_others(path, environ)
        return path
    raise NoConfigError(
        f"no configuration: looked for --config, DIGEST_CONFIG, ./config.yaml and {_SYSTEM_FILE};"
        + "".join(f" {reason};" for reason in refused)
        + " `digest init` makes one"
    )


def load_settings(
    path: Path, environ: Mapping[str, str] = os.environ, *, secrets: bool = True
) -> Settings:
    """Read and check a configuration file.

    Without `secrets`, those that cannot be filled in are missing in the settings, and no problem.

    Raises:
        ConfigError: with every problem of the file, each with its line.
    """
    document = read_config(path, environ)
    base = path.absolute().parent
    files = fill_secrets(document, Settings, base)
    missing = set_missing(document, path)
    document.problems += [
        problem for key, problem in document.unfilled.items() if secrets or key not in missing
    ]
    settings = _validate(document, {"base": base, "secret_files": files, "file": path.absolute()})
    if document.problems or settings is None:
        raise ConfigError(path, document.problems)
    return settings


def _validate(document: Document, context: dict[str, Any]) -> Settings | None:
    if document.data is None:
        if not document.problems:
            document.report((), "is empty; see config.example.yaml")
        return None
    if not isinstance(document.data, dict):
        document.report((), "must be a map of settings")
        return None
    settings = None
    reported = {problem.key for problem in document.problems}
    known = reported | {key.removesuffix(FILE_SUFFIX) for key in reported}
    try:
        settings = Settings.model_validate(document.data, context=context)
    except ValidationError as error:
        # What a wrong file alone needs, no start pays for.
        from digest.config.problems import problems_of

        for problem in problems_of(error, document):
            # What could not be filled in has been reported; that it is missing too is no news.
            if problem.key not in known:
                document.problems.append(problem)
    check_references(document)
    return settings
