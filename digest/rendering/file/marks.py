"""Editions in a file that is a person's: each between two marks, which notes do not show."""

from __future__ import annotations


def begin_mark(edition: str) -> bytes:
    """What stands before an edition; `edition` is an id of it that nobody can guess."""
    return f"<!-- digest:begin {edition} -->".encode()


def appended(before: bytes, text: bytes, edition: str) -> bytes:
    """A file with an edition between its marks at the end, and nothing else changed."""
    gap = b"" if not before else b"\n" if before.endswith(b"\n") else b"\n\n"
    end = f"<!-- digest:end {edition} -->\n".encode()
    return b"".join([before, gap, begin_mark(edition), b"\n\n", text.rstrip(b"\n"), b"\n\n", end])
