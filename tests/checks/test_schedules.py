"""What `digest check` says of schedules."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from digest.checks.schedules import check_schedules
from digest.config import load_settings

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 3, 27, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("schedule", "form", "times"),
    [
        (
            "friday 5pm",
            "every friday at 17:00",
            "Fri 2026-03-27 17:00, Fri 2026-04-03 17:00, Fri 2026-04-10 17:00",
        ),
        # Clocks change in between; the times on the wall do not.
        (
            "weekends at 10:00",
            "weekends at 10:00",
            "Sat 2026-03-28 10:00, Sun 2026-03-29 10:00, Sat 2026-04-04 10:00",
        ),
    ],
)
def test_each_has_its_form_and_its_next_three_times(
    tmp_path: Path, schedule: str, form: str, times: str
) -> None:
    (tmp_path / "config.yaml").write_text(
        "timezone: Europe/Berlin\nfeeds: [https://a.example/feed]\n"
        "channels: {vault: {kind: file, path: 'out/{date}.md'}}\n"
        f"digests: {{weekly: {{schedule: {schedule}, send_to: vault}}}}\n",
        "utf-8",
    )

    (finding,) = check_schedules(load_settings(tmp_path / "config.yaml", {}), NOW)

    assert (finding.what, finding.name, finding.verdict) == ("schedule", "weekly", "ok")
    assert finding.said == f"{form} (Europe/Berlin): {times}"
