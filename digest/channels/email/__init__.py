"""Email, as a channel."""

from digest.channels.email.channel import open_channel

__all__ = ["open_channel"]
