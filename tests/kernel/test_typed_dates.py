"""Days and times as people type them, and as they are shown back."""

from datetime import UTC, date, datetime, timedelta

import pytest
from pydantic import TypeAdapter, ValidationError

from multiagency.kernel import typed_dates
from multiagency.kernel.clock import now, today
from multiagency.kernel.inputs import BirthDate, ComingDay, ComingMoment, Moment, OptionalClock, PastDay, PastMoment
from multiagency.kernel.languages import COMPLETE, Language
from multiagency.web import texts
from multiagency.web.speaking import field_errors
from multiagency.web.texts import day_text, said_with_days

PRESENT = date(2026, 11, 30)


@pytest.fixture(autouse=True)
def monday_in_november(monkeypatch):
    for module in (typed_dates, texts):
        monkeypatch.setattr(module, "today", lambda: PRESENT)


def read(kind, text):
    return TypeAdapter(kind).validate_python(text)


def refused(kind, text):
    with pytest.raises(ValidationError) as error:
        read(kind, text)
    return field_errors(error.value.errors())[0].key


@pytest.mark.parametrize("text", ["2.12.2026", "2.12.26", "2.12.", "2.12", " 02.12.2026 ", "2. 12. 2026", "2026-12-02"])
def test_a_day_is_taken_however_people_type_it(text):
    assert read(ComingDay, text) == date(2026, 12, 2)


@pytest.mark.parametrize(
    ("kind", "text", "year"),
    [
        (ComingDay, "30.11.", 2026),
        (ComingDay, "29.11.", 2027),
        (ComingDay, "1.9.", 2027),
        (ComingDay, "29.2.", 2028),
        (ComingDay, "29.11.26", 2126),
        (PastDay, "30.11.", 2026),
        (PastDay, "1.12.", 2025),
        (PastDay, "1.1.", 2026),
        (PastDay, "1.12.26", 1926),
        (BirthDate, "1.5.94", 1994),
        (BirthDate, "1.5.26", 2026),
        (BirthDate, "1.5.1926", 1926),
    ],
)
def test_a_day_without_year_or_century_is_the_last_or_the_next_such_day(kind, text, year):
    assert read(kind, text).year == year


@pytest.mark.parametrize(
    "text",
    [
        "2.12.2026 klo 9.00",
        "2.12. klo 9",
        "2.12. 9.00",
        "2.12.26 9:00",
        "2.12 kl. 9.00",
        "2.12.2026 at 9.00",
        "2.12., klo 9",
    ],
)
def test_a_moment_is_taken_however_people_type_it(text):
    for kind in (Moment, ComingMoment):
        assert read(kind, text) == datetime(2026, 12, 2, 7, tzinfo=UTC)


@pytest.mark.parametrize("text", ["nyt", "Nu", " now "])
def test_what_has_happened_may_have_happened_now(text):
    assert abs(read(PastMoment, text) - now()) < timedelta(minutes=1)
    for kind in (Moment, ComingMoment):
        assert refused(kind, text) == "error.not_a_moment"


def test_a_moment_without_a_year_is_the_nearest_the_last_or_the_next():
    assert [read(kind, "2.12. 14.30").year for kind in (Moment, PastMoment, ComingMoment)] == [2026, 2025, 2026]
    assert [read(kind, "15.1. 14.30").year for kind in (Moment, PastMoment, ComingMoment)] == [2027, 2026, 2027]
    assert [read(kind, "28.11. 14.30").year for kind in (Moment, PastMoment, ComingMoment)] == [2026, 2026, 2027]


def test_what_the_service_writes_it_reads_again():
    moment = datetime(2026, 12, 2, 7, tzinfo=UTC)
    for language in COMPLETE:
        assert read(Moment, texts.full_moment(language, moment)) == moment
    assert read(ComingDay, texts.full_day(date(2026, 12, 2))) == date(2026, 12, 2)
    assert read(ComingDay, texts.as_people_write("2026-12-02")) == date(2026, 12, 2)
    assert read(OptionalClock, texts.as_people_write("09:05")) == "09:05"


@pytest.mark.parametrize(
    ("kind", "text", "key"),
    [
        (ComingDay, "huomenna", "error.not_a_day"),
        (ComingDay, "2122026", "error.not_a_day"),
        (ComingDay, "2/12/2026", "error.not_a_day"),
        (ComingDay, "2.12.202", "error.not_a_day"),
        (ComingDay, "31.2.2026", "error.no_such_day"),
        (ComingDay, "2.13.", "error.no_such_day"),
        (ComingDay, "2.12.0026", "error.not_a_day"),
        (BirthDate, "2.12.", "error.no_year"),
        (Moment, "2.12.2026", "error.not_a_moment"),
        (Moment, "2.12. klo 24.00", "error.not_a_moment"),
        (Moment, "1794000000", "error.not_a_moment"),
        (Moment, "31.2. klo 9", "error.no_such_day"),
        (Moment, "28.3.2027 klo 3.30", "error.skipped_moment"),
        (OptionalClock, "9.5", "error.not_a_clock"),
    ],
)
def test_what_is_no_day_is_refused_with_what_to_do(kind, text, key):
    assert refused(kind, text) == key


@pytest.mark.parametrize("text", ["9", "klo 9", "kl. 9.00", "09.00", "9:00", "9,00"])
def test_a_time_of_day_is_taken_however_people_type_it(text):
    assert read(OptionalClock, text) == "09:00"


@pytest.mark.parametrize(
    ("day", "shown"),
    [
        (date(2026, 11, 29), ("eilen", "i går", "yesterday")),
        (date(2026, 11, 30), ("tänään", "i dag", "today")),
        (date(2026, 12, 1), ("huomenna", "i morgon", "tomorrow")),
        (date(2026, 12, 2), ("ke 2.12.", "ons 2.12", "Wed 2.12.")),
        (date(2027, 6, 2), ("2.6.2027", "2.6.2027", "2.6.2027")),
    ],
)
def test_near_days_are_words_and_days_of_other_years_are_whole(day, shown):
    assert tuple(texts.day_text(language, day) for language in COMPLETE) == shown
    moment = datetime(day.year, day.month, day.day, 7, 5, tzinfo=UTC)
    hour = "10.05" if day.month == 6 else "9.05"
    assert texts.moment_text(Language.FI, moment) == f"{shown[0]} klo {hour}"
    assert texts.moment_text(Language.EN, moment) == f"{shown[2]} at {hour}"


def test_a_moment_by_itself_carries_what_a_program_reads():
    moment = texts.moment_text(Language.FI, datetime(2026, 12, 2, 7, 5, tzinfo=UTC))
    assert moment.__html__() == '<time datetime="2026-12-02T09:05+02:00">ke 2.12. klo 9.05</time>'
    assert f"{moment}" == "ke 2.12. klo 9.05"


def test_a_sentence_that_a_day_ends_has_one_full_stop():
    day = day_text(Language.FI, today().replace(month=12 if today().month < 12 else 1, day=2))
    ended = said_with_days(f"Viimeistään {day}.", {"day": day})
    assert ended.endswith(day if day.endswith(".") else f"{day}.")
    assert said_with_days("Sanoi: 2..", {"words": "2.."}) == "Sanoi: 2.."
