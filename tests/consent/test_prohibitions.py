"""What a child forbids telling a guardian: no form, no message, and no sight for one who works at a table."""

from uuid import UUID

import pytest
from tests.consent.minors import ChildsCase, wrong

from multiagency.cases.desk import open_desk
from multiagency.consent.service_prohibitions import must_be_tellable
from multiagency.demo import story
from multiagency.demo.lapland import ACCOUNTS
from multiagency.kernel.access import Act
from multiagency.kernel.actor import Presented
from multiagency.kernel.errors import Invalid
from multiagency.kernel.lookup import Looked

HEIKKI = next(account.identity_code for account in ACCOUNTS if account.login == "municipality")


@pytest.fixture
async def child(house):
    child = await ChildsCase.open(house, 9)
    child.first, child.second = await child.not_capable("Huoltaja Yksi", "Huoltaja Kaksi")
    return child


async def forbid(child, party, forbidden=True, expect=204, **said):
    body = {"party": party, "forbidden": forbidden, "reason": "Pelkää"} | said
    return await child.officer.post(f"{child.path}/guardians/prohibitions", body, expect)


async def test_a_prohibition_has_its_weighty_reason(child):
    assert wrong(await forbid(child, child.first, expect=422, reason="")) == {"reason"}
    await forbid(child, child.first)
    seen = (await child.officer.get(f"{child.path}/guardians"))["guardians"]
    assert [guardian["must_not_be_told"] for guardian in seen] == [
        guardian["party"] == child.first for guardian in seen
    ]
    stored = await child.house.fetch("SELECT reason FROM prohibition")
    assert "Pelkää".encode() not in stored[0]["reason"]


async def test_only_a_guardian_is_forbidden(child):
    other = await child.party("child", "Sisarus")
    assert wrong(await forbid(child, other, expect=422)) == {"party"}


async def test_a_guardian_who_must_not_be_told_is_not_asked(child):
    await forbid(child, child.first)
    assert wrong(await child.answers(child.first, expect=422)) == {"giver"}
    await child.answers(child.second)
    await forbid(child, child.first, forbidden=False)
    await child.answers(child.first)
    assert await child.open_to() != set()


@pytest.mark.parametrize("forbidden", [True, False])
async def test_whatever_is_addressed_to_a_guardian_asks_first(house, child, forbidden):
    await forbid(child, child.first, forbidden=True)
    await forbid(child, child.first, forbidden=forbidden)
    secret = child.officer._headers["cookie"].split("=", 1)[1]
    async with house.runtime.unit_of_work(Presented(secret), Act.SEE_GUARDIANS) as work:
        desk = await open_desk(work, child.reference, Act.SEE_GUARDIANS)
        await must_be_tellable(desk, UUID(child.second))
        if forbidden:
            with pytest.raises(Invalid):
                await must_be_tellable(desk, UUID(child.first))
        else:
            await must_be_tellable(desk, UUID(child.first))


async def test_no_form_is_made_for_them(house, child):
    cookie = {"cookie": child.officer._headers["cookie"]}
    path = f"{child.path}/consent/form.pdf?giver="
    assert (await house.http.get(path + child.first, headers=cookie)).status_code == 200
    await forbid(child, child.first)
    assert (await house.http.get(path + child.first, headers=cookie)).status_code == 422
    assert (await house.http.get(path + child.second, headers=cookie)).status_code == 200


async def bars(house):
    query = "SELECT p.name, b.reason FROM access_bar b JOIN person p ON p.id = b.person_id"
    return [(row["name"], row["reason"]) for row in await house.fetch(query)]


async def test_a_forbidden_guardian_on_the_staff_is_kept_out(house, child):
    """The municipality's representative is the guardian: seated or not, the case is gone for them."""
    party = await child.party("guardian", "Heikki Palojärvi", HEIKKI)
    assert await bars(house) == [("Heikki Palojärvi", "is_a_party")]
    await forbid(child, party)
    assert len(await bars(house)) == 1


async def test_they_are_found_when_their_code_is_recorded_later(house, child):
    party = await child.party("guardian", "Heikki Palojärvi")
    await forbid(child, party)
    assert await bars(house) == []
    body = {"role": "guardian", "name": "Heikki Palojärvi", "identity_code": HEIKKI}
    await child.officer.put(f"{child.path}/parties/{party}", body)
    assert await bars(house) == [("Heikki Palojärvi", "is_a_party")]


async def test_the_bar_ends_a_seat_that_they_hold(house):
    case = await house.submitted()
    await house.opened(case, "Heikki")
    municipality, officer = await house.person("municipality"), await house.person("officer")
    await municipality.get(f"/cases/{case}")
    party = await house.fetch("SELECT id FROM party")
    superuser = await house.superuser()
    await superuser.execute("UPDATE party SET role = 'guardian'")
    person = "UPDATE person SET identity_hash = $1 WHERE name LIKE 'Heikki%'"
    known = house.runtime.tools.lookup.hash(Looked.IDENTITY_CODE, story.VIOLENT["identity_code"])
    await superuser.execute(person, known)
    await superuser.close()
    body = {"party": str(party[0]["id"]), "forbidden": True, "reason": "Pelkää"}
    await officer.post(f"/cases/{case}/guardians/prohibitions", body)
    await municipality.get(f"/cases/{case}", 404)
    assert (await house.fetch("SELECT count(*) AS n FROM seat WHERE ended_at IS NULL"))[0]["n"] == 0
