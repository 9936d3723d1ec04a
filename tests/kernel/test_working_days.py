"""Deadlines in working days skip weekends and Finnish holidays, and keep the time of day in Finland."""

from datetime import datetime

import pytest

from multiagency.kernel.clock import from_helsinki, to_helsinki
from multiagency.kernel.working_days import after_working_days


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        ("2026-11-30 10:00", 2, "2026-12-02 10:00"),
        ("2026-11-27 10:00", 2, "2026-12-01 10:00"),
        ("2026-11-28 23:30", 2, "2026-12-01 23:30"),
        ("2026-12-23 09:00", 2, "2026-12-29 09:00"),
        ("2026-03-27 09:00", 1, "2026-03-30 09:00"),
    ],
)
def test_two_working_days_later(start, days, end):
    found = to_helsinki(after_working_days(from_helsinki(datetime.fromisoformat(start)), days))
    assert found.strftime("%Y-%m-%d %H:%M") == end
