"""How a running meeting keeps its time: arithmetic alone, without a database."""

from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from multiagency.meetings.reading_running import minutes_left, times, until
from multiagency.meetings.service_chair import CaseTurn

HELSINKI = ZoneInfo("Europe/Helsinki")
UTC = ZoneInfo("UTC")
START = datetime(2026, 12, 2, 9, 5, tzinfo=HELSINKI).astimezone(UTC)


def turn(place, begun=None, handled=None, more=0, discussed=False, start=START):
    at = [None if value is None else start + timedelta(minutes=value) for value in (begun, handled)]
    return CaseTurn(UUID(int=place), place, *at, more, discussed, by_chair=False)


def after(minutes):
    return START + timedelta(minutes=minutes)


def starts(found):
    return [(slot.expected[0] - START) // timedelta(minutes=1) for slot in found.slots]


def test_a_meeting_that_nobody_runs_keeps_the_times_of_its_agenda():
    for moment in (after(-60), after(0), after(200)):
        found = times(START, [turn(1), turn(2), turn(3)], 15, moment, running=False)
        assert (starts(found), found.late, found.ends) == ([0, 15, 30], 0, after(45))


def test_a_case_that_begins_late_has_its_minutes_all_the_same_and_moves_the_rest():
    """As drawn: reserved 9.20-9.35, begun 9.26, so until 9.41; at 9.37 the meeting is six minutes late."""
    turns = [turn(1, 0, 21), turn(2, 21), turn(3), turn(4)]
    found = times(START, turns, 15, after(32), running=True)
    assert found.late == 6
    assert (until(found.now, 15), minutes_left(found.now, 15, after(32))) == (after(36), 4)
    assert starts(found) == [0, 21, 36, 51]
    assert [slot.moved for slot in found.to_come] == [6, 6]
    assert found.ends == after(66)


def test_whoever_goes_over_the_time_is_later_with_every_minute():
    turns = [turn(1, 0), turn(2)]
    assert [times(START, turns, 15, after(at), running=True).late for at in (14, 15, 16, 40)] == [0, 0, 1, 25]
    assert minutes_left(times(START, turns, 15, after(40), running=True).now, 15, after(40)) == -25


def test_more_minutes_are_late_at_once():
    found = times(START, [turn(1, 0, more=5), turn(2)], 15, after(3), running=True)
    assert (found.late, starts(found)[1]) == (5, 20)


def test_nobody_is_called_before_their_time():
    """The first case took five minutes of its fifteen: the next begins when its people were asked to come."""
    found = times(START, [turn(1, 0, 5), turn(2), turn(3)], 15, after(6), running=True)
    assert (found.late, starts(found)) == (0, [0, 15, 30])


def test_a_pause_makes_late_what_comes_next():
    found = times(START, [turn(1, 0, 15), turn(2), turn(3)], 15, after(25), running=True)
    assert (found.now, found.late, starts(found)[1:]) == (None, 10, [25, 40])


def test_nothing_is_late_when_everything_is_handled():
    found = times(START, [turn(1, 0, 30), turn(2, discussed=True)], 15, after(90), running=True)
    assert (found.late, found.ends, found.to_come, found.number) == (0, None, [], 2)


def test_a_meeting_keeps_its_minutes_when_the_clocks_change():
    """On 25.10.2026 the clock strikes from 3.00 to 3.59 twice: a meeting from 2.50 goes on at 3.05, then at 3.20 ..."""
    for day, hours in ((datetime(2026, 10, 25, 2, 50), ("2.50", "3.05", "3.20", "3.35", "3.50", "3.05")),
                       (datetime(2026, 3, 29, 2, 50), ("2.50", "4.05", "4.20", "4.35", "4.50", "5.05"))):  # fmt: skip
        start = day.replace(tzinfo=HELSINKI).astimezone(UTC)
        turns = [turn(1, 0, 15, start=start), turn(2, 15, start=start), *(turn(place) for place in range(3, 7))]
        found = times(start, turns, 15, start + timedelta(minutes=20), running=True)
        shown = [slot.expected[0].astimezone(HELSINKI) for slot in found.slots]
        assert tuple(f"{at.hour}.{at.minute:02}" for at in shown) == hours
        assert found.late == 0
        assert found.ends == start + timedelta(minutes=90)
