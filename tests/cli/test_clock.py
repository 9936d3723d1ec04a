"""`multiagency clock`: the last day of a period, as an almanac tells it; what is wrong is a sentence."""

import json
import subprocess
import sys
from calendar import monthrange
from datetime import date, timedelta

import pytest

from multiagency.cli.main import main
from multiagency.kernel.working_days import is_working_day, working_days_later
from multiagency.pathways.clocks import Unit, due


def easter(year):
    """Meeus's algorithm."""
    century, rest = divmod(year, 100)
    golden = year % 19
    epact = (19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    leap = (32 + 2 * (century % 4) + 2 * (rest // 4) - epact - rest % 4) % 7
    late = (golden + 11 * epact + 22 * leap) // 451
    month, day = divmod(epact + leap - 7 * late + 114, 31)
    return date(year, month, day + 1)


def is_free(day):
    """By the almanac; until 1990 Epiphany and Ascension Day were Saturdays."""
    moving = (day - easter(day.year)).days in ({-2, 1} if day.year < 1991 else {-2, 1, 39})
    fixed = {(1, 1), (5, 1), (12, 6), (12, 24), (12, 25), (12, 26)} | ({(1, 6)} if day.year > 1990 else set())
    midsummer_eve = day.month == 6 and day.isoweekday() == 5 and 19 <= day.day <= 25
    return day.isoweekday() > 5 or moving or (day.month, day.day) in fixed or midsummer_eve


def test_every_day_from_1990_to_2040_is_a_working_day_or_none_as_the_almanac_says():
    days = [date(1990, 1, 1) + timedelta(at) for at in range((date(2041, 1, 1) - date(1990, 1, 1)).days)]
    assert [day for day in days if is_working_day(day) == is_free(day)] == []
    working = [day for day in days if not is_free(day)]
    for at, day in enumerate(working[:-10]):
        assert [working_days_later(day, length) for length in (1, 2, 7)] == [working[at + n] for n in (1, 2, 7)]


@pytest.mark.parametrize(
    ("words", "end"),
    [
        ("2026-04-02 --working-days 7", "2026-04-15"),
        ("2026-04-02 --working-days 1", "2026-04-07"),
        ("2026-06-18 --working-days 1", "2026-06-22"),
        ("2026-12-23 --working-days 1", "2026-12-28"),
        ("2027-01-05 --working-days 1", "2027-01-07"),
        ("2026-04-04 --working-days 0", "2026-04-04"),
        ("2026-01-31 --months 1", "2026-02-28"),
        ("2024-02-29 --months 12", "2025-02-28"),
        ("2026-03-28 --days 14", "2026-04-11"),
    ],
)
def test_the_day_of_the_event_does_not_count(words, end, capsys):
    assert main(["clock", *words.split(), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"due": end}


@pytest.mark.parametrize(
    "words",
    [
        ["2026-02-30", "--working-days", "7"],
        ["20260402", "--working-days", "7"],
        ["2026-W14-4", "--working-days", "7"],
        ["huomenna", "--working-days", "7"],
        ["", "--working-days", "7"],
        ["٢٠٢٦-04-02", "--working-days", "7"],
        ["2026-04-02", "--working-days", "-1"],
        ["2026-04-02", "--working-days", "1.5"],
        ["2026-04-02", "--working-days", "٧"],
        ["2026-04-02", "--working-days", ""],
        ["2026-04-02", "--working-days", "9" * 30],
        ["2026-04-02", "--working-days", "99999"],
        ["2100-12-31", "--working-days", "1"],
        ["2026-04-02", "--months", "999999"],
        ["2026-04-02", "--days", "70000"],
        ["0001-01-01", "--days", "1"],
        ["9999-12-31", "--days", "1"],
    ],
)
def test_what_is_no_day_or_no_number_is_refused_with_one_sentence(words, capsys):
    assert main(["clock", *words, "--json"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("multiagency: ")
    assert said.err.count("\n") == 1


@pytest.mark.parametrize("words", [["2026-04-02"], [], ["2026-04-02", "--days", "1", "--months", "1"]])
def test_one_period_is_asked_for(words, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["clock", *words])
    assert stopped.value.code == 2
    assert "multiagency clock" in capsys.readouterr().err


def test_a_month_ends_on_the_same_number_or_on_its_last_day():
    for at in range(0, 4000, 7):
        begun = date(2020, 1, 1) + timedelta(at)
        end = due(begun, Unit.MONTHS, 3)
        assert (end.year * 12 + end.month) - (begun.year * 12 + begun.month) == 3
        assert end.day == min(begun.day, monthrange(end.year, end.month)[1])


@pytest.mark.parametrize("words", [["clock", "2026-04-02", "--working-days", "7"], ["hetu", "131052-308T"]])
def test_it_loads_neither_database_nor_settings(words):
    code = (
        "import sys; from multiagency.cli.main import main; status = main(sys.argv[1:]); "
        "print(sorted({'multiagency.settings', 'multiagency.kernel.database', 'asyncpg'} & sys.modules.keys())); "
        "sys.exit(status)"
    )
    run = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, check=True)
    assert run.stdout.splitlines()[-1] == "[]"
