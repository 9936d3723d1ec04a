"""An urgent meeting at the pages: from the first click to the second person in the room, counted."""

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from tests.journeys.conftest import PHONE, execute
from tests.journeys.counted import Counted

from multiagency.demo.walkthrough import Walkthrough

MOST = 12
WHY = "Uhka on välitön, ja lapset ovat kotona."
CALLED = ("Heikki Palojärvi", "Anne Sieppijärvi")
ON_DUTY = """
    INSERT INTO duty_shift (id, team_id, post_id, starts_at, ends_at)
    SELECT gen_random_uuid(), t.id, p.id, now() - interval '1 hour', now() + interval '8 hours'
    FROM team t, post p JOIN person s ON s.id = p.person_id WHERE s.name = ANY ($1)
"""


@pytest.fixture(scope="module")
def case(household):
    """A case that has just been sent; its consent covers Heikki's agency and not Anne's."""

    async def refer():
        async with httpx.AsyncClient(base_url=household.base_url, timeout=30) as http:
            walkthrough = Walkthrough(household, http)
            await walkthrough.refer()
            return walkthrough._cases[0]

    with ThreadPoolExecutor(1) as pool:
        referred = pool.submit(asyncio.run, refer()).result()
    execute(household, ON_DUTY, [*CALLED, "Kari Outakoski"])
    return referred


def test_from_the_first_click_to_the_second_person_in_the_room(case, visit):
    officer = Counted(visit("officer").goto(f"/cases/{case}"))
    officer.go(officer.page.get_by_role("link", name=re.compile("Kutsu kiireellinen kokous")), "call")
    officer.visitor.picture("kiireellinen")
    assert "Kari Outakoski" in officer.visitor.text  # on duty, and no ground
    for name in CALLED:
        officer.page.get_by_label(re.compile(f"Kutsun: {name}")).check()
        officer.clicks += 1
        beside = officer.page.locator("fieldset", has_text=name)
        beside.locator("textarea").fill(WHY)
        if beside.locator("select").count():
            beside.locator("select").select_option("PHTL-22")
            officer.clicks += 1
    officer.page.get_by_label("Asiakkaan nimi ja henkilötunnus").check()
    officer.clicks += 1
    officer.button("^Kutsu nyt", "invitation")
    meeting = officer.page.url.split("/")[-2]
    enter(officer)
    heikki = Counted(visit("municipality", viewport=PHONE).goto("/notices"))
    heikki.button("^Avaa", "invitation")
    assert meeting in heikki.page.url
    enter(heikki)
    assert "Heikki" in heikki.visitor.text or "Revontulen" in heikki.visitor.text
    assert officer.clicks + heikki.clicks <= MOST, (officer.each, heikki.each)
    officer.visitor.goto(f"/cases/{case}/urgent").picture("kiireellinen-kutsuttu")
    assert WHY in officer.visitor.text


def enter(counted):
    counted.button("^Liity", "ticket")
    counted.button("astun huoneeseen$", "room")


def test_the_roster_is_kept_at_the_pages(visit):
    coordinator = visit("coordinator", viewport=PHONE).goto("/duty")
    coordinator.follow(link=re.compile("MARAK")).picture("paivystys")
    assert "Heikki Palojärvi" in coordinator.text
    coordinator.page.select_option("#post", index=1)
    coordinator.fill(starts_at="1.12.2027 klo 16.00", ends_at="1.12.2027 klo 8.00").submit(422)
    assert "päätyttävä alkamisensa jälkeen" in coordinator.text
    coordinator.fill(ends_at="2.12.2027 klo 8.00").submit(200)
    coordinator.press("Poista vuoro")
