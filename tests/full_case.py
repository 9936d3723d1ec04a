"""A case as large as they get: 30 people, a comment on all 24 answers, 12 seats, 40 actions."""

from multiagency.demo import story
from multiagency.kernel.ids import uuid7

PEOPLE, SEATS, ACTIONS = 30, 12, 40
AGENCIES = ("Police", "Wellbeing", "Revontuli", "Kaamosj", "Riekko", "Victim")


def commented():
    """An answer to every item of the checklist, each with a comment."""
    return {code: about | {"comment": "Huomattu"} for code, about in story.answers(15).items()}


async def more_posts(house, number):
    """So many representatives more, spread over the agencies of the demo."""
    agencies = await house.agencies(*AGENCIES)
    ids = [uuid7() for _ in range(number)]
    for at, post in enumerate(ids):
        person = uuid7()
        await house.fetch("INSERT INTO person (id, name) VALUES ($1, $2)", person, f"Edustaja {at}")
        adding = (
            "INSERT INTO post (id, person_id, agency_id, role, title, email, language, valid_from) "
            "VALUES ($1, $2, $3, 'representative', 'asiantuntija', $4, 'fi', now() - interval '1 day')"
        )
        await house.fetch(adding, post, person, agencies[at % len(agencies)], f"edustaja{at}@agency.example")
    return [str(post) for post in ids]


async def add_people(house, case, number):
    officer = await house.person("officer")
    for at in range(number):
        party = {"role": "other", "name": f"Muu {at}", "relation": "sukulainen"}
        await officer.post(f"/cases/{case}/parties", party, 201)


async def full_draft(house):
    """A draft with everybody in it."""
    case = await house.filled_draft(consent=AGENCIES)
    await add_people(house, case, PEOPLE - 2)
    await (await house.person("officer")).put(f"/cases/{case}/assessment", {"answers": commented()})
    return case


async def seat_all(house, meeting, case, posts):
    coordinator = await house.person("coordinator")
    for post in posts:
        await coordinator.post(f"/meetings/{meeting}/seats", {"case": case, "post": post}, 204)


async def plan(house, case, number):
    coordinator, owner = await house.person("coordinator"), await house.post_of("Heikki")
    for at in range(number):
        action = {"owner": owner, "title": f"Tehtävä {at}", "due_on": "2099-01-01"}
        await coordinator.post(f"/cases/{case}/actions", action, 201)
