"""Asking the server of a feed: one bounded, polite, conditional request."""
