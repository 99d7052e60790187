"""Processes that are killed, at random and at every point they wait at, and what is then true."""
