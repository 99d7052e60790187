"""Newsletters: what a message of one says, as an entry. Pure, for worker processes."""
