"""A form or a program's post that comes twice is one act, and is answered twice alike."""

import asyncio
import html
import re

import pytest
from tests.cases.test_opening_people import FAMILY
from tests.kernel.test_row_security import secret_of
from tests.pages import at_pages, hidden

from multiagency.demo import story
from multiagency.kernel.once import forget_answers

PARTY = story.CHILD | {"identity_code": ""}


def token_of(page):
    return html.unescape(re.search(r'name="csrf" value="([^"]+)"', page.partition("<main")[2])[1])


async def rendered(visitor, path):
    return token_of((await visitor.get(path)).text)


async def parties(house):
    return len(await house.fetch("SELECT FROM party"))


async def test_a_form_sent_twice_is_one_act_and_answered_alike(house):
    pages, case = await at_pages(house, "officer"), await house.draft()
    path = f"/cases/{case}/people/new"
    token = await rendered(pages, path)
    answers = [await pages.post(path, csrf=token, **PARTY) for _ in range(2)]
    assert {answer.headers["location"] for answer in answers} == {f"/cases/{case}"}
    assert [cookie for answer in answers for cookie in answer.headers.get_list("set-cookie") if "saved" in cookie][1]
    assert await parties(house) == 1


async def test_two_clicks_at_the_same_moment_are_one_act(house):
    pages, case = await at_pages(house, "officer"), await house.draft()
    path = f"/cases/{case}/people/new"
    token = await rendered(pages, path)
    answers = await asyncio.gather(*(pages.post(path, csrf=token, **PARTY) for _ in range(4)))
    assert {answer.headers["location"] for answer in answers} == {f"/cases/{case}"}
    assert await parties(house) == 1


async def test_a_case_is_opened_once(house):
    pages = await at_pages(house, "officer")
    token = await rendered(pages, "/cases/new")
    answers = [await pages.post("/cases/new", csrf=token, team=await house.team(), **FAMILY) for _ in range(2)]
    assert answers[0].headers["location"] == answers[1].headers["location"]
    assert len(await house.fetch("SELECT FROM case_file")) == 1


async def test_who_goes_back_and_sends_another_text_means_another_act(house):
    pages, case = await at_pages(house, "officer"), await house.draft()
    path = f"/cases/{case}/people/new"
    token = await rendered(pages, path)
    await pages.post(path, csrf=token, **PARTY)
    await pages.post(path, csrf=token, **PARTY | {"name": "Toinen Lapsi", "identity_code": ""})
    assert await parties(house) == 2


async def test_what_was_refused_is_done_when_it_is_put_right(house):
    pages, case = await at_pages(house, "officer"), await house.draft()
    path = f"/cases/{case}/people/new"
    token = await rendered(pages, path)
    for _ in range(2):
        await pages.post(path, 422, csrf=token, **PARTY | {"name": ""})
    await pages.post(path, csrf=token, **PARTY)
    assert await parties(house) == 1


async def test_a_form_of_another_rendering_is_another_act(house):
    pages, case = await at_pages(house, "officer"), await house.draft()
    path = f"/cases/{case}/people/new"
    for _ in range(2):
        await pages.post(path, csrf=await rendered(pages, path), **PARTY)
    assert await parties(house) == 2


async def test_a_form_of_one_person_is_not_sent_by_another(house):
    pages, others, case = await at_pages(house, "officer"), await at_pages(house, "officer-2"), await house.draft()
    path = f"/cases/{case}/people/new"
    token = await rendered(pages, path)
    await others.post(path, 403, csrf=token, **PARTY)
    for broken in (token[:-4], token[:-4] + "AAAA", "x", "", "ä"):
        await pages.post(path, 403, csrf=broken, **PARTY)
    assert await parties(house) == 0


class TestPrograms:
    """`Idempotency-Key` as draft-ietf-httpapi-idempotency-key-header-07 has it."""

    async def send(self, house, key, body=PARTY, login="officer", case=None, path="parties"):
        headers = (await house.person(login))._headers | ({"idempotency-key": key} if key else {})
        return await house.http.post(f"/api/v1/cases/{case}/{path}", json=body, headers=headers)

    async def test_the_same_key_and_body_are_one_act(self, house):
        case = await house.draft()
        first, second = [await self.send(house, '"a"', case=case) for _ in range(2)]
        assert first.status_code == second.status_code == 201
        assert first.headers["location"] == second.headers["location"]
        assert first.headers["location"].endswith(first.json()["id"])
        assert await parties(house) == 1

    async def test_the_same_key_with_another_body_or_place_is_refused(self, house):
        case = await house.draft()
        await self.send(house, '"a"', case=case)
        other = await self.send(house, '"a"', story.VIOLENT, case=case)
        assert (other.status_code, other.json()["errors"][0]["field"]) == (422, "idempotency-key")
        assert (await self.send(house, '"a"', case=await house.draft())).status_code == 422
        assert await parties(house) == 1

    async def test_another_key_or_none_is_another_act(self, house):
        case = await house.draft()
        for key in ('"a"', '"b"', None, None):
            assert (await self.send(house, key, case=case)).status_code == 201
        assert await parties(house) == 4

    async def test_a_key_is_its_posts_own(self, house):
        body = {"team": await house.team()}
        answers = []
        for login in ("officer", "officer-2"):
            headers = (await house.person(login))._headers | {"idempotency-key": '"a"'}
            answers.append(await house.http.post("/api/v1/cases", json=body, headers=headers))
        assert answers[0].headers["location"] != answers[1].headers["location"]

    async def test_one_that_is_under_way_is_said_to_be(self, house):
        case, superuser = await house.draft(), await house.superuser()
        transaction = superuser.transaction()
        await transaction.start()
        await superuser.execute("LOCK TABLE party IN EXCLUSIVE MODE")
        first = asyncio.create_task(self.send(house, '"a"', case=case))
        for _ in range(200):
            if await house.fetch("SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted"):
                break
            await asyncio.sleep(0.05)
        assert (await self.send(house, '"a"', case=case)).status_code == 409
        await transaction.rollback()
        await superuser.close()
        assert (await first).status_code == 201
        assert (await self.send(house, '"a"', case=case)).status_code == 201
        assert await parties(house) == 1

    async def test_what_failed_is_tried_anew(self, house):
        case = await house.draft()
        assert (await self.send(house, '"a"', PARTY | {"name": ""}, case=case)).status_code == 422
        assert (await self.send(house, '"a"', case=case)).status_code == 201

    @pytest.mark.parametrize("key", ["", "x" * 201])
    async def test_a_key_of_no_or_of_endless_length_is_refused(self, house, key):
        case = await house.draft()
        headers = (await house.person("officer"))._headers | {"idempotency-key": key}
        answer = await house.http.post(f"/api/v1/cases/{case}/parties", json=PARTY, headers=headers)
        assert answer.status_code == 422

    async def test_what_only_reads_is_not_kept(self, house):
        headers = (await house.person("auditor"))._headers | {"idempotency-key": '"a"'}
        body = {"name": story.CLIENT["name"]}
        assert (await house.http.post("/api/v1/audit/subjects", json=body, headers=headers)).status_code == 200
        assert await house.fetch("SELECT FROM given_answer") == []


async def test_nothing_of_what_was_sent_is_kept_and_nobody_else_sees_it(house):
    pages, case = await at_pages(house, "officer"), await house.draft()
    path = f"/cases/{case}/people/new"
    await pages.post(path, csrf=await rendered(pages, path), **PARTY)
    [row] = await house.fetch("SELECT * FROM given_answer")
    assert set(dict(row)) == {
        *("id", "post_id", "key_hash", "body_hash", "status", "location", "said", "given_at"),
    }
    assert (len(row["key_hash"]), len(row["body_hash"])) == (32, 32)
    assert (row["status"], row["location"], row["said"]) == (303, f"/cases/{case}", "saved")
    for login, rows in (("officer", 1), ("officer-2", 0), ("coordinator", 0), ("auditor", 0)):
        async with house.as_role("app", await secret_of(house, login)) as connection:
            assert await connection.fetchval("SELECT count(*) FROM given_answer") == rows


async def test_after_its_time_it_is_forgotten_and_may_be_done_again(house):
    pages, case = await at_pages(house, "officer"), await house.draft()
    path = f"/cases/{case}/people/new"
    token = await rendered(pages, path)
    await pages.post(path, csrf=token, **PARTY)
    superuser = await house.superuser()
    await superuser.execute("UPDATE given_answer SET given_at = given_at - interval '23 hours'")
    await forget_answers(house.runtime, await house.service())
    await pages.post(path, csrf=token, **PARTY)
    assert await parties(house) == 1
    await superuser.execute("UPDATE given_answer SET given_at = given_at - interval '2 hours'")
    await pages.post(path, csrf=token, **PARTY)
    assert await parties(house) == 2
    await superuser.execute("UPDATE given_answer SET given_at = given_at - interval '25 hours'")
    await superuser.close()
    await forget_answers(house.runtime, await house.service())
    assert await house.fetch("SELECT FROM given_answer") == []


async def test_every_form_of_a_page_has_a_token_of_its_rendering(house):
    pages, case = await at_pages(house, "officer"), await house.draft()
    first, second = [hidden((await pages.get(f"/cases/{case}/client")).text) for _ in range(2)]
    assert first["csrf"] != second["csrf"]
