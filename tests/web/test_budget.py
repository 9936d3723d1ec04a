"""What each page asks of the database: no more than its budget, and no more where there is more to show."""

import re

from fastapi.routing import iter_route_contexts
from tests import full_case
from tests.cases.test_opening_people import FAMILY
from tests.disclosures.test_situation import SAID
from tests.pages import at_pages
from tests.web.calls import DONE
from tests.web.statements import ACTS, Statements, warm

from multiagency.demo.lapland import ACCOUNTS

EVERYBODY = list({account.role: account.login for account in reversed(ACCOUNTS)}.values())


def pages_of(app, names):
    """The addresses that show something about exactly these."""
    paths = {context.path for context in iter_route_contexts(app.routes) if "GET" in context.methods}
    return sorted(path for path in paths if set(re.findall(r"\{(\w+)\}", path)) <= set(names))


async def asked(house, statements, path, names, logins):
    """Count what each of them makes the page ask; return it by who could see it."""
    found = {}
    for login in logins:
        headers = (await house.person(login))._headers
        statements.begin()
        response = await house.http.get(path.format_map(names), headers=headers)
        if response.status_code in DONE:
            found[login] = statements.end(f"GET {path}", login)
    return found


async def test_each_page_keeps_its_budget_and_asks_no_more_where_there_is_more_to_show(mailing_house):
    house = mailing_house
    posts = [await house.post_of("Heikki"), *await full_case.more_posts(house, full_case.INVITED - 1)]
    seated = posts[: full_case.SEATS]
    worlds = [
        (
            await full_case.followed_up(house, 2, posts[:1], 1),
            await full_case.followed_up(house, full_case.PEOPLE, seated, full_case.ACTIONS),
        ),
        ({"reference": await full_case.draft(house, 2)}, {"reference": await full_case.draft(house, full_case.PEOPLE)}),
        (await full_case.coming(house, 2, posts[:1]), await full_case.coming(house, full_case.CASES, posts)),
    ]
    await warm(house)
    statements, grown = Statements(house), []
    try:
        for path in pages_of(house.app, ()):
            await asked(house, statements, path, {}, EVERYBODY)
        for small, large in worlds:
            for path in set(pages_of(house.app, small)) - set(pages_of(house.app, ())):
                few = await asked(house, statements, path, small, full_case.OF_A_CASE)
                many = await asked(house, statements, path, large, full_case.OF_A_CASE)
                grown += [f"GET {path} as {who}: {few[who]}, {many[who]}" for who in few if many[who] > few[who]]
    finally:
        statements.leave()
    assert grown == [], "\n".join(grown)
    assert statements.beyond() == [], "\n".join(statements.beyond())


async def test_acts_keep_their_budgets_however_many_they_touch(mailing_house):
    house = mailing_house
    officer, coordinator = await house.person("officer"), await house.person("coordinator")
    posts = await full_case.more_posts(house, 19)
    await warm(house)
    statements, took = Statements(house), {}

    async def count(name, doing):
        statements.begin()
        await doing
        took[name] = statements.end(name, "")

    async def at_the_table(number):
        case = await house.filled_draft(consent=full_case.AGENCIES)
        await count("submission", officer.post(f"/cases/{case}/submission"))
        meeting = await house.meeting(case)
        await coordinator.post(f"/meetings/{meeting}/filling", {"case": [case], "post": posts[:number]}, 204)
        await coordinator.post(f"/meetings/{meeting}/opening", expect=200)
        return case

    async def fill(cases, number):
        there = [await house.submitted(consent=full_case.AGENCIES) for _ in range(cases)]
        meeting = await house.meeting(*there)
        body = {"case": there, "post": posts[:number]}
        return meeting, coordinator.post(f"/meetings/{meeting}/filling", body, 204)

    try:
        pages = await at_pages(house, "officer")
        opening = pages.post("/cases/new", team=await house.team(), **FAMILY)
        await count("opening_with_three_people", opening)
        case = (await house.fetch("SELECT reference FROM case_file"))[0]["reference"]
        await count("situation", pages.post(f"/cases/{case}/situation", decision="already_notified", **SAID))
        for seats in (3, 4):
            await count(f"withdrawal_{seats}", officer.post(f"/cases/{await at_the_table(seats)}/consent/withdrawal"))
        few, filling = await fill(2, 3)
        await count("filling_three_seats_at_two_cases", filling)
        many, filling = await fill(8, 19)
        await count("filling_nineteen_seats_at_eight_cases", filling)
        await count("opening_for_three", coordinator.post(f"/meetings/{few}/opening", expect=200))
        await count("opening_for_nineteen", coordinator.post(f"/meetings/{many}/opening", expect=200))
    finally:
        statements.leave()
    took["withdrawal_with_three_seats"] = took.pop("withdrawal_3")
    took["each_further_seat"] = took.pop("withdrawal_4") - took["withdrawal_with_three_seats"]
    assert took.keys() == ACTS.keys()
    assert {name: number for name, number in took.items() if number > ACTS[name]} == {}
