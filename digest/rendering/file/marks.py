"""Editions in a file that is a person's: each between two marks, which notes do not show."""

from __future__ import annotations


def has_edition(text: bytes, edition: str) -> bool:
    """Whether a file has an edition, changed or not; `edition` is an id that nobody can guess."""
    return _begin(edition) in text


def with_edition(text: bytes, addition: bytes, edition: str) -> bytes:
    """A file with an edition between its marks at the end, and nothing else changed.

    The edition has the line ends of the file.
    """
    if has_edition(text, edition):
        return text
    gap = b"" if not text else b"\n" if text.endswith(b"\n") else b"\n\n"
    end = f"<!-- digest:end {edition} -->\n".encode()
    between = addition.rstrip(b"\n")
    added = b"".join([gap, _begin(edition), b"\n\n", between, b"\n\n", end])
    return text + (added.replace(b"\n", b"\r\n") if b"\r\n" in text else added)


def _begin(edition: str) -> bytes:
    return f"<!-- digest:begin {edition} -->".encode()
