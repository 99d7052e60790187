"""Email, as a channel."""

from digest.channels.email.channel import EmailChannel

__all__ = ["EmailChannel"]
