"""YAML to typed, frozen settings; errors name file, line and key."""

from digest.config.channels import EmailSettings, FileSettings, SlackSettings, SmtpSettings
from digest.config.digests import DigestSettings
from digest.config.load import find_config, load_settings
from digest.config.settings import FeedSettings, PollingSettings, Settings

SourceSettings = FeedSettings

__all__ = [
    "DigestSettings",
    "EmailSettings",
    "FeedSettings",
    "FileSettings",
    "PollingSettings",
    "Settings",
    "SlackSettings",
    "SmtpSettings",
    "SourceSettings",
    "find_config",
    "load_settings",
]
