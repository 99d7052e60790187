"""HTTP headers as settings, whose values are secret."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator

from digest.config.fields import HeaderName
from digest.config.secrets import MAY_BE_MISSING, HeaderSecret


def _one_line(value: HeaderSecret) -> HeaderSecret:
    if any(c in value.get_secret_value() for c in "\r\n\0"):
        raise ValueError("must be one line")
    return value


SecretHeaders = dict[HeaderName, Annotated[HeaderSecret, AfterValidator(_one_line), MAY_BE_MISSING]]
