"""Telegram, as a channel."""

from digest.channels.telegram.channel import TelegramChannel

__all__ = ["TelegramChannel"]
