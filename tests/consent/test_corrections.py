"""A guardian who must not decide, learned of after the submission: consent ends at once, and can be given anew."""

import pytest
from tests.consent.minors import ChildsCase, aged
from tests.kernel.test_row_security import secret_of
from tests.pages import at_pages

from multiagency.demo import story

ALL = {"Fell", "Municipality", "Wellbeing"}
TABLE = {"police": "Jouni", "municipality": "Heikki"}


async def handed_over(house, *guardians: str, meeting: bool = True):
    """A child's submitted case that these guardians consented to, with a full table; return case, parties, meeting."""
    child = await ChildsCase.open(house, 9)
    parties = await child.not_capable(*guardians)
    for party in parties:
        await child.answers(party)
    await child.party("person_using_violence", "Oiva Keksitty")
    await child.officer.put(f"{child.path}/assessment", {"answers": story.answers(15)})
    await child.officer.post(f"{child.path}/child-welfare", {"decision": "already_notified"})
    await child.officer.post(f"{child.path}/submission")
    return child, parties, await house.opened(child.reference, *TABLE.values()) if meeting else ""


async def suspect(child, party, **rights):
    body = {"party": party, "may_decide": True, "suspected": True} | rights
    await child.officer.post(f"{child.path}/guardians", body)


async def shut_out(house, child):
    """Nobody at the table sees anything, and the coordinator keeps the shell."""
    for login in TABLE:
        await (await house.person(login)).get(child.path, 404)
    shell = await (await house.person("coordinator")).get(child.path)
    assert (shell["client"], shell["parties"], shell["parts"]) == (None, [], [])
    living = "SELECT FROM seat s JOIN agenda_item a ON a.id = s.agenda_item_id WHERE s.ended_at IS NULL"
    assert await house.fetch(living) == []
    assert await house.fetch("SELECT FROM room_presence WHERE left_at IS NULL") == []
    grants = "SELECT FROM access_grant g JOIN lawful_basis b ON b.id = g.basis_id WHERE b.reason = 'consent' "
    assert await house.fetch(grants + "AND (g.ended_at IS NULL OR b.ended_at IS NULL)") == []


async def coordinators_grants(house):
    rows = await house.fetch(
        "SELECT g.post_id, count(*) AS n FROM access_grant g JOIN lawful_basis b ON b.id = g.basis_id WHERE "
        "g.capability = 'coordinate' AND b.reason = 'consent' AND g.ended_at IS NULL GROUP BY g.post_id"
    )
    return [row["n"] for row in rows]


async def test_a_suspicion_learned_of_later_ends_the_consent_and_everything_on_it(mailing_house):
    house = mailing_house
    child, (first,), meeting = await handed_over(house, "Huoltaja Yksi")
    await house.deliver()
    pages = await at_pages(house, "municipality")
    assert meeting in (await pages.get("/invitations")).text
    await suspect(child, first)
    assert await child.open_to() == set()
    await shut_out(house, child)
    assert meeting not in (await pages.get("/invitations")).text
    await pages.get(f"/meetings/{meeting}/invitation", 404)
    await house.deliver()
    assert [mail.method for mail in filter(None, house.mails())].count("CANCEL") == len(TABLE)
    assert (await child.officer.get(child.path))["client"]["name"] == "Lapsi Esimerkki"
    assert (await child.officer.get(child.path))["stage"] == "on_agenda"
    coordinator = await at_pages(house, "coordinator")
    assert "Asian suostumus on muuttunut" in (await coordinator.get("/notices")).text
    await house.seat(meeting, child.reference, "Heikki", 409)
    problem = await child.answers(first, expect=422)
    assert {error["field"] for error in problem["errors"]} == {"giver"}


async def test_a_new_consent_gives_the_case_back_and_no_more_than_it_names(house):
    child, (first,), meeting = await handed_over(house, "Huoltaja Yksi")
    before = await coordinators_grants(house)
    await suspect(child, first)
    second = await child.guardian("Huoltaja Kaksi")
    assert await child.open_to() == set()
    await child.answers(second, "Police", "Wellbeing", kinds=["identity"])
    assert await child.open_to() == {"Fell", "Wellbeing"}
    assert await coordinators_grants(house) == before
    seen = await (await house.person("coordinator")).get(child.path)
    assert (seen["client"]["name"], seen["parties"]) == ("Lapsi Esimerkki", [])
    for login in TABLE:
        await (await house.person(login)).get(child.path, 404)
    await house.seat(meeting, child.reference, "Heikki", 409)
    await house.seat(meeting, child.reference, "Jouni")
    seen = await (await house.person("police")).get(child.path)
    assert (seen["client"]["name"], seen["parties"]) == ("Lapsi Esimerkki", [])
    await child.answers(second)
    assert await child.open_to() == ALL
    assert await coordinators_grants(house) == before
    await (await house.person("police")).get(child.path, 404)


async def test_with_another_guardian_left_the_table_is_set_anew(house):
    child, (first, _), meeting = await handed_over(house, "Huoltaja Yksi", "Huoltaja Kaksi")
    await suspect(child, first, suspected=False, may_decide=False, restriction_reason="Päätös")
    assert await child.open_to() == ALL
    for login in TABLE:
        await (await house.person(login)).get(child.path, 404)
    assert (await (await house.person("coordinator")).get(child.path))["client"] is not None
    await house.seat(meeting, child.reference, "Heikki")
    await (await house.person("municipality")).get(child.path)


@pytest.mark.parametrize("learned", ["violent", "no_guardian", "child_decides", "of_age"])
async def test_whatever_changes_who_decides_ends_the_consent(house, learned):
    child, (first,), _ = await handed_over(house, "Huoltaja Yksi")
    if learned == "child_decides":
        await child.capacity(capable=True)
    elif learned == "of_age":
        await child.officer.put(f"{child.path}/client", {"name": "Lapsi Esimerkki", "identity_code": aged(18)})
    else:
        role = {"violent": "person_using_violence", "no_guardian": "other"}[learned]
        await child.officer.put(f"{child.path}/parties/{first}", {"role": role, "name": "Huoltaja Yksi"})
    assert await child.open_to() == set()
    await shut_out(house, child)


async def test_a_legal_representative_who_uses_violence_decides_nothing(house):
    child = await ChildsCase.open(house, 9)
    representative = await child.party("other", "Edustaja Esimerkki")
    await child.capacity(capable=False, legal_representative=representative)
    await child.answers(representative, capacity="legal_representative")
    assert await child.open_to() == ALL
    body = {"role": "person_using_violence", "name": "Edustaja Esimerkki"}
    await child.officer.put(f"{child.path}/parties/{representative}", body)
    assert await child.open_to() == set()
    assert "guardians" in await child.missing()
    found = (await house.fetch("SELECT id FROM case_file"))[0]["id"]
    async with house.as_role("app", await secret_of(house, "officer")) as connection:
        assert await connection.fetch("SELECT * FROM required_givers($1)", found) == []


async def test_a_withdrawn_case_never_opens_again(house):
    """One of two guardians withdrew; that they turn out not to decide makes the other's yes no yes of both."""
    child, (first, second), _ = await handed_over(house, "Huoltaja Yksi", "Huoltaja Kaksi", meeting=False)
    await child.officer.post(f"{child.path}/consent/withdrawal", {"giver": first})
    await suspect(child, first)
    assert await child.open_to() == set()
    assert await coordinators_grants(house) == []
    await child.answers(second, expect=409)


async def test_consent_can_be_recorded_on_the_page_after_the_submission(house):
    case = await house.submitted()
    officer, coordinator = await at_pages(house, "officer"), await at_pages(house, "coordinator")
    assert 'name="when"' in (await officer.get(f"/cases/{case}/consent")).text
    assert 'name="when"' not in (await coordinator.get(f"/cases/{case}/consent")).text
    await (await house.person("officer")).post(f"/cases/{case}/consent/withdrawal")
    assert 'name="when"' not in (await officer.get(f"/cases/{case}/consent")).text


async def test_an_expired_consent_is_renewed_and_the_same_people_are_seated_again(house):
    case = await house.submitted()
    meeting = await house.opened(case, "Heikki")
    await house.fetch("UPDATE lawful_basis SET valid_to = now() WHERE reason = 'consent'")
    await (await house.person("municipality")).get(f"/cases/{case}", 404)
    await (await house.person("officer")).post(f"/cases/{case}/consent", await house.consent_body())
    await (await house.person("municipality")).get(f"/cases/{case}", 404)
    await house.seat(meeting, case, "Heikki")
    await (await house.person("municipality")).get(f"/cases/{case}")
    await house.seat(meeting, case, "Heikki", 409)


async def test_conveners_whom_a_new_answer_leaves_out_are_told_why_they_can_do_nothing(house):
    case = await house.submitted()
    meeting = await house.opened(case, "Heikki")
    officer, coordinator = await house.person("officer"), await house.person("coordinator")
    await officer.post(f"/cases/{case}/consent", await house.consent_body("Police", "Revontuli"))
    answer = await coordinator.post(f"/meetings/{meeting}/minutes", {"case": case, "text": story.MINUTES}, 409)
    assert answer["type"].endswith("case.nothing_shared")
    assert await house.fetch("SELECT FROM minutes") == []
