"""Busy times out of calendars of any kind: zones, recurrences, whole days, hostile ones; never a title."""

from datetime import UTC, datetime, timedelta

import pytest

from multiagency.kernel.clock import HELSINKI
from multiagency.meetings.busy_times import TooMany, busy_in
from multiagency.meetings.fetching import CannotFetch
from multiagency.meetings.jobs_availability import expanded

BEGIN = datetime(2027, 3, 15, tzinfo=UTC)
END = BEGIN + timedelta(weeks=8)


def calendar(*lines, kind="VEVENT"):
    text = "\r\n".join(("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//x//x//EN", f"BEGIN:{kind}", "UID:a@x", *lines))
    return f"{text}\r\nDTSTAMP:20270101T000000Z\r\nEND:{kind}\r\nEND:VCALENDAR\r\n".encode()


def said(content, begin=BEGIN, end=END):
    return [
        f"{one.astimezone(HELSINKI):%d.%m. %H.%M}–{two.astimezone(HELSINKI):%d.%m. %H.%M}"
        for one, two in busy_in(content, begin, end)
    ]


@pytest.mark.parametrize(
    ("lines", "spans"),
    [
        (["DTSTART:20270316T070000Z", "DTEND:20270316T080000Z", "SUMMARY:Salainen"], ["16.03. 09.00–16.03. 10.00"]),
        (["DTSTART;TZID=America/New_York:20270316T090000", "DURATION:PT1H"], ["16.03. 15.00–16.03. 16.00"]),
        (["DTSTART:20270316T090000", "DTEND:20270316T100000"], ["16.03. 09.00–16.03. 10.00"]),
        (["DTSTART;VALUE=DATE:20270316", "DTEND;VALUE=DATE:20270317"], ["16.03. 00.00–17.03. 00.00"]),
        (["DTSTART;VALUE=DATE:20270328"], ["28.03. 00.00–29.03. 00.00"]),  # 23 hours: the clocks go forward
        (["DTSTART:20270316T070000Z", "DTEND:20270316T080000Z", "TRANSP:TRANSPARENT"], []),
        (["DTSTART:20270316T070000Z", "DTEND:20270316T080000Z", "STATUS:CANCELLED"], []),
        (["DTSTART:20250316T070000Z", "DTEND:20250316T080000Z"], []),
    ],
    ids=["utc", "another zone", "no zone", "whole day", "day of the clocks", "free", "cancelled", "over"],
)
def test_an_event_is_busy_as_its_calendar_means_it(lines, spans):
    assert said(calendar(*lines)) == spans


def test_a_recurrence_keeps_its_time_over_the_change_of_clocks_and_skips_what_is_excepted():
    lines = ["DTSTART;TZID=Europe/Helsinki:20270322T090000", "DURATION:PT1H", "RRULE:FREQ=WEEKLY;COUNT=4"]
    lines += ["EXDATE;TZID=Europe/Helsinki:20270329T090000"]
    assert said(calendar(*lines)) == [f"{day} 09.00–{day} 10.00" for day in ("22.03.", "05.04.", "12.04.")]


def test_an_endless_recurrence_ends_with_the_window():
    spans = busy_in(calendar("DTSTART:20200101T070000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY"), BEGIN, END)
    assert len(spans) == 56
    assert spans[-1][1] <= END


def test_times_that_touch_are_one():
    one = calendar("DTSTART:20270316T070000Z", "DTEND:20270316T080000Z")
    two = calendar("DTSTART:20270316T080000Z", "DTEND:20270316T090000Z").replace(b"UID:a", b"UID:b")
    assert said(one + two) == ["16.03. 09.00–16.03. 11.00"]


@pytest.mark.parametrize("kind", [";FBTYPE=BUSY", "", ";FBTYPE=BUSY-TENTATIVE"])
def test_an_answer_of_busy_times_is_read_with_and_without_its_type(kind):
    busy = calendar(
        "DTSTART:20270315T000000Z",
        "DTEND:20270330T000000Z",
        f"FREEBUSY{kind}:20270316T070000Z/20270316T080000Z,20270317T070000Z/PT1H",
        kind="VFREEBUSY",
    )
    assert said(busy) == ["16.03. 09.00–16.03. 10.00", "17.03. 09.00–17.03. 10.00"]
    free = busy.replace(f"FREEBUSY{kind}:".encode(), b"FREEBUSY;FBTYPE=FREE:")
    assert said(free) == []


@pytest.mark.parametrize(
    "rule",
    ["FREQ=SECONDLY", "FREQ=MINUTELY", "FREQ=DAILY;BYHOUR=1,2,3;BYMINUTE=" + ",".join(map(str, range(60)))],
)
def test_a_rule_that_makes_too_many_is_refused_before_it_is_followed(rule):
    with pytest.raises(TooMany):
        busy_in(calendar("DTSTART:20270316T070000Z", f"RRULE:{rule}"), BEGIN, END)


def test_five_thousand_are_taken_and_not_one_more():
    events = b"".join(
        calendar(f"DTSTART:20270316T{hour:02}{minute:02}{second:02}Z", "DURATION:PT1S").replace(b"UID:a", b"UID:%d" % n)
        for n, (hour, minute, second) in enumerate(
            (h, m, s) for h in range(2) for m in range(60) for s in range(0, 60, 1)
        )
    )
    with pytest.raises(TooMany):
        busy_in(events, BEGIN, END)


@pytest.mark.parametrize(
    "content", [b"", b"<html>", b"BEGIN:VCALENDAR\r\n", b"\x00" * 1000, b"BEGIN:VEVENT\r\nEND:VCALENDAR"]
)
async def test_what_is_no_calendar_is_said_to_be_none(content):
    with pytest.raises(CannotFetch, match="unreadable"):
        await expanded(content, BEGIN, END)


async def test_the_process_that_reads_answers_times_and_no_word_of_the_calendar():
    lines = ["DTSTART:20270316T070000Z", "DTEND:20270316T080000Z", "SUMMARY:Salainen", "LOCATION:Tässä"]
    assert await expanded(calendar(*lines), BEGIN, END) == [
        (datetime(2027, 3, 16, 7, tzinfo=UTC), datetime(2027, 3, 16, 8, tzinfo=UTC))
    ]
