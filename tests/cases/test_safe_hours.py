"""When it is safe to call, so that the service can reckon with it: how it is told, and what is said of a moment."""

from datetime import datetime

import pytest
from tests.pages import at_pages, hidden

from multiagency.cases.reading_hours import safe_at
from multiagency.kernel.clock import HELSINKI
from multiagency.kernel.languages import COMPLETE, Language
from multiagency.web.texts import TEXTS

WEEK = "mon tue wed thu fri"
HOURS = {"safe_days": WEEK, "safe_from": "09:00", "safe_until": "11:00"}


@pytest.mark.parametrize(
    ("day", "time", "said"),
    [
        ("2026-11-30", "09:00", "yes"),  # a Monday
        ("2026-11-30", "10:59", "yes"),
        ("2026-11-30", "11:00", "no"),
        ("2026-11-30", "08:59", "no"),
        ("2026-11-28", "10:00", "no"),  # a Saturday
        ("2026-07-01", "09:00", "yes"),  # in summer time
        ("2026-12-25", "10:00", "not_said"),  # a Friday, on which others are at home
        ("2026-05-01", "10:00", "not_said"),
        ("2027-03-26", "10:00", "not_said"),  # Good Friday
    ],
)
def test_a_moment_is_safe_within_the_hours_on_the_clock_of_finland_and_nothing_is_said_of_holidays(day, time, said):
    moment = datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=HELSINKI)
    assert safe_at(moment, *HOURS.values()) == said


def test_without_hours_nothing_is_said():
    assert safe_at(datetime(2026, 11, 30, 10, tzinfo=HELSINKI), "", "", "") == "not_said"


WRONG = {
    "days without times": ({"safe_days": ["mon"]}, {"safe_from", "safe_until"}),
    "times without days": ({"safe_from": "9.00", "safe_until": "11.00"}, {"safe_days"}),
    "no end": ({"safe_days": ["mon"], "safe_from": "9.00"}, {"safe_until"}),
    "the wrong order": ({"safe_days": ["mon"], "safe_from": "16.00", "safe_until": "9.00"}, {"safe_until"}),
    "no length": ({"safe_days": ["mon"], "safe_from": "9.00", "safe_until": "9"}, {"safe_until"}),
    "no time of day": (
        {"safe_days": ["mon"], "safe_from": "aamulla", "safe_until": "25:00"},
        {"safe_from", "safe_until"},
    ),
    "a minute too many": ({"safe_days": ["mon"], "safe_from": "9.60", "safe_until": "10.00"}, {"safe_from"}),
    "no day": ({"safe_days": ["mon", "arkisin"], "safe_from": "9", "safe_until": "10"}, {"safe_days"}),
}


@pytest.mark.parametrize("language", COMPLETE)
async def test_what_cannot_be_reckoned_with_is_refused_field_by_field_and_stays_typed(house, language):
    pages, officer, case = await at_pages(house, "officer"), await house.person("officer"), await house.draft()
    await pages.post("/language", language=language, then="/")
    pages._headers["cookie"] += f"; __Host-language={language}"
    for body, fields in WRONG.values():
        wrong = await officer.put(f"/cases/{case}/safe-contact", body, 422)
        assert {error["field"] for error in wrong["errors"]} == fields, body
        page = (await pages.post(f"/cases/{case}/safe-contact", 422, language="fi", phone="040 1", **body)).text
        assert all(f'href="#{field}"' in page for field in fields), body
        assert all(f'value="{body[name]}"' in page for name in ("safe_from", "safe_until") if name in body)
        assert 'value="040 1"' in page
        ticked = body.get("safe_days", [])
        assert page.count(" checked") == len([day for day in ticked if day in WEEK])
    assert await officer.get(f"/cases/{case}/safe-contact") | {"language": ""} == dict.fromkeys(SAVED, "")
    assert TEXTS.say(Language(language), "contact.hours_order") != "contact.hours_order"


SAVED = (
    *("phone", "address", "municipality", *HOURS, "when_to_call", "do_not_talk_to", "interpreter"),
    *("must_not_interpret", "may_leave_message", "language"),
)


async def test_times_are_taken_as_people_write_them_and_days_in_any_order(house):
    pages, officer, case = await at_pages(house, "officer"), await house.person("officer"), await house.draft()
    body = {"safe_days": ["sun", "mon"], "safe_from": "9", "safe_until": "16.30"}
    await pages.post(f"/cases/{case}/safe-contact", language="fi", **body)
    saved = await officer.get(f"/cases/{case}/safe-contact")
    assert [saved[name] for name in HOURS] == ["mon sun", "09:00", "16:30"]
    page = (await pages.get(f"/cases/{case}/safe-contact")).text
    assert page.count(" checked") == 2
    assert 'value="16.30"' in page


async def test_the_hours_stand_among_the_rules_for_whoever_sees_them(house):
    case = await house.submitted()
    page = (await (await at_pages(house, "coordinator")).get(f"/cases/{case}")).text
    assert "maanantai, tiistai, keskiviikko, torstai, perjantai, klo 9.00–11.00" in page
    assert "Arkisin klo 9-11" in page


async def test_what_a_program_leaves_out_is_judged_as_it_stands(house):
    officer, case = await house.person("officer"), await house.draft()
    await officer.put(f"/cases/{case}/safe-contact", HOURS)
    wrong = await officer.put(f"/cases/{case}/safe-contact", {"safe_until": "08:00"}, 422)
    assert [error["field"] for error in wrong["errors"]] == ["safe_until"]
    await officer.put(f"/cases/{case}/safe-contact", {"safe_until": "12:00"})
    saved = await officer.get(f"/cases/{case}/safe-contact")
    assert {name: saved[name] for name in HOURS} == HOURS | {"safe_until": "12:00"}


async def test_two_people_at_the_hours_are_told_of_each_other_in_words(house):
    pages, case = await at_pages(house, "officer"), await house.draft()
    path = f"/cases/{case}/safe-contact"
    seen = hidden((await pages.get(path)).text).get("seen", "")
    times = {"safe_from": "09:00", "safe_until": "11:00", "language": "fi"}
    await pages.post(path, seen=seen, safe_days=["mon", "tue"], **times)
    answer = await pages.post(path, 409, seen=seen, safe_days=["wed"], **times)
    assert "maanantai, tiistai" in answer.text
    assert "keskiviikko" in answer.text
    await pages.post(path, **{name: value for name, value in hidden(answer.text).items() if name != "csrf"})
    assert (await (await house.person("officer")).get(path))["safe_days"] == "wed"
