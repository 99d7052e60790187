"""Editions as messages of Telegram."""
