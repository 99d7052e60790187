"""Names as they are spelled in the file, and what a misspelt one was probably meant to be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable


# So many names can be read in one line.
_FEW = 10


def nearest(word: str, words: Iterable[str], likeness: float = 0.6) -> str:
    """`; did you mean 'x'?` for a near miss, else nothing."""
    # A file without an error does without.
    import difflib

    spelled = {known.lower(): known for known in words}
    close = difflib.get_close_matches(word.lower(), spelled, n=1, cutoff=likeness)
    return f"; did you mean {spelled[close[0]]!r}?" if close else ""


def spelled(name: str, names: Iterable[str]) -> str:
    """The name as these have it, where one differs in its capitals only; else as it is."""
    names = list(names)
    alike = [known for known in names if known.casefold() == name.casefold()]
    return alike[0] if name not in names and len(alike) == 1 else name


def known_name(what: str, name: str, names: Collection[str]) -> str:
    """One of these names, whatever its capitals; `what` says of what they are.

    Raises:
        UsageError: it is none of them.
    """
    found = spelled(name, names)
    if found not in names:
        few = f"; there are: {', '.join(names)}" if 0 < len(names) <= _FEW else ""
        raise UsageError(f"there is no {what} {name!r}{nearest(name, names) or few}")
    return found
