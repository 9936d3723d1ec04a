"""Two cases of one person are linked only by a consent that names both, and seen as linked only with sight of both."""

import pytest
from tests.kernel.test_row_security import secret_of
from tests.models import add_team, wellbeing_consent
from tests.pages import at_pages, words

from multiagency.demo import story
from multiagency.kernel.clock import today

YES = {"answer": "yes", "answered_on": str(today()), "how": "spoken"}


async def other_draft(house, login="social-worker", client=story.CLIENT, team=None):
    """A wellbeing referral of the same person."""
    person, team = await house.person(login), team or await add_team(house, "wellbeing")
    body = {"team": team, "reasons": ["loneliness"]}
    case = (await person.post("/cases", body, 201))["reference"]
    await person.put(f"/cases/{case}/client", client)
    return case


async def both(house):
    """A case of MARAK and a wellbeing referral of the same person, both in the social worker's sight."""
    first = await house.filled_draft("social-worker")
    return first, await other_draft(house)


async def linked(house, login, case):
    return [one["reference"] for one in await (await house.person(login)).get(f"/cases/{case}/links")]


async def test_a_yes_that_names_both_links_them_and_stands_in_both(house):
    first, second = await both(house)
    worker = await house.person("social-worker")
    await worker.post(f"/cases/{first}/links", YES | {"reference": second})
    assert await linked(house, "social-worker", first) == [second]
    assert await linked(house, "social-worker", second) == [first]
    rows = await house.fetch(
        "SELECT c.reference, l.capacity, l.giver_id, l.how, l.answered_on FROM case_link l "
        "JOIN case_file c ON c.id = l.case_id"
    )
    assert {row["reference"] for row in rows} == {first, second}, "the answer is recorded in each of the two"
    assert {(row["capacity"], row["giver_id"], row["how"], row["answered_on"]) for row in rows} == {
        ("self", None, "spoken", today())
    }
    for case in (first, second):
        page = (await (await at_pages(house, "social-worker")).get(f"/cases/{case}")).text
        assert "Yhdistetty toiseen asiaan, jonka näet" in page


@pytest.mark.parametrize("missing", ["answer", "answered_on", "how"])
async def test_there_is_no_default_and_a_no_links_nothing(house, missing):
    first, second = await both(house)
    worker = await house.person("social-worker")
    whole = YES | {"reference": second}
    await worker.post(f"/cases/{first}/links", {name: whole[name] for name in whole if name != missing}, 422)
    await worker.post(f"/cases/{first}/links", whole | {"answer": "no"}, 422)
    assert await house.fetch("SELECT FROM case_link") == []


async def test_a_case_out_of_sight_is_answered_as_one_that_does_not_exist(house):
    first = await house.filled_draft()
    hidden = await other_draft(house)
    officer = await house.person("officer")
    headers = officer._headers
    answers = []
    for reference in (hidden, "ABCD-EFGH-JKLM", first):
        body = YES | {"reference": reference}
        answer = await house.http.post(f"/api/v1/cases/{first}/links", json=body, headers=headers)
        answers.append((answer.status_code, answer.json()["errors"]))
    assert answers[0] == answers[1] == answers[2]
    assert answers[0][0] == 422


async def test_who_sees_one_of_the_two_learns_nothing_of_the_other(house):
    first = await house.submitted("social-worker")
    second = await other_draft(house)
    await (await house.person("social-worker")).post(f"/cases/{second}/links", YES | {"reference": first})
    assert await linked(house, "coordinator", first) == []
    page = (await (await at_pages(house, "coordinator")).get(f"/cases/{first}")).text
    assert "Yhdistetty toiseen asiaan" not in page
    page = (await (await at_pages(house, "coordinator")).get(f"/cases/{first}/links")).text
    assert second not in page
    async with house.as_role("app", await secret_of(house, "coordinator")) as connection:
        assert await connection.fetchval("SELECT count(*) FROM case_file WHERE reference = $1", first) == 1
        assert await connection.fetchval("SELECT count(*) FROM case_link") == 0
        wanted = await connection.fetchval("SELECT id FROM case_file WHERE reference = $1", first)
        assert not await connection.fetchval("SELECT is_linked($1)", wanted)
    async with house.as_role("app", await secret_of(house, "social-worker")) as connection:
        assert await connection.fetchval("SELECT count(*) FROM case_link") == 2
        assert await connection.fetchval("SELECT is_linked($1)", wanted)


async def test_the_database_tells_of_a_link_also_where_one_case_is_laid_open_and_only_to_who_sees_both(house):
    first, second = await both(house)
    await (await house.person("social-worker")).post(f"/cases/{first}/links", YES | {"reference": second})
    [case] = await house.fetch("SELECT id FROM case_file WHERE reference = $1", first)
    for login, seen in (("social-worker", True), ("coordinator", False), ("auditor", False)):
        async with house.as_role("app", await secret_of(house, login)) as connection:
            await connection.execute("SELECT set_config('multiagency.case', $1, true)", first)
            assert await connection.fetchval("SELECT is_linked($1)", case["id"]) is seen, login
            laid_open = await connection.fetchval("SELECT current_setting('multiagency.case')")
            assert laid_open == first, "asking opens no other case"


async def test_a_link_is_seen_no_longer_once_sight_of_either_is_gone(house):
    first, second = await both(house)
    await (await house.person("social-worker")).post(f"/cases/{first}/links", YES | {"reference": second})
    await house.fetch(
        "INSERT INTO access_bar (id, case_id, person_id, reason, found, valid_from) "
        "SELECT gen_random_uuid(), c.id, p.id, 'conflict_of_interest', false, now() FROM case_file c, person p "
        "WHERE c.reference = $1 AND p.name LIKE 'Marja%'",
        second,
    )
    assert await linked(house, "social-worker", first) == []


async def test_the_cases_must_be_about_one_person(house):
    first = await house.filled_draft("social-worker")
    second = await other_draft(house, client=story.SECOND_CLIENT)
    await (await house.person("social-worker")).post(f"/cases/{first}/links", YES | {"reference": second}, 422)
    assert await house.fetch("SELECT FROM case_link") == []


async def test_who_neither_refers_nor_coordinates_links_nothing(house):
    first, second = await both(house)
    await (await house.person("officer")).post(f"/cases/{first}/links", YES | {"reference": second}, 404)
    await (await house.person("social-worker")).post(f"/cases/{first}/submission")
    await house.opened(first, "Heikki")
    await (await house.person("municipality")).post(f"/cases/{first}/links", YES | {"reference": second}, 403)


async def test_a_link_once_made_is_not_made_twice(house):
    first, second = await both(house)
    worker = await house.person("social-worker")
    await worker.post(f"/cases/{first}/links", YES | {"reference": second})
    await worker.post(f"/cases/{second}/links", YES | {"reference": first}, 422)
    assert len(await house.fetch("SELECT FROM case_link")) == 2


async def linked_pair(house):
    first = await house.submitted("social-worker")
    second = await other_draft(house)
    worker = await house.person("social-worker")
    await worker.post(f"/cases/{first}/links", YES | {"reference": second})
    return worker, first, second


@pytest.mark.parametrize("how", ["withdrawn", "refused", "ended", "taken back here", "taken back there", "expired"])
async def test_the_link_ends_with_the_consent_of_either(house, how):
    worker, first, second = await linked_pair(house)
    if how == "withdrawn":
        await worker.post(f"/cases/{first}/consent/withdrawal")
    elif how == "refused":
        await worker.post(f"/cases/{second}/consent", await wellbeing_consent(house) | {"answer": "refused"})
    elif how == "ended":
        await (await house.person("coordinator")).post(
            f"/cases/{first}/ending", {"why": "no_longer_wanted", "words": "Asiakas ei enää halua."}
        )
    elif how == "taken back here":
        await worker.post(f"/cases/{second}/links/ending", {"reference": first})
    elif how == "taken back there":
        await (await house.person("coordinator")).post(f"/cases/{first}/links/ending", {})
    else:
        await house.fetch("UPDATE case_link SET valid_to = now()")
    assert await linked(house, "social-worker", first) == []
    assert await linked(house, "social-worker", second) == []
    async with house.as_role("app", await secret_of(house, "social-worker")) as connection:
        assert await connection.fetchval("SELECT count(*) FROM case_link") == 0


async def test_who_ends_links_that_they_do_not_see_is_told_nothing_and_the_log_knows_both_cases(house):
    _, first, second = await linked_pair(house)
    coordinator = await house.person("coordinator")
    assert await coordinator.post(f"/cases/{first}/links/ending", {}) is None
    assert await coordinator.post(f"/cases/{first}/links/ending", {}) is None, "with or without one, the same answer"
    await coordinator.post(f"/cases/{first}/links/ending", {"reference": second}, 422)
    auditor = await house.person("auditor")
    for case, result in ((first, "done"), (second, "link_ended")):
        entries = await auditor.get(f"/audit/entries?case={case}")
        assert result in {entry["body"]["result"] for entry in entries if entry["body"]["act"] == "link_cases"}


async def test_a_link_outlives_no_consent_that_runs_out(house):
    first, second = await both(house)
    worker = await house.person("social-worker")
    body = await house.consent_body() | {"expires_at": "2099-01-02T10:00:00+02:00"}
    await worker.post(f"/cases/{first}/consent", body)
    await worker.post(f"/cases/{first}/links", YES | {"reference": second})
    until = {row["valid_to"].isoformat() for row in await house.fetch("SELECT valid_to FROM case_link")}
    assert until == {"2099-01-02T08:00:00+00:00"}


CHILD = {name: story.CHILD[name] for name in ("name", "identity_code")}


async def child_case(house, login, team=None):
    """A case of MARAK about a child for whom a guardian decides."""
    worker = await house.person(login)
    case = await house.draft(login)
    await worker.put(f"/cases/{case}/client", CHILD)
    guardian = {"role": "guardian", "name": "Aila Huoltaja"}
    party = (await worker.post(f"/cases/{case}/parties", guardian, 201))["id"]
    return case, party


async def test_for_a_child_the_guardians_answer_and_nobody_before_it_is_known_who_decides(house):
    worker = await house.person("social-worker")
    (first, one), (second, other) = [await child_case(house, "social-worker") for _ in range(2)]
    await worker.post(f"/cases/{first}/links", YES | {"reference": second}, 409)
    for case, party in ((first, one), (second, other)):
        judged = {
            "capable": False,
            "reason": "Ei vielä ymmärrä.",
            "heard_at": "2026-11-01T10:00:00+02:00",
            "heard": "-",
        }
        await worker.post(f"/cases/{case}/guardians/capacity", judged)
        await worker.post(f"/cases/{case}/guardians", {"party": party, "may_decide": True, "suspected": False})
    await worker.post(f"/cases/{first}/links", YES | {"reference": second})
    rows = await house.fetch("SELECT giver_id, capacity, valid_to FROM case_link")
    assert {str(row["giver_id"]) for row in rows} == {one, other}
    assert {row["capacity"] for row in rows} == {"guardian"}
    assert all(row["valid_to"] for row in rows), "a guardian's word lasts until the child is of age"
    page = words((await (await at_pages(house, "social-worker")).get(f"/cases/{first}/links")).text)
    assert "Aila Huoltaja suostui" in page
    await worker.post(
        f"/cases/{first}/guardians",
        {"party": one, "may_decide": False, "suspected": False, "restriction_reason": "Ei huoltaja."},
    )
    assert await linked(house, "social-worker", second) == [], "others decide now, and have not been asked"


async def test_the_page_names_what_is_wrong_and_keeps_what_was_typed(house):
    first, second = await both(house)
    visitor = await at_pages(house, "social-worker")
    page = (await visitor.post(f"/cases/{first}/links", 422, reference="ABCD-EFGH-JKLM", answer="yes")).text
    assert "ABCD-EFGH-JKLM" in page
    for field in ("answered_on", "how"):
        assert f'href="#{field}"' in page
    await visitor.post(f"/cases/{first}/links", reference=second, answer="yes", answered_on="1.11.2026", how="written")
    page = words((await visitor.get(f"/cases/{first}/links")).text)
    assert "Asiakas suostui" in page
    await visitor.post(f"/cases/{first}/links/ending")
    assert await linked(house, "social-worker", first) == []
