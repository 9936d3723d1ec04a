"""Consent by pairs: each agency is given the kinds of data named for it, and the database holds it to that."""

import asyncpg
import pytest
from tests.consent.minors import ChildsCase, wrong
from tests.kernel.test_grants import BASIS, GRANT, agency, basis, case_id, post
from tests.kernel.test_row_security import secret_of

from multiagency.demo import story

ALL = ["contact", "identity", "narrative", "party", "risk"]
TABLES = {
    "identity": "client",
    "contact": "safe_contact",
    "party": "party",
    "narrative": "case_part",
    "risk": "assessment",
}
"""A table for each kind of data that is given by consent."""
AGENCIES = ("Police", "Wellbeing", "Revontuli", "Shelter")


async def answer(house, **kinds):
    """A body that gives each agency, by a part of its English name, these kinds."""
    body = await house.consent_body()
    named = [{"agency": await house.agency(name), "kinds": given} for name, given in kinds.items()]
    return {name: value for name, value in body.items() if name not in {"kinds", "recipients"}} | {"pairs": named}


async def given(house, case):
    """What each agency may be given by consent now, beyond what comes with the work."""
    rows = await house.fetch(
        "SELECT agency_id, kinds FROM lawful_basis b JOIN case_file c ON c.id = b.case_id "
        "WHERE reason = 'consent' AND ended_at IS NULL AND reference = $1",
        case,
    )
    names = {await house.agency(name): name for name in AGENCIES}
    return {names[str(row["agency_id"])]: sorted(set(row["kinds"]) & set(ALL)) for row in rows}


async def seen(house, login):
    """The kinds of which somebody sees a row, asked of the database itself as the application asks."""
    async with house.as_role("app", await secret_of(house, login)) as connection:
        return {kind for kind, table in TABLES.items() if await connection.fetch(f"SELECT FROM {table}")}


async def withdraw(house, case, agency="", expect=204, **what):
    body = what | ({"recipient": await house.agency(agency)} if agency else {})
    return await (await house.person("officer")).post(f"/cases/{case}/consent/withdrawal", body, expect)


@pytest.fixture
async def seated(house):
    """Police and county are given everything, the municipality whom it is about; all have a seat, the shelter a no."""
    case, officer = await house.filled_draft(), await house.person("officer")
    body = await answer(house, Police=ALL, Wellbeing=ALL, Revontuli=["identity", "party"], Shelter=[])
    await officer.post(f"/cases/{case}/consent", body)
    await officer.post(f"/cases/{case}/submission")
    await house.opened(case, "Jouni", "Sanna", "Heikki")
    return house, case


async def test_each_agency_is_given_what_was_named_for_it(seated):
    house, case = seated
    assert await given(house, case) == {"Police": ALL, "Wellbeing": ALL, "Revontuli": ["identity", "party"]}
    said = await (await house.person("officer")).get(f"/cases/{case}/consent")
    kinds = {pair["agency"]: pair["kinds"] for pair in said["pairs"]}
    assert kinds[await house.agency("Revontuli")] == ["identity", "party"]
    assert kinds[await house.agency("Shelter")] == [], "a no is kept"
    assert await house.agency("Support") not in kinds, "who was not asked about is not named"
    view = await (await house.person("municipality")).get(f"/cases/{case}")
    assert (view["client"]["name"], view["parts"]) == (story.CLIENT["name"], [])
    assert await (await house.person("municipality")).get(f"/cases/{case}/assessment") is None


async def test_lists_of_kinds_and_recipients_still_mean_all_of_these_to_each_of_those(house):
    case, officer = await house.filled_draft(), await house.person("officer")
    body = await house.consent_body("Police", "Revontuli") | {"kinds": ["risk", "identity"]}
    await officer.post(f"/cases/{case}/consent", body)
    assert await given(house, case) == {"Police": ["identity", "risk"], "Revontuli": ["identity", "risk"]}
    said = await officer.get(f"/cases/{case}/consent")
    assert (said["kinds"], said["recipients"]) == (["identity", "risk"], sorted(body["recipients"]))
    as_pairs = await answer(house, Police=["risk", "identity"], Revontuli=["risk", "identity"])
    await officer.post(f"/cases/{case}/consent", as_pairs)
    again = await officer.get(f"/cases/{case}/consent")
    assert [again[part] for part in ("kinds", "recipients", "pairs")] == [
        said[part] for part in ("kinds", "recipients", "pairs")
    ]


@pytest.mark.parametrize(
    "wrongly",
    [
        lambda body: body | {"kinds": ["identity"], "recipients": [body["pairs"][0]["agency"]]},
        lambda body: body | {"kinds": ["identity"]},
        lambda body: body | {"pairs": body["pairs"] * 2},
        lambda body: body | {"pairs": [{"agency": body["pairs"][0]["agency"], "kinds": []}]},
        lambda body: body | {"pairs": []},
        lambda body: body | {"pairs": [body["pairs"][0] | {"kinds": ["shell"]}]},
        lambda body: body | {"pairs": [body["pairs"][0] | {"agency": "01a20000-0000-7000-8000-000000000000"}]},
    ],
)
async def test_wrong_pairs_are_refused_by_name_and_nothing_is_recorded(house, wrongly):
    case, officer = await house.draft(), await house.person("officer")
    body = wrongly(await answer(house, Police=["identity"]))
    assert wrong(await officer.post(f"/cases/{case}/consent", body, 422)) == {"pairs"}
    assert await house.fetch("SELECT FROM consent") == []


async def test_by_sql_an_agency_sees_no_row_of_a_kind_that_it_was_not_given_whatever_it_tries(seated):
    house, reference = seated
    assert await seen(house, "municipality") == {"identity", "party"}
    assert await seen(house, "police") == set(TABLES) - {"contact"}
    case, mine, held = await case_id(house, reference), await post(house, "Heikki"), await agency(house, "Revontuli")
    own = await basis(house, case, "Revontuli")
    tries = (
        (GRANT, case, mine, own["id"], "read", ["risk"]),
        (BASIS, case, held, "consent", own["consent_id"], ["risk"]),
        ("UPDATE access_grant SET kinds = kinds || '{risk}'",),
        ("UPDATE lawful_basis SET kinds = kinds || '{risk}'",),
        (
            "INSERT INTO consent_pair (id, consent_id, agency_id, kind, case_id, controller_id, retention_class) "
            "SELECT gen_random_uuid(), c.id, $1, 'risk', c.case_id, c.controller_id, c.retention_class FROM consent c",
            held,
        ),
        ("SELECT narrow_to_consent($1)", case),
        ("SELECT kinds_given($1, $2)", case, held),
        ("SELECT * FROM given_pairs($1)", case),
    )
    async with house.as_role("app", await secret_of(house, "municipality")) as connection:
        for statement, *values in tries:
            try:
                async with connection.transaction():
                    await connection.execute(statement, *values)
            except asyncpg.InsufficientPrivilegeError:
                pass
        assert await connection.fetch("SELECT FROM consent_pair") == []
    assert await seen(house, "municipality") == {"identity", "party"}
    assert await given(house, reference) == {"Police": ALL, "Wellbeing": ALL, "Revontuli": ["identity", "party"]}


async def test_by_sql_the_referrer_gives_an_agency_no_kind_that_was_not_named_for_it(seated):
    house, reference = seated
    case, heikki = await case_id(house, reference), await post(house, "Heikki")
    own = await basis(house, case, "Revontuli")
    async with house.as_role("app", await secret_of(house, "officer")) as connection:
        for kinds in (["risk"], ["identity", "contact"]):
            for statement, *values in (
                (GRANT, case, heikki, own["id"], "read", kinds),
                (BASIS, case, own["agency_id"], "consent", own["consent_id"], kinds),
            ):
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    async with connection.transaction():
                        await connection.execute(statement, *values)
        await connection.execute(BASIS, case, own["agency_id"], "consent", own["consent_id"], ["party"])


async def test_a_no_to_an_agency_gives_it_no_basis_either_not_even_for_the_work(seated):
    house, reference = seated
    case, shelter = await case_id(house, reference), await agency(house, "Shelter")
    consent = (await basis(house, case, "Police"))["consent_id"]
    async with house.as_role("app", await secret_of(house, "officer")) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(BASIS, case, shelter, "consent", consent, ["shell"])


async def test_a_withdrawn_kind_goes_out_of_sight_for_all_and_the_rest_lives_on(seated):
    house, case = seated
    await withdraw(house, case, kind="risk")
    rest = [kind for kind in ALL if kind != "risk"]
    assert await given(house, case) == {"Police": rest, "Wellbeing": rest, "Revontuli": ["identity", "party"]}
    assert await seen(house, "police") == {"identity", "party", "narrative"}
    assert await seen(house, "coordinator") == set(rest)
    assert (await (await house.person("police")).get(f"/cases/{case}"))["client"] is not None, "seats live on"
    assert await (await house.person("coordinator")).get(f"/cases/{case}/assessment") is None
    assert await (await house.person("officer")).get(f"/cases/{case}/assessment") is not None, "their own record"


async def test_a_withdrawn_pair_is_lost_by_that_agency_alone(seated):
    house, case = seated
    await withdraw(house, case, "Police", kind="narrative")
    assert await seen(house, "police") == {"identity", "party", "risk"}
    assert await seen(house, "county") == {"identity", "party", "narrative", "risk"}
    await withdraw(house, case, "Revontuli", kind="party")
    assert await seen(house, "municipality") == {"identity"}
    assert wrong(await withdraw(house, case, "Revontuli", 422, kind="party")) == {"kind"}
    assert wrong(await withdraw(house, case, "Revontuli", 422, kind="risk")) == {"kind"}
    await withdraw(house, case, "Revontuli", kind="identity")
    await (await house.person("municipality")).get(f"/cases/{case}", 404)
    assert await given(house, case) == {"Police": [kind for kind in ALL if kind != "narrative"], "Wellbeing": ALL}


async def test_the_last_pair_of_an_agency_ends_its_seat_and_cancels_its_invitation(mailing_house):
    house = mailing_house
    case, officer = await house.filled_draft(), await house.person("officer")
    await officer.post(f"/cases/{case}/consent", await answer(house, Wellbeing=ALL, Police=ALL, Revontuli=["identity"]))
    await officer.post(f"/cases/{case}/submission")
    await house.opened(case, "Jouni", "Heikki")
    await house.deliver()
    sent = len(house.mails())
    await withdraw(house, case, "Revontuli", kind="identity")
    await house.deliver()
    assert [(mail.method, "revontuli" in mail.recipient) for mail in house.mails()[sent:]] == [("CANCEL", True)]
    await (await house.person("municipality")).get(f"/cases/{case}", 404)
    await (await house.person("police")).get(f"/cases/{case}")


async def test_whoever_was_asked_for_a_part_is_asked_no_longer_when_what_agencies_tell_is_withdrawn(house):
    case, officer = await house.filled_draft(), await house.person("officer")
    for name in ("Heikki", "Marja"):
        await officer.post(f"/cases/{case}/contributors", {"post": await house.post_of(name)})
    await withdraw(house, case, "Revontuli", kind="narrative")
    await (await house.person("municipality")).put(f"/cases/{case}/part", {"narrative": "?"}, 404)
    await (await house.person("social-worker")).put(f"/cases/{case}/part", {"narrative": story.COUNTY_PART})
    await officer.post(f"/cases/{case}/contributors", {"post": await house.post_of("Heikki")}, 409)


async def test_without_what_the_coordinating_agency_convenes_with_nothing_is_left(seated):
    house, case = seated
    await withdraw(house, case, "Wellbeing", kind="identity")
    assert (await (await house.person("officer")).get(f"/cases/{case}"))["stage"] == "withdrawn"
    assert await given(house, case) == {}


async def test_it_is_not_submitted_unless_the_coordinating_agency_is_given_what_it_convenes_with(house):
    case, officer = await house.filled_draft(), await house.person("officer")
    await officer.post(f"/cases/{case}/consent", await answer(house, Police=ALL, Wellbeing=["risk"]))
    problem = await officer.post(f"/cases/{case}/submission", expect=422)
    assert wrong(problem) == {"consent"}
    await officer.post(f"/cases/{case}/consent", await answer(house, Police=ALL, Wellbeing=["identity"]))
    await officer.post(f"/cases/{case}/submission")
    assert (await (await house.person("coordinator")).get(f"/cases/{case}"))["client"] is not None


async def test_a_new_answer_widens_one_agency_and_narrows_another(house):
    case, officer = await house.filled_draft(), await house.person("officer")
    await officer.post(f"/cases/{case}/consent", await answer(house, Police=["identity"], Wellbeing=ALL))
    await withdraw(house, case, "Wellbeing", kind="contact")
    await officer.post(f"/cases/{case}/consent", await answer(house, Police=["identity", "risk"], Wellbeing=["party"]))
    assert await given(house, case) == {"Police": ["identity", "risk"], "Wellbeing": ["party"]}
    await officer.post(f"/cases/{case}/consent", await answer(house, Wellbeing=ALL))
    assert await given(house, case) == {"Wellbeing": ALL}, "what was withdrawn may be given again"


async def test_guardians_give_what_all_of_them_give_pair_by_pair(house):
    child = await ChildsCase.open(house, 9)
    first, second = await child.not_capable("Huoltaja Yksi", "Huoltaja Kaksi")
    bodies = (
        (first, await answer(house, Police=["identity", "risk"], Wellbeing=["identity"], Revontuli=["party"])),
        (second, await answer(house, Police=["risk", "party"], Wellbeing=["identity", "party"], Revontuli=["risk"])),
    )
    for giver, body in bodies:
        await child.officer.post(f"{child.path}/consent", body | {"giver": giver, "capacity": "guardian"})
    assert await given(house, child.reference) == {"Police": ["risk"], "Wellbeing": ["identity"]}
    case = await case_id(house, child.reference)
    police = await basis(house, case, "Police")
    async with house.as_role("app", await secret_of(house, "officer")) as connection:
        for kind in ("identity", "party"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                async with connection.transaction():
                    await connection.execute(BASIS, case, police["agency_id"], "consent", police["consent_id"], [kind])
        revontuli = await agency(house, "Revontuli")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):  # one gives it something, but not all of them
            await connection.execute(BASIS, case, revontuli, "consent", police["consent_id"], ["shell"])
    await withdraw(house, child.reference, "Police", kind="risk", giver=second)
    assert await given(house, child.reference) == {"Wellbeing": ["identity"]}
    guardian = {"party": first, "may_decide": False, "suspected": False, "restriction_reason": "Tuomioistuin"}
    await child.officer.post(f"{child.path}/guardians", guardian)
    assert await given(house, child.reference) == {
        "Police": ["party"],
        "Wellbeing": ["identity", "party"],
        "Revontuli": ["risk"],
    }, "the other alone decides now"


async def test_a_listener_that_fails_leaves_every_pair(seated):
    house, case = seated
    before, said = await given(house, case), await house.fetch("SELECT FROM consent")

    async def fail(*_):
        raise RuntimeError

    from multiagency.cases.events import SightEnded

    house.runtime.tools.events.subscribe(SightEnded, fail)
    await withdraw(house, case, expect=500, kind="risk")
    assert await given(house, case) == before
    assert len(await house.fetch("SELECT FROM consent")) == len(said)


async def test_by_sql_nothing_is_narrowed_that_was_not_taken_out(seated):
    house, reference = seated
    case, before = await case_id(house, reference), await house.fetch("SELECT id, ended_at FROM lawful_basis")
    for login in ("officer", "coordinator", "municipality", "shelter", "administrator"):
        async with house.as_role("app", await secret_of(house, login)) as connection:
            assert await connection.fetch("SELECT narrow_to_consent($1)", case) == []
    assert await house.fetch("SELECT id, ended_at FROM lawful_basis") == before
