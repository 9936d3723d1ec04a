"""The scorer against an oracle that was written another way, and the edges of its days."""

import calendar
import itertools
import json
import random
from datetime import date, timedelta

import pytest

from multiagency.risk.instruments import Pack, instrument
from multiagency.risk.scoring import Earlier, Given, Unreadable, read_given, score

TODAY = date(2026, 11, 23)
ALERTS = ("strangulation", "threats-to-kill", "stalking", "honour", "separation-control-violence")


# An oracle in other words: rows of numbers, no codes, no pack, days counted by the calendar.


def same_day(day, months):
    """The same day so many months on or back, the month's last day where there is none such."""
    month = day.year * 12 + day.month - 1 + months
    year, month = month // 12, month % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def oracle(numbers, judgement, client, incidents, today, previous, threshold=14):
    """What must come out for answers by number of item, as the list of the rules says it."""
    yes = {number for number, answer in numbers.items() if answer == "yes"}
    grounds = []
    if len(yes) >= threshold:
        grounds.append("score")
    if judgement:
        grounds.append("judgement")
    if client:
        grounds.append("client")
    if len([day for day in incidents if day >= same_day(today, -12)]) >= 3:
        grounds.append("escalation")
    if previous and previous[1] and [day for day in incidents if previous[0] < day <= same_day(previous[0], 12)]:
        grounds.append("repeat")
    cluster = {6, 12} <= yes and bool(yes & {1, 10, 11, 15, 16})
    told = [15 in yes, 14 in yes, 8 in yes, 17 in yes, cluster]
    return (
        len(yes),
        [list(numbers.values()).count(answer) for answer in ("yes", "no", "unknown")],
        24 - sum(answer is not None for answer in numbers.values()),
        grounds,
        [name for name, holds in zip(ALERTS, told, strict=True) if holds],
    )


def some_answers(chance, weights):
    return dict(enumerate(chance.choices(("yes", "no", "unknown", None), weights, k=24), 1))


def test_a_hundred_thousand_random_answers_come_out_as_the_oracle_says():
    pack, chance = instrument("marak"), random.Random(20261123)  # noqa: S311 - repeatable, not secret
    codes = {item.number: item.code for item in pack.items}
    days = [TODAY - timedelta(days=back) for back in (0, 1, 100, 364, 365, 366, 400, 730)]
    seen = set()
    for _ in range(100_000):
        numbers = some_answers(chance, chance.choice(((1, 1, 1, 1), (6, 3, 1, 0), (1, 9, 0, 0), (14, 10, 0, 0))))
        judgement, client = chance.choice(("", "", "syy")), chance.choice(("", "", "pelko"))
        incidents = chance.choices(days, k=chance.randrange(5))
        previous = chance.choice((None, (chance.choice(days), True), (chance.choice(days), False)))
        given = Given(
            TODAY,
            {codes[number]: answer for number, answer in numbers.items()},
            judgement,
            client,
            incidents,
            Earlier(*previous) if previous else None,
        )
        found = score(pack, given)
        wanted = oracle(numbers, judgement, client, incidents, TODAY, previous)
        counts = [found.yes, found.no, found.unknown]
        assert (found.score, counts, found.unanswered, found.grounds, found.alerts) == wanted, given
        assert found.complete == (None not in numbers.values())
        assert found.referable == bool(wanted[3])
        seen |= {*found.grounds, *found.alerts}
    assert seen == {"score", "judgement", "client", "escalation", "repeat", *ALERTS}, "some were never tried"


def words(text="x"):
    return {"fi": text}


def small(scales, threshold):
    """A pack with an item for each scale: yes or no, or so many steps, of which the upper half are signs."""
    kinds = {
        "yes_no": {
            "unknown": words(),
            "answers": [
                {"value": "yes", "points": 1, "sign": True, "text": words()},
                {"value": "no", "text": words()},
            ],
        },
        "steps": {
            "unknown": words(),
            "answers": [{"value": n, "points": n * n, "sign": n > 1, "text": words()} for n in range(4)],
        },
    }
    items = [
        {"number": n, "code": f"i{n}", "group": "g", "scale": scale, "text": words()}
        for n, scale in enumerate(scales, 1)
    ]
    return Pack.model_validate(
        {
            "id": "small",
            "version": "1",
            "languages": ["fi"],
            "title": words(),
            "grounds": ["score", "judgement"],
            "parameters": {"risk_threshold": threshold},
            "scales": kinds,
            "groups": [{"code": "g", "text": words()}],
            "items": items,
            "alerts": [{"code": "first-and-another", "text": words(), "all": ["i1"], "any": ["i2", "i3"]}],
        }
    )


@pytest.mark.parametrize("scales", list(itertools.product(("yes_no", "steps"), repeat=4)))
def test_every_answer_to_small_packs_with_scales_comes_out_as_counted_by_hand(scales):
    possible = {"yes_no": ("yes", "no", "unknown", None), "steps": (0, 1, 2, 3, "unknown", None)}
    worth = {"yes": 1, 0: 0, 1: 1, 2: 4, 3: 9}
    signs = {"yes", 2, 3}
    for threshold in (1, 5):
        pack = small(scales, min(threshold, sum(1 if scale == "yes_no" else 9 for scale in scales)))
        least = pack.parameters["risk_threshold"]
        for answers in itertools.product(*(possible[scale] for scale in scales)):
            found = score(pack, Given(TODAY, dict(zip(("i1", "i2", "i3", "i4"), answers, strict=True))))
            total = sum(worth.get(answer, 0) for answer in answers)
            one = [answer in signs and not isinstance(answer, bool) for answer in answers]
            assert found.score == total, answers
            assert found.grounds == (["score"] if total >= least else []), answers
            assert found.alerts == (["first-and-another"] if one[0] and (one[1] or one[2]) else []), answers
            assert found.unanswered == answers.count(None)
            assert (found.yes, found.no) == (answers.count("yes"), answers.count("no"))


@pytest.mark.parametrize(
    ("today", "incident", "counts"),
    [
        ("2026-11-23", "2025-11-23", True),
        ("2026-11-23", "2025-11-22", False),
        ("2028-02-29", "2027-02-28", True),
        ("2028-02-29", "2027-02-27", False),
        ("2025-02-28", "2024-02-28", True),
        ("2025-02-28", "2024-02-27", False),
        ("2025-03-01", "2024-02-29", False),
        ("2025-03-01", "2024-03-01", True),
    ],
)
def test_incidents_count_from_the_same_day_twelve_months_before_that_day_included(today, incident, counts):
    given = read_given(instrument("marak"), {"answers": {}, "today": today, "incidents": [incident, today, today]})
    assert score(instrument("marak"), given).grounds == (["escalation"] if counts else [])


@pytest.mark.parametrize(
    ("before", "incident", "repeats"),
    [
        ("2025-11-23", "2026-11-23", True),
        ("2025-11-23", "2025-11-23", False),
        ("2025-11-23", "2025-11-24", True),
        ("2025-11-22", "2026-11-23", False),
        ("2024-02-29", "2025-02-28", True),
        ("2024-02-29", "2025-03-01", False),
    ],
)
def test_a_repeat_is_an_incident_after_the_earlier_day_until_the_same_day_twelve_months_on(before, incident, repeats):
    raw = {"today": "2026-11-23", "incidents": [incident], "previous": {"date": before, "same_pair": True}}
    assert score(instrument("marak"), read_given(instrument("marak"), raw)).grounds == (["repeat"] if repeats else [])
    other = raw | {"previous": {"date": before, "same_pair": False}}
    assert score(instrument("marak"), read_given(instrument("marak"), other)).grounds == []


def test_thirteen_is_no_ground_and_fourteen_is_and_the_number_in_force_comes_before_the_packs():
    pack = instrument("marak")
    for yes, threshold, grounds in ((13, None, []), (14, None, ["score"]), (9, 9, ["score"]), (20, 21, [])):
        given = Given(TODAY, {item.code: "yes" for item in pack.items[:yes]})
        assert score(pack, given, {"risk_threshold": threshold} if threshold else {}).grounds == grounds


def test_an_alert_is_told_at_a_single_yes():
    pack = instrument("marak")
    found = score(pack, Given(TODAY, {"strangulation": "yes"}))
    assert (found.score, found.alerts, found.grounds) == (1, ["strangulation"], [])


WRONG = {
    "answers: not an object": {"answers": []},
    "answers: there is no item '0'": {"answers": {"0": "yes"}},
    "answers: there is no item '25'": {"answers": {"25": None}},
    "answers: there is no item '01'": {"answers": {"01": "yes"}},
    "answers: there is no item 'injury'": {"answers": {"injury": "yes"}},
    "item 1 is answered by one of": {"answers": {"1": "not_known"}},
    "item 2 is answered by one of": {"answers": {"2": True}},
    "item 3 is answered by one of": {"answers": {"3": ["yes"]}},
    "item 4 is answered by one of": {"answers": {"4": "Yes"}},
    "judgement: no words": {"judgement": " \t"},
    "judgement: neither": {"judgement": True},
    "client: no words": {"client": "\u2800"},
    "client: neither": {"client": 3},
    "incidents: not a list": {"incidents": "2026-01-05"},
    "incidents: not a day": {"incidents": ["2026-02-30"]},
    "incidents: a day is missing": {"incidents": [None]},
    "incidents: 2026-11-24 is after 2026-11-23": {"incidents": ["2026-11-24"]},
    "today: not a day": {"today": "20261123"},
    "previous: neither": {"previous": "2026-01-05"},
    "previous: unknown field 'who'": {"previous": {"date": "2026-01-05", "same_pair": True, "who": "x"}},
    "previous.same_pair": {"previous": {"date": "2026-01-05", "same_pair": "yes"}},
    "previous.date: a day": {"previous": {"same_pair": True}},
    "previous.date: 2026-11-24 is after": {"previous": {"date": "2026-11-24", "same_pair": True}},
    "scores: unknown field": {"scores": 3},
}


@pytest.mark.parametrize("says", WRONG)
def test_what_cannot_be_taken_is_refused_with_what_is_wrong(says):
    raw = {"answers": {}, "today": "2026-11-23"} | WRONG[says]
    with pytest.raises(Unreadable) as refused:
        read_given(instrument("marak"), raw)
    assert any(says in sentence for sentence in refused.value.sentences), refused.value.sentences
    assert len(refused.value.sentences) == 1


def test_everything_wrong_is_told_at_once():
    with pytest.raises(Unreadable) as refused:
        read_given(instrument("marak"), {"answers": {"99": "yes", "1": 5}, "client": "", "x": json.dumps({})})
    assert len(refused.value.sentences) == 4


def test_a_scale_of_numbers_takes_its_numbers_and_nothing_that_looks_like_one():
    pack = instrument("wellbeing")
    assert score(pack, read_given(pack, {"answers": {str(n): 5 for n in range(1, 8)}})).score == 35
    for value in (0, 6, "5", 5.0, True, "yes"):
        with pytest.raises(Unreadable):
            read_given(pack, {"answers": {"1": value}})
    with pytest.raises(Unreadable, match="no ground of this instrument"):
        read_given(pack, {"judgement": "Syy"})
