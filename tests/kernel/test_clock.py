"""Time as Finland's clocks show it, on the days when they change too."""

from datetime import UTC, datetime

import pytest
from pydantic import TypeAdapter, ValidationError

from multiagency.kernel.clock import from_helsinki, now, to_helsinki
from multiagency.kernel.inputs import Moment
from multiagency.kernel.languages import Language
from multiagency.web.speaking import field_errors, sentences
from multiagency.web.texts import full_moment


@pytest.mark.parametrize(
    ("local", "utc"),
    [
        (datetime(2026, 1, 15, 9, 15), datetime(2026, 1, 15, 7, 15, tzinfo=UTC)),
        (datetime(2026, 7, 15, 9, 15), datetime(2026, 7, 15, 6, 15, tzinfo=UTC)),
        (datetime(2026, 3, 29, 2, 59), datetime(2026, 3, 29, 0, 59, tzinfo=UTC)),
        (datetime(2026, 3, 29, 4, 0), datetime(2026, 3, 29, 1, 0, tzinfo=UTC)),
        (datetime(2026, 10, 25, 2, 59), datetime(2026, 10, 24, 23, 59, tzinfo=UTC)),
        (datetime(2026, 10, 25, 4, 0), datetime(2026, 10, 25, 2, 0, tzinfo=UTC)),
    ],
)
def test_finnish_wall_clock_time(local, utc):
    assert from_helsinki(local) == utc
    assert to_helsinki(utc).replace(tzinfo=None) == local


def test_a_time_that_the_spring_change_skips_moves_forward():
    assert to_helsinki(from_helsinki(datetime(2026, 3, 29, 3, 30))).hour == 4


@pytest.mark.parametrize("local", ["2027-03-28T03:00", "2027-03-28T03:30", "2027-03-28T03:59:59"])
def test_f9_a_night_hour_that_does_not_exist_is_asked_about_with_the_right_sentence(local):
    with pytest.raises(ValidationError) as refused:
        TypeAdapter(Moment).validate_python(local)
    [told] = sentences(Language.EN, field_errors(refused.value.errors()))
    assert told["message"].startswith("There is no such time: that night the clocks go forward")
    for beside in ("2027-03-28T02:59", "2027-03-28T04:00", "2027-03-28T03:30+03:00"):
        TypeAdapter(Moment).validate_python(beside)


def test_a_form_reads_a_time_without_a_zone_as_finnish():
    moment = TypeAdapter(Moment)
    assert moment.validate_python("2026-07-15T09:15") == datetime(2026, 7, 15, 6, 15, tzinfo=UTC)
    assert moment.validate_python("2026-07-15T09:15+00:00") == datetime(2026, 7, 15, 9, 15, tzinfo=UTC)


def test_the_present_carries_its_zone():
    assert now().tzinfo is UTC


@pytest.mark.parametrize(
    ("language", "expected"),
    [(Language.FI, "24.11.2026 klo 9.05"), (Language.EN, "24.11.2026 at 9.05"), (Language.SE, "24.11.2026 klo 9.05")],
)
def test_moments_in_full_as_people_write_them(language, expected):
    assert full_moment(language, datetime(2026, 11, 24, 7, 5, tzinfo=UTC)) == expected
