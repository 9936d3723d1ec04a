"""Finding the same people again: hashes in step with the record, matches for the coordinator alone."""

import asyncpg
import pytest
from tests.kernel.test_row_security import secret_of
from tests.pages import at_pages, words

from multiagency.demo import story

OTHER = {"name": "Toini Toinen", "identity_code": "050594U903M"}


async def second(house, login="social-worker", client=story.CLIENT, violent=story.VIOLENT, submit=True):
    """Another case, opened by another agency; submitted unless told otherwise."""
    person, case = await house.person(login), await house.draft(login)
    await person.put(f"/cases/{case}/client", client)
    if "identity_code" not in client:
        await person.post(f"/cases/{case}/guardians/capacity", {"minor": False})
    if violent:
        await person.post(f"/cases/{case}/parties", violent, 201)
    await person.post(f"/cases/{case}/consent", await house.consent_body())
    await person.put(f"/cases/{case}/assessment", {"answers": story.answers(15)})
    if submit:
        await person.post(f"/cases/{case}/submission")
    return case


async def matches(house, case, login="coordinator", expect=200):
    return await (await house.person(login)).get(f"/cases/{case}/matches", expect)


async def test_the_coordinator_sees_that_victim_and_perpetrator_are_the_same(house):
    first, later = await house.submitted(), await second(house)
    (match,) = await matches(house, later)
    assert match["reference"] == first
    assert match["repeat"]
    shared = {(found["here"], found["there"]): found["what"] for found in match["shared"]}
    assert shared["client", "client"] == ["identity_code", "name", "name_and_birth"]
    assert "identity_code" in shared["person_using_violence", "person_using_violence"]


@pytest.mark.parametrize(
    ("client", "violent", "roles"),
    [
        (story.CLIENT, None, {("client", "client")}),
        (OTHER, story.VIOLENT, {("person_using_violence", "person_using_violence")}),
        (
            {"name": story.VIOLENT["name"], "identity_code": story.VIOLENT["identity_code"]},
            None,
            {("client", "person_using_violence")},
        ),
    ],
)
async def test_one_shared_person_is_no_repeat_and_says_in_which_role(house, client, violent, roles):
    await house.submitted()
    violent = violent or story.SECOND_VIOLENT
    (match,) = await matches(house, await second(house, client=client, violent=violent))
    assert not match["repeat"]
    assert {(found["here"], found["there"]) for found in match["shared"]} == roles


async def test_a_name_is_found_however_it_is_written_and_without_a_code(house):
    await house.submitted()
    client = {"name": "esimerkki,  AILI"}
    (match,) = await matches(house, await second(house, client=client, violent=story.SECOND_VIOLENT))
    (shared,) = match["shared"]
    assert shared == {"here": "client", "there": "client", "what": ["name"], "former": [], "strong": False}
    assert not match["strong"]


async def test_nobody_but_the_coordinator_is_told_of_a_match(house):
    first, later = await house.submitted(), await second(house)
    await house.opened(later, "Heikki")
    for login, status in (("social-worker", 403), ("municipality", 403), ("officer", 403), ("auditor", 403)):
        await matches(house, later, login, status)
    for login in ("social-worker", "municipality"):
        page = words((await (await at_pages(house, login)).get(f"/cases/{later}")).text)
        assert "osuma" not in page
        assert first not in page
    assert "osuma" in (await (await at_pages(house, "coordinator")).get(f"/cases/{later}")).text


@pytest.mark.parametrize("login", ["officer", "social-worker", "municipality", "auditor", "administrator"])
async def test_the_database_answers_nobody_else_not_even_with_a_count(house, login):
    await house.submitted()
    later = await second(house)
    await house.opened(later, "Heikki")
    wanted = (await house.fetch("SELECT id FROM case_file WHERE reference = $1", later))[0]["id"]
    ask = "SELECT count(*) FROM matching_cases($1)"
    async with house.as_role("app", await secret_of(house, login)) as connection:
        assert await connection.fetchval(ask, wanted) == 0
    async with house.as_role("app", await secret_of(house, "coordinator")) as connection:
        assert await connection.fetchval(ask, wanted) > 0


async def test_hashes_are_read_by_nobody(house):
    await house.submitted()
    for login in ("officer", "coordinator", "auditor"):
        for column in ("hash", "what", "role", "*"):
            async with house.as_role("app", await secret_of(house, login)) as connection:
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await connection.fetch(f"SELECT {column} FROM lookup_hash")


async def test_recording_somebody_known_looks_like_recording_anybody(house):
    """No constraint and no answer tells the recorder that the person is known."""
    await house.submitted()
    person, case = await house.person("social-worker"), await house.draft("social-worker")
    for _ in range(2):
        assert await person.put(f"/cases/{case}/client", story.CLIENT) is None
    unique = await house.fetch(
        "SELECT indexrelid::regclass::text AS name FROM pg_index WHERE indisunique AND "
        "indrelid IN ('lookup_hash'::regclass, 'alias'::regclass, 'party_alias'::regclass)"
    )
    assert {row["name"] for row in unique} == {"pk_lookup_hash", "pk_alias", "pk_party_alias"}


async def test_a_draft_is_no_match(house):
    await second(house, submit=False)
    assert await matches(house, await house.submitted()) == []


async def test_a_withdrawn_case_is_no_match_and_finds_none(house):
    first, later = await house.submitted(), await second(house)
    await (await house.person("officer")).post(f"/cases/{first}/consent/withdrawal")
    assert await matches(house, later) == []
    assert await matches(house, first) == []


async def test_a_case_that_keeps_the_coordinator_out_is_no_match(house):
    first, later = await house.submitted(), await second(house)
    bar = {"post": await house.post_of("Paula"), "reason": "conflict_of_interest"}
    await (await house.person("officer")).post(f"/cases/{first}/bars", bar)
    assert await matches(house, later) == []
    assert len(await matches(house, later, "coordinator-2")) == 1


async def test_a_match_about_others_needs_a_consent_that_covers_others(house):
    await house.submitted()
    person, case = await house.person("social-worker"), await house.draft("social-worker")
    await person.put(f"/cases/{case}/client", OTHER)
    await person.post(f"/cases/{case}/parties", story.VIOLENT, 201)
    await person.post(f"/cases/{case}/consent", await house.consent_body() | {"kinds": ["identity"]})
    await person.put(f"/cases/{case}/assessment", {"answers": story.answers(15)})
    await person.post(f"/cases/{case}/submission")
    assert await matches(house, case) == []


async def test_another_teams_coordinator_gets_nothing(house):
    await house.submitted()
    later = await second(house)
    await house.fetch(
        "WITH t AS (INSERT INTO team SELECT gen_random_uuid(), pathway, 'Toinen', convener_id FROM team RETURNING id) "
        "UPDATE case_file SET team_id = t.id FROM t WHERE reference <> $1",
        later,
    )
    assert await matches(house, later) == []


async def test_who_was_recorded_by_another_code_or_name_is_found_as_such_and_is_no_certainty(house):
    """A wrong code may have been a stranger's: what was corrected finds, and never says that it is the same person."""
    first = await house.submitted()
    person, case = await house.person("social-worker"), await house.draft("social-worker")
    await person.put(f"/cases/{case}/client", story.CLIENT)
    party = (await person.post(f"/cases/{case}/parties", story.VIOLENT, 201))["id"]
    await person.put(f"/cases/{case}/client", OTHER)
    await person.put(f"/cases/{case}/parties/{party}", story.SECOND_VIOLENT | {"role": "other", "identity_code": ""})
    await person.put(f"/cases/{case}/parties/{party}", story.SECOND_VIOLENT)
    await person.post(f"/cases/{case}/consent", await house.consent_body())
    await person.put(f"/cases/{case}/assessment", {"answers": story.answers(15)})
    await person.post(f"/cases/{case}/submission")
    (match,) = await matches(house, case)
    assert (match["reference"], match["strong"]) == (first, False)
    shared = {(found["here"], found["there"]): found for found in match["shared"]}
    assert set(shared) == {("client", "client"), ("person_using_violence", "person_using_violence")}, "a role of today"
    for found in shared.values():
        assert found["what"] == []
        assert found["former"] == ["identity_code", "name", "name_and_birth"]
        assert not found["strong"]
    page = words((await (await at_pages(house, "coordinator")).get(f"/cases/{case}/matches")).text)
    assert "Sama kuin tieto, joka on sittemmin korjattu: sama henkilötunnus" in page
    await person.put(f"/cases/{case}/client", story.CLIENT)
    (match,) = await matches(house, case)
    shared = {(found["here"], found["there"]): found for found in match["shared"]}
    assert shared["client", "client"]["strong"], "put back, it is what the record says"
    assert shared["client", "client"]["former"] == []


@pytest.mark.parametrize(
    ("alias", "client", "what"),
    [
        ({"name": "Aino Entinen"}, {"name": "Aino Entinen"}, "name"),
        ({"birth_date": "1994-05-05"}, {"name": "Aili Esimerkki", "identity_code": "050594U903M"}, "name_and_birth"),
    ],
)
async def test_other_names_and_birth_dates_are_found(house, alias, client, what):
    first, officer = await house.submitted(), await house.person("officer")
    await officer.post(f"/cases/{first}/aliases", alias, 201)
    later = await second(house, client=client, violent=story.SECOND_VIOLENT)
    (match,) = await matches(house, later)
    assert what in match["shared"][0]["what"]


async def test_an_alias_that_is_taken_back_is_not_found(house):
    first, officer = await house.submitted(), await house.person("officer")
    alias = (await officer.post(f"/cases/{first}/aliases", {"name": "Aino Entinen"}, 201))["id"]
    await officer._call("DELETE", f"/cases/{first}/aliases/{alias}", None, 204)
    later = await second(house, client={"name": "Aino Entinen"}, violent=story.SECOND_VIOLENT)
    assert await matches(house, later) == []
    assert await officer.get(f"/cases/{first}/aliases") == []


async def test_changing_the_client_keeps_the_aliases_hashes(house):
    officer, case = await house.person("officer"), await house.draft()
    await officer.post(f"/cases/{case}/aliases", {"name": "Aino Entinen"}, 409)
    await officer.put(f"/cases/{case}/client", story.CLIENT)
    await officer.post(f"/cases/{case}/aliases", {"name": "Aino Entinen"}, 201)
    await officer.put(f"/cases/{case}/client", story.CLIENT)
    whats = await house.fetch("SELECT what, former FROM lookup_hash")
    found = sorted(row["what"] for row in whats if row["what"] in {"identity_code", "name", "name_and_birth"})
    assert found == ["identity_code", "name", "name", "name_and_birth", "name_and_birth"]
    assert not any(row["former"] for row in whats), "what did not change is not former"


async def test_an_alias_page_names_what_is_wrong_and_keeps_what_was_typed(house):
    case, officer = await house.submitted(), await at_pages(house, "officer")
    page = await officer.post(f"/cases/{case}/aliases", 422, name="Aino Entinen", birth_date="2999-01-01")
    assert "Aino Entinen" in page.text
    assert 'href="#birth_date"' in page.text
    await officer.post(f"/cases/{case}/aliases", 422)
    await officer.post(f"/cases/{case}/aliases", name="Aino Entinen", birth_date="1990-01-01")
    page = await officer.get(f"/cases/{case}/aliases")
    assert "Aino Entinen" in page.text
    removal = page.text.split('action="/cases/')[1].split('"')[0]
    await officer.post(f"/cases/{removal}")
    assert "Aino Entinen" not in (await officer.get(f"/cases/{case}/aliases")).text


async def test_only_who_may_see_the_client_sees_other_names_and_only_the_referrer_adds_them(house):
    case = await house.filled_draft()
    officer = await house.person("officer")
    await officer.post(f"/cases/{case}/aliases", {"name": "Aino Entinen"}, 201)
    await officer.post(f"/cases/{case}/submission")
    coordinator = await house.person("coordinator")
    assert [alias["name"] for alias in await coordinator.get(f"/cases/{case}/aliases")] == ["Aino Entinen"]
    await coordinator.post(f"/cases/{case}/aliases", {"name": "Aino"}, 403)
    await (await house.person("municipality")).get(f"/cases/{case}/aliases", 404)
    await officer.post(f"/cases/{case}/consent/withdrawal")
    await coordinator.get(f"/cases/{case}/aliases", 404)
    await officer.post(f"/cases/{case}/aliases", {"name": "Aino"}, 409)


async def test_every_hit_is_logged_in_both_cases(house):
    first, later = await house.submitted(), await second(house)
    await matches(house, later)
    auditor = await house.person("auditor")
    for case in (first, later):
        entries = await auditor.get(f"/audit/entries?case={case}")
        found = [entry for entry in entries if entry["body"]["act"] == "see_matches"]
        assert found, case
        assert found[0]["detail"]["subject"] is not None
    assert "matched" in {entry["body"]["result"] for entry in await auditor.get(f"/audit/entries?case={first}")}


async def test_a_closed_case_is_found_again(house):
    first = await house.submitted()
    meeting = await house.opened(first, "Heikki")
    await house.minutes(meeting, first)
    coordinator = await house.person("coordinator")
    await coordinator.post(f"/cases/{first}/closing", {"outcome": "no_further_need"})
    (match,) = await matches(house, await second(house))
    assert (match["reference"], match["stage"], match["repeat"]) == (first, "closed", True)


async def test_the_page_of_matches_shows_no_name(house):
    first, later = await house.submitted(), await second(house)
    page = (await (await at_pages(house, "coordinator")).get(f"/cases/{later}/matches")).text
    assert first in page
    for secret in (*story.CLIENT.values(), story.VIOLENT["name"], story.VIOLENT["identity_code"]):
        assert secret not in page


async def back(house, case, months, days=0):
    """Date a case back, with its meeting."""
    ago = "make_interval(months => $2, days => $3)"
    await house.fetch(
        f"UPDATE case_file SET submitted_at = submitted_at - {ago} WHERE reference = $1", case, months, days
    )


@pytest.mark.parametrize(("months", "days", "repeat"), [(0, 0, True), (12, 0, True), (12, 1, False), (36, 0, False)])
async def test_the_same_two_people_are_a_repeat_for_twelve_months_and_an_earlier_case_afterwards(
    house, months, days, repeat
):
    first, later = await house.submitted(), await second(house)
    await back(house, first, months, days)
    (match,) = await matches(house, later)
    assert (match["reference"], match["same_people"], match["repeat"]) == (first, True, repeat)
    (match,) = await matches(house, first)
    assert match["repeat"] is repeat, "the other way round it is the same"
    page = words((await (await at_pages(house, "coordinator")).get(f"/cases/{later}/matches")).text)
    assert ("asia voi olla uusiutunut" in page) is repeat
    assert ("yli 12 kuukautta" in page) is not repeat


async def test_the_months_are_a_dated_parameter_of_the_team(house):
    first, later = await house.submitted(), await second(house)
    await back(house, first, 20)
    await set_number(house, "repeat_months", 24)
    assert (await matches(house, later))[0]["repeat"]


@pytest.mark.parametrize("discussed", [True, False])
async def test_a_team_may_count_from_the_last_meeting_that_discussed_it(house, discussed):
    first = await house.submitted()
    meeting = await house.opened(first, "Heikki")
    if discussed:
        await house.minutes(meeting, first)
    later = await second(house)
    await back(house, first, 18)
    await house.fetch(
        "UPDATE meeting SET starts_at = now() - interval '7 months', ends_at = now() - interval '6 months'"
    )
    assert not (await matches(house, later))[0]["repeat"]
    await set_number(house, "repeat_from_meeting", 1)
    assert (await matches(house, later))[0]["repeat"] is discussed


async def set_number(house, name, value):
    await house.fetch(
        "INSERT INTO dated_parameter (id, pathway, name, team_id, value, valid_from) "
        "SELECT gen_random_uuid(), 'marak', $1, id, $2, now() - interval '1 day' FROM team",
        name,
        value,
    )
