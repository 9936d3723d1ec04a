"""A team is asked without saying who it is about: nobody is named or looked for, and in the end a count is left."""

import re

import pytest
from sqlalchemy import event
from tests.consultations.asking import ANSWER, SITUATION, answered, asked
from tests.pages import at_pages, hidden

from multiagency.consultations.jobs import forget_questions
from multiagency.demo import story
from multiagency.kernel.actor import Door
from multiagency.kernel.clock import today
from multiagency.tables import metadata

WITHOUT = ("officer-2", "social-worker", "county", "municipality", "shelter")
"""Colleagues of the asker, and others who may ask and see nobody else's questions."""
FAMILY = {"client-name": story.CLIENT["name"], "person_using_violence-name": story.VIOLENT["name"]}


def has_named(problem, field):
    return field in {error["field"] for error in problem["errors"]}


@pytest.mark.parametrize(
    "text",
    ["Hän on 010190-123A.", "Numero on 040 123 4567.", "Osoite on Koskikatu 5.", "Posti a@b.fi", "96200 Rovaniemi"],
)
async def test_what_says_who_it_is_is_refused_at_its_field(house, text):
    officer = await house.person("officer")
    body = {"team": await house.team(), "text": text}
    assert has_named(await officer.post("/consultations", body, 422), "text")
    question = await asked(house)
    assert has_named(await officer.post(f"/consultations/{question}/questions", {"text": text}, 422), "text")
    assert len(await house.fetch("SELECT FROM consultation_words")) == 1


async def test_a_likely_name_is_taken_out_or_declared_word_by_word(house):
    officer, text = await at_pages(house, "officer"), "Asiakas kertoi, että Virtanen uhkaa ja että Kela maksaa."
    team = await house.team()
    page = (await officer.post("/consultations/new", 422, team=team, text=text)).text
    assert re.findall(r'name="harmless" value="([^"]*)"', page) == ["Virtanen", "Kela"]
    assert text in page
    await officer.post("/consultations/new", 422, team=team, text=text, harmless=["Kela"])
    assert await house.fetch("SELECT FROM consultation") == []
    without = text.replace("Virtanen", "mies")
    await officer.post("/consultations/new", team=team, text=without, harmless=["Kela"])
    assert len(await house.fetch("SELECT FROM consultation")) == 1


async def test_the_first_word_of_a_sentence_is_asked_about_only_beside_a_name(house):
    officer, body = await house.person("officer"), {"team": await house.team(), "text": "Maksaako Kela matkan?"}
    problem = await officer.post("/consultations", body, 422)
    assert "Maksaako, Kela" in problem["errors"][0]["message"]
    await officer.post("/consultations", body | {"harmless": ["Kela"]}, 201)


async def test_an_answer_may_name_a_service_and_nobody(house):
    question, coordinator = await asked(house), await house.person("coordinator")
    at = f"/consultations/{question}/answers"
    assert has_named(await coordinator.post(at, {"text": "Tämä on varmaan Virtanen."}, 422), "harmless")
    await coordinator.post(at, {"text": "Soita 016 000 000, Koskikatu 5.", "harmless": ["koskikatu"]})
    said = (await (await house.person("officer")).get(f"/consultations/{question}"))["said"]
    assert [one["asked"] for one in said] == [True, False]


async def test_only_the_asker_and_the_team_s_coordinators_see_it(house):
    question = await answered(house)
    for login in ("officer", "coordinator", "coordinator-2"):
        person = await house.person(login)
        assert [one["text"] for one in (await person.get(f"/consultations/{question}"))["said"]] == [SITUATION, ANSWER]
        assert [one["reference"] for one in await person.get("/consultations")] == [question]
    for login in WITHOUT:
        person = await house.person(login)
        await person.get(f"/consultations/{question}", 404)
        assert await person.get("/consultations") == []
        await person.post(f"/consultations/{question}/questions", {"text": SITUATION}, 404)
        await person.post(f"/consultations/{question}/ending", expect=404)
    for login in ("supervisor", "auditor", "administrator"):
        await (await house.person(login)).get(f"/consultations/{question}", 403)


async def test_of_another_team_its_coordinators_see_nothing(house):
    await house.fetch(
        "INSERT INTO team (id, pathway, name, convener_id) SELECT gen_random_uuid(), pathway, 'Muualla', convener_id "
        "FROM team"
    )
    question = await asked(house)
    await house.fetch("UPDATE consultation SET team_id = (SELECT id FROM team WHERE name = 'Muualla')")
    for login in ("coordinator", "coordinator-2"):
        person = await house.person(login)
        await person.get(f"/consultations/{question}", 404)
        await person.post(f"/consultations/{question}/answers", {"text": ANSWER}, 404)
        assert await person.get("/consultations") == []
    await house.fetch("DELETE FROM consultation_words")
    await house.fetch("DELETE FROM consultation")
    await house.fetch("DELETE FROM team WHERE name = 'Muualla'")


async def test_the_coordinator_finds_it_on_the_first_page_and_is_told(house):
    question = await asked(house)
    coordinator = await at_pages(house, "coordinator")
    place = f"/consultations/{question}"
    assert place in (await coordinator.get("/")).text
    told = [notice["what"] for notice in await (await house.person("coordinator")).get("/notices")]
    assert "consultation_asked" in told
    await coordinator.post(f"{place}/answer", text=ANSWER)
    assert place not in (await coordinator.get("/")).text
    second = await (await house.person("coordinator-2")).get("/notices")
    assert all(notice["read"] for notice in second if notice["what"] == "consultation_asked")
    officer = await at_pages(house, "officer")
    assert place in (await officer.get("/")).text
    page = (await officer.get(place)).text
    assert ANSWER in page
    await officer.post(f"{place}/question", text="Entä jos asiakas ei suostu?")
    assert place in (await coordinator.get("/")).text


async def test_nothing_of_it_is_ever_compared_with_a_client(house):
    """Asked, read, answered, asked on, listed and ended: no statement names a table of client data."""
    await house.submitted()
    statements = []
    engine = house.runtime.engines[Door.APP].sync_engine

    def note(_connection, _cursor, statement, *_):
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        question = await answered(house)
        officer, coordinator = await at_pages(house, "officer"), await at_pages(house, "coordinator")
        for person in (officer, coordinator):
            await person.get("/consultations")
            await person.get(f"/consultations/{question}")
        text = f"Onko {story.CLIENT['name']} teille tuttu?"
        await officer.post(f"/consultations/{question}/question", 422, text=text)
        await officer.post(f"/consultations/{question}/question", text="Onko hän teille tuttu?")
        await officer.post(f"/consultations/{question}/ending")
    finally:
        event.remove(engine, "before_cursor_execute", note)
    clients = {table.name for table in metadata.sorted_tables if "client_data" in table.info}
    hashes = {"lookup_hash", "access_grant", "lawful_basis"}
    asked_about = {word for statement in statements for word in re.findall(r"\w+", statement)}
    assert "consultation_words" in asked_about
    assert asked_about & (clients | hashes) == set()


async def test_what_is_ended_is_deleted_and_counted(house):
    question, officer = await answered(house), await house.person("officer")
    await officer.post(f"/consultations/{question}/ending")
    for login in ("officer", "coordinator"):
        await (await house.person(login)).get(f"/consultations/{question}", 404)
    assert await house.fetch("SELECT FROM consultation_words") == []
    assert await house.fetch("SELECT FROM data_key WHERE retention_class LIKE 'consultation-%'") == []
    (left,) = await house.fetch("SELECT asker_id, month, ended_how FROM consultation")
    assert tuple(left) == (None, today().replace(day=1), "ended")


async def test_after_its_days_the_worker_ends_it(house):
    question, other = await answered(house), await asked(house, "municipality")
    assert await forget_questions(house.runtime, await house.service()) == 0
    await house.fetch(f"UPDATE consultation SET ends_on = current_date - 2 WHERE reference = '{question}'")
    assert await forget_questions(house.runtime, await house.service()) == 1
    officer = await house.person("officer")
    await officer.get(f"/consultations/{question}", 404)
    assert "consultation_ended" in [notice["what"] for notice in await officer.get("/notices")]
    assert len(await house.fetch("SELECT FROM consultation_words")) == 1
    await (await house.person("municipality")).get(f"/consultations/{other}")


async def test_a_team_s_own_days_count(house):
    await house.fetch(
        "INSERT INTO dated_parameter (id, pathway, name, team_id, value, valid_from) "
        "SELECT gen_random_uuid(), pathway, 'consultation_days', id, 0, now() - interval '1 day' FROM team"
    )
    await asked(house)
    assert (await house.fetch("SELECT ends_on FROM consultation"))[0]["ends_on"] == today()


async def test_it_becomes_a_case_with_its_text_in_the_draft_and_consent_still_to_be_asked(house):
    question, officer = await answered(house), await at_pages(house, "officer")
    await officer.post(f"/consultations/{question}/question", text="Entä lapset?")
    page = (await officer.get(f"/consultations/{question}")).text
    place = re.search(r'href="(/cases/new\?[^"]*)"', page)[1].replace("&amp;", "&")
    assert SITUATION not in place
    fields = hidden((await officer.get(place)).text)
    assert fields["consultation"] == question
    await officer.post("/cases/new", 422, **{**fields, "client-name": ""})
    assert len(await house.fetch("SELECT FROM consultation_words")) == 3, "nothing is lost when the form is wrong"
    await officer.post("/cases/new", **fields | FAMILY)
    (case,) = await house.fetch("SELECT reference FROM case_file")
    part = await (await house.person("officer")).get(f"/cases/{case['reference']}/part")
    assert part["narrative"] == f"{SITUATION}\n\nEntä lapset?"
    assert await (await house.person("officer")).get(f"/cases/{case['reference']}/consent") is None
    assert (await house.fetch("SELECT ended_how FROM consultation"))[0]["ended_how"] == "became_case"
    assert await house.fetch("SELECT FROM consultation_words") == []
    await (await house.person("coordinator")).get(f"/cases/{case['reference']}", 404)


async def test_somebody_else_s_question_carries_nothing_into_a_case(house):
    question, officer = await answered(house), await at_pages(house, "officer-2")
    place = f"/cases/new?team={await house.team()}&consultation={question}"
    fields = hidden((await officer.get(place)).text) | FAMILY
    await officer.post("/cases/new", **fields)
    assert await house.fetch("SELECT FROM case_part") == []
    assert len(await house.fetch("SELECT FROM consultation_words")) == 2


async def test_the_log_tells_who_did_what_and_names_nobody(house):
    question = await answered(house)
    await (await house.person("officer")).post(f"/consultations/{question}/ending")
    await house.number_log()
    entries = await (await house.person("auditor")).get("/audit/entries")
    acts = [entry["body"]["act"] for entry in entries]
    assert {"ask_team", "answer_question", "end_question"} <= set(acts)
    assert SITUATION not in str(entries)


async def test_the_words_and_their_key_are_nobody_s_but_theirs_in_the_database_too(house):
    await answered(house)
    for login, number in (("officer", 2), ("coordinator", 2), ("officer-2", 0), ("shelter", 0), ("auditor", 0)):
        secret = (await house.person(login))._headers["cookie"].split("=", 1)[1]
        async with house.as_role("app", secret) as connection:
            assert await connection.fetchval("SELECT count(*) FROM consultation_words") == number
            keys = "SELECT count(*) FROM data_key WHERE retention_class LIKE 'consultation-%'"
            assert await connection.fetchval(keys) == bool(number)
            await connection.execute("SELECT end_consultation(id, 'ran_out') FROM consultation")
    assert len(await house.fetch("SELECT FROM consultation WHERE ended_how IS NULL")) == 1
