"""What is for a person to mend, and what is a bug."""

from __future__ import annotations

from digest.errors import StoreError, UsageError, mendable


def test_only_what_is_all_mendable_is() -> None:
    full, wrong, bug = StoreError("disk full"), UsageError("no such feed"), KeyError("x")
    assert mendable(full) == [full]
    assert mendable(ExceptionGroup("", [full, ExceptionGroup("", [wrong])])) == [full, wrong]
    assert mendable(ExceptionGroup("", [full, bug])) == []
    assert mendable(bug) == []
