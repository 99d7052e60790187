"""A plugin of pytest: that a property fails is enough, and it is asked the same way each time."""

from __future__ import annotations

import hypothesis


def pytest_sessionstart() -> None:
    """Choose this once the conftest has chosen its own, before tests are read."""
    found = (hypothesis.Phase.explicit, hypothesis.Phase.generate)
    hypothesis.settings.register_profile("hasty", deadline=None, phases=found, derandomize=True)
    hypothesis.settings.load_profile("hasty")
