"""Telegram: bots, which post to chats, groups and channels."""
