"""Cases and meetings as large as they get, beside small ones that are otherwise the same."""

from multiagency.demo import story
from multiagency.kernel.ids import uuid7

_PERSON = "INSERT INTO person (id, name) VALUES ($1, 'Edustaja ' || $2::integer)"
_POST = (
    "INSERT INTO post (id, person_id, agency_id, role, title, email, language, valid_from) VALUES ($1, $2, $3, "
    "'representative', 'asiantuntija', 'edustaja' || $4::integer || '@agency.example', 'fi', now() - interval '1 day')"
)

OF_A_CASE = ("officer", "coordinator", "municipality")
"""Who refers it, who coordinates it, and who sits at it."""
PEOPLE, SEATS, ACTIONS, CASES, INVITED = 30, 12, 40, 16, 20
AGENCIES = ("Police", "Wellbeing", "Revontuli", "Kaamosj", "Riekko", "Victim")


async def more_posts(house, number):
    """So many representatives more, spread over the agencies of the demo."""
    agencies = await house.agencies(*AGENCIES)
    people = [(uuid7(), uuid7(), agencies[at % len(agencies)], at) for at in range(number)]
    connection = await house.superuser()
    await connection.executemany(_PERSON, [(person, at) for person, _, _, at in people])
    await connection.executemany(_POST, [(post, person, agency, at) for person, post, agency, at in people])
    await connection.close()
    return [str(post) for _, post, _, _ in people]


async def draft(house, people):
    """A draft with so many people and, when there are many, a comment on every answer."""
    case, officer = await house.filled_draft(consent=AGENCIES), await house.person("officer")
    for at in range(people - 2):
        other = {"role": "other", "name": f"Muu {at}", "relation": "sukulainen"}
        await officer.post(f"/cases/{case}/parties", other, 201)
    if people > 2:
        commented = {code: about | {"comment": "Huomattu"} for code, about in story.answers(15).items()}
        await officer.put(f"/cases/{case}/assessment", {"answers": commented})
    return case


async def followed_up(house, people, posts, actions):
    """A case after its meeting: who sat there, and what was agreed."""
    case = await draft(house, people)
    await (await house.person("officer")).post(f"/cases/{case}/submission")
    coordinator = await house.person("coordinator")
    meeting = await house.meeting(case)
    await coordinator.post(f"/meetings/{meeting}/filling", {"case": [case], "post": posts}, 204)
    await coordinator.post(f"/meetings/{meeting}/opening", expect=200)
    await house.minutes(meeting, case)
    owner = await house.post_of("Heikki")
    task = {"owner": owner, "due_on": "2099-01-01", "reaches_client": True}
    done = [
        await coordinator.post(f"/cases/{case}/actions", task | {"title": f"Tehtävä {at}"}, 201)
        for at in range(actions)
    ]
    return {"reference": case, "meeting": meeting, "action": done[0]["reference"]}


async def coming(house, cases, posts):
    """A meeting that is to be held: so many cases, and everybody at each of them."""
    coordinator, there = await house.person("coordinator"), []
    for _ in range(cases):
        there.append(await house.submitted(consent=AGENCIES))
    meeting = await house.meeting(*there)
    await coordinator.post(f"/meetings/{meeting}/filling", {"case": there, "post": posts}, 204)
    await coordinator.post(f"/meetings/{meeting}/opening", expect=200)
    await coordinator.post(f"/meetings/{meeting}/research", {"case": there[0]}, 200)
    return {"reference": there[0], "meeting": meeting}
