"""Editions as Discord shows them."""
