"""The rules: each finds what its sentence says and leaves alone what it does not, by numbers that have a date."""

from datetime import date, datetime, time, timedelta

from tests.cases.test_bars import bar
from tests.pages import at_pages
from tests.safeguards.test_break_glass import break_glass

from multiagency.demo import story
from multiagency.kernel.clock import HELSINKI
from multiagency.kernel.languages import COMPLETE
from multiagency.kernel.working_days import holidays
from multiagency.oversight import patterns
from multiagency.web.texts import TEXTS


async def found(house):
    """Who fits which rule: {rule: {name: entries}}."""
    hits = (await (await house.person("auditor")).get("/audit/patterns"))["patterns"]
    names = {str(row["id"]): row["name"].split()[0] for row in await house.fetch("SELECT id, name FROM person")}
    return {rule: {names[hit["person"]]: hit["entries"] for hit in theirs} for rule, theirs in hits.items()}


async def set_number(house, name, value):
    await house.fetch(
        "INSERT INTO dated_parameter (id, pathway, name, value, valid_from) "
        "VALUES (gen_random_uuid(), 'oversight', $1, $2, now())",
        name,
        value,
    )


async def test_who_acted_on_a_case_that_they_are_kept_out_of(house):
    case = await house.submitted()
    await house.opened(case, "Heikki")
    municipality = await house.person("municipality")
    await municipality.get(f"/cases/{case}")
    assert (await found(house))["own_relatives"] == {}
    await bar(house, case, "Heikki")
    await municipality.get(f"/cases/{case}", 404)
    hits = (await found(house))["own_relatives"]
    assert set(hits) == {"Heikki"}, "neither who set the bar nor who works on the case"
    modes = await house.fetch("SELECT mode FROM audit_detail WHERE entry_id = ANY($1::uuid[])", hits["Heikki"])
    assert {row["mode"] for row in modes} >= {"read", "deny"}, "before the bar, and the attempt after it"
    await house.fetch("UPDATE access_bar SET valid_to = now() - interval '1 day'")
    assert (await found(house))["own_relatives"] == {}, "a bar that had ended"


async def test_somebodys_employer_counts_and_whoever_may_stay_does_not(house):
    case = await house.filled_draft()
    officer = await house.person("officer")
    employed = {"role": "other", "name": "Joku", "employer": await house.agency("Police")}
    await officer.post(f"/cases/{case}/parties", employed, 201)
    await (await house.person("police")).get(f"/cases/{case}", 404)
    assert set((await found(house))["own_relatives"]) == {"Jouni"}


async def test_emergencies_and_reading_without_a_seat(house):
    case = await house.submitted()
    await house.opened(case, "Heikki")
    heikki, aslak = await house.person("municipality"), await house.person("officer-2")
    await heikki.get(f"/cases/{case}")
    assert (await found(house))["no_seat"] == {}
    await break_glass(house, case)
    await aslak.get(f"/cases/{case}")
    hits = await found(house)
    assert set(hits["break_glass"]) == set(hits["no_seat"]) == {"Aslak"}
    assert len(hits["break_glass"]["Aslak"]) > len(hits["no_seat"]["Aslak"]) >= 1
    await house.fetch("UPDATE meeting SET ends_at = now() - interval '15 days'")
    await heikki.get(f"/cases/{case}")
    assert set((await found(house))["no_seat"]) == {"Aslak", "Heikki"}, "the meeting is over and done with"
    await set_number(house, "no_seat_days_after", 16)
    assert set((await found(house))["no_seat"]) == {"Aslak"}
    await set_number(house, "break_glass_entries", 100)
    assert (await found(house))["break_glass"] == {}


async def test_many_cases_in_a_short_time(house):
    await house.draft("officer-2")
    for _ in range(3):
        await house.draft()
    assert (await found(house))["many_cases"] == {}
    await set_number(house, "many_cases_number", 3)
    assert set((await found(house))["many_cases"]) == {"Elina"}
    await house.fetch(  # the third an hour and a minute after the first
        "UPDATE audit_detail SET at = at - interval '61 minutes' WHERE case_id = "
        "(SELECT id FROM case_file WHERE opened_by_id = (SELECT id FROM post WHERE title = 'rikoskonstaapeli') LIMIT 1)"
    )
    assert (await found(house))["many_cases"] == {}
    await set_number(house, "many_cases_minutes", 62)
    assert set((await found(house))["many_cases"]) == {"Elina"}


async def test_outside_working_hours_is_weekends_holidays_and_nights(house):
    today = datetime.now(HELSINKI).date()
    before = [today - timedelta(days) for days in range(1, 15)]
    working = next(day for day in before if day.isoweekday() < 6 and day not in holidays(day.year))
    sunday = next(day for day in before if day.isoweekday() == 7)
    await house.draft()
    await house.draft("officer-2")
    for day, hour, fits in ((working, 7, 0), (working, 17, 0), (working, 6, 1), (working, 18, 1), (sunday, 12, 1)):
        moment = datetime.combine(day, time(hour, 59), HELSINKI)
        await house.fetch("UPDATE audit_detail SET at = $1", moment)
        hits = (await found(house))["outside_hours"]
        assert ({"Elina", "Aslak"} <= set(hits)) == bool(fits), (day, hour)
    await set_number(house, "days_back", 0)
    assert (await found(house))["outside_hours"] == {}


def test_finlands_holidays_are_known():
    year = {date(2026, month, day) for month, day in ((1, 1), (1, 6), (4, 3), (4, 5), (4, 6), (5, 1), (5, 14), (5, 24))}
    year |= {
        date(2026, month, day) for month, day in ((6, 19), (6, 20), (10, 31), (12, 6), (12, 24), (12, 25), (12, 26))
    }
    assert holidays(2026) == year
    assert {date(2027, 3, 26), date(2027, 6, 25), date(2027, 6, 26), date(2027, 11, 6)} <= holidays(2027)
    assert date(2025, 4, 18) in holidays(2025)


async def test_the_pages_say_the_rule_and_lead_to_entries_without_client_data(house):
    case = await house.submitted()
    await break_glass(house, case)
    auditor = await at_pages(house, "auditor")
    rules = (await auditor.get("/audit/patterns")).text
    for code in patterns.BY_CODE:
        assert TEXTS.say("fi", f"log.rule.{code}.name") in rules
        assert all(f"audit.result.pattern_{code}" in TEXTS.sentences[language] for language in COMPLETE)
        shown = (await auditor.get(f"/audit/patterns/{code}")).text
        assert len(shown.encode()) < 30_000
        assert not any(str(secret) in shown for secret in story.SECRETS if " " in str(secret))
    shown = (await auditor.get("/audit/patterns/break_glass")).text
    assert "Aslak Jeesiö" in shown
    assert case in shown
    await auditor.get("/audit/patterns/curiosity", 404)
    results = {entry["body"]["result"] for entry in await (await house.person("auditor")).get("/audit/entries")}
    assert "pattern_break_glass:1" in results
    await (await at_pages(house, "coordinator")).get("/audit/patterns", 403)
