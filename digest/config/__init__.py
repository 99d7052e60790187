"""YAML to typed, frozen settings; errors name file, line and key."""

from digest.config.load import find_config, load_settings
from digest.config.settings import (
    DigestSettings,
    EmailSettings,
    FeedSettings,
    FileSettings,
    Settings,
    SlackSettings,
    SmtpSettings,
)

__all__ = [
    "DigestSettings",
    "EmailSettings",
    "FeedSettings",
    "FileSettings",
    "Settings",
    "SlackSettings",
    "SmtpSettings",
    "find_config",
    "load_settings",
]
