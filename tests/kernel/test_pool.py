"""One pooled connection, many people: nobody inherits another's sight."""

import asyncio

from multiagency.demo import story


async def test_people_share_a_connection_and_nothing_else(ground):
    async with ground.house(pool_size=1) as house:
        case = await house.submitted()
        officer, shelter = await house.person("officer"), await house.person("shelter")
        for _ in range(5):
            assert (await officer.get(f"/cases/{case}"))["client"]["name"] == story.CLIENT["name"]
            await shelter.get(f"/cases/{case}", 404)
            assert (await house.http.get(f"/api/v1/cases/{case}")).status_code == 401


async def test_simultaneous_people_wait_for_the_connection_and_see_their_own(ground):
    async with ground.house(pool_size=1) as house:
        case = await house.submitted()
        people = [(await house.person("officer"), 200), (await house.person("shelter"), 404)] * 5
        await asyncio.gather(*(person.get(f"/cases/{case}", status) for person, status in people))
