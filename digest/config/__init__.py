"""YAML to typed, frozen settings; errors name file, line and key."""

from digest.config.channels import ChannelSettings
from digest.config.channels.email import SmtpSettings
from digest.config.digests import DigestSettings
from digest.config.load import find_config, load_settings
from digest.config.polling import PollingSettings
from digest.config.settings import Settings
from digest.config.sources import SourceSettings
from digest.config.sources.feed import FeedSettings

__all__ = [
    "ChannelSettings",
    "DigestSettings",
    "FeedSettings",
    "PollingSettings",
    "Settings",
    "SmtpSettings",
    "SourceSettings",
    "find_config",
    "load_settings",
]
