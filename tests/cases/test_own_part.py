"""What an agency lawfully wrote stays in its own part, and nothing else of the case does."""

import asyncpg
import pytest
from tests.cases.test_bars import bar
from tests.kernel.test_grants import basis, case_id
from tests.kernel.test_row_security import secret_of
from tests.pages import at_pages

from multiagency.demo import story


async def with_two_parts(house, *, write=True):
    case = await house.filled_draft()
    await (await house.person("officer")).post(f"/cases/{case}/contributors", {"post": await house.post_of("Marja")})
    worker = await house.person("social-worker")
    if write:
        await worker.put(f"/cases/{case}/part", {"narrative": story.COUNTY_PART})
    return case, worker


async def test_an_author_keeps_their_own_part_after_a_withdrawal(house):
    case, worker = await with_two_parts(house)
    assert len((await worker.get(f"/cases/{case}"))["parts"]) == 2
    await (await house.person("officer")).post(f"/cases/{case}/consent/withdrawal")
    kept = await worker.get(f"/cases/{case}")
    assert [part["narrative"] for part in kept["parts"]] == [story.COUNTY_PART]
    assert (kept["stage"], kept["client"], kept["safe_contact"], kept["parties"]) == ("withdrawn", None, None, [])
    assert [row["reference"] for row in await worker.get("/cases")] == [case]
    await worker.put(f"/cases/{case}/part", {"narrative": "x"}, 403)
    page = (await (await at_pages(house, "social-worker")).get(f"/cases/{case}")).text
    assert story.COUNTY_PART in page
    assert not any(text in page for text in (story.NARRATIVE, *story.CLIENT.values(), *story.VIOLENT.values()))


async def test_the_database_shows_the_author_nothing_more(house):
    case, _ = await with_two_parts(house)
    await (await house.person("officer")).post(f"/cases/{case}/consent/withdrawal")
    async with house.as_role("app", await secret_of(house, "social-worker")) as connection:
        counts = {
            table: await connection.fetchval(f"SELECT count(*) FROM {table}")
            for table in ("case_file", "case_part", "client", "party", "safe_contact", "consent", "assessment", "seat")
        }
    assert counts == dict.fromkeys(counts, 0) | {"case_file": 1, "case_part": 1}


async def test_one_who_was_asked_and_wrote_nothing_keeps_nothing(house):
    case, worker = await with_two_parts(house, write=False)
    await (await house.person("officer")).post(f"/cases/{case}/consent/withdrawal")
    await worker.get(f"/cases/{case}", 404)


async def test_a_seat_by_itself_keeps_nothing(house):
    case = await house.submitted()
    await house.opened(case, "Heikki")
    await (await house.person("officer")).post(f"/cases/{case}/consent/withdrawal")
    await (await house.person("municipality")).get(f"/cases/{case}", 404)


async def test_writing_again_adds_nothing(house):
    case, worker = await with_two_parts(house)
    await worker.put(f"/cases/{case}/part", {"narrative": "Toinen"})
    assert len(await house.fetch("SELECT FROM access_grant WHERE occasion = 'own_part'")) == 1
    officer = await house.person("officer")
    await officer.put(f"/cases/{case}/part", {"narrative": story.NARRATIVE})
    assert len(await house.fetch("SELECT FROM lawful_basis WHERE reason = 'own_record'")) == 2


async def test_a_bar_beats_it(house):
    case, worker = await with_two_parts(house)
    await bar(house, case, "Marja", "officer")
    await worker.get(f"/cases/{case}", 404)


async def test_an_author_takes_no_more_than_their_part_in_sql(house):
    reference, _ = await with_two_parts(house)
    case = await case_id(house, reference)
    consent, own = await basis(house, case, "Wellbeing"), await basis(house, case, "Wellbeing", "own_record")
    new_basis = (
        "INSERT INTO lawful_basis (id, case_id, agency_id, reason, kinds, valid_from) "
        "VALUES (gen_random_uuid(), $1, current_agency(), 'own_record', $2, now())"
    )
    new_grant = (
        "INSERT INTO access_grant (id, case_id, post_id, basis_id, occasion, capability, kinds, valid_from) "
        "VALUES (gen_random_uuid(), $1, current_post(), $2, 'own_part', $3, $4, now())"
    )
    attacks = [
        (new_basis, case, ["shell", "identity"]),
        (new_grant, case, consent["id"], "read", ["shell", "narrative"]),
        (new_grant, case, own["id"], "coordinate", ["shell"]),
        (new_grant, case, own["id"], "read", ["identity"]),
    ]
    async with house.as_role("app", await secret_of(house, "social-worker")) as connection:
        for statement, *values in attacks:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                async with connection.transaction():
                    await connection.execute(statement, *values)


async def test_what_an_agency_told_before_is_kept_for_itself_alone(house):
    case, worker = await with_two_parts(house)
    await worker.put(f"/cases/{case}/part", {"narrative": "Uudempi"})
    await worker.put(f"/cases/{case}/part", {"narrative": "Uudempi"})
    await worker.put(f"/cases/{case}/part", {"narrative": "Uusin"})
    told = [part["narrative"] for part in await worker.get(f"/cases/{case}/part/earlier")]
    assert told == ["Uudempi", story.COUNTY_PART]
    pages = await at_pages(house, "social-worker")
    assert story.COUNTY_PART in (await pages.get(f"/cases/{case}/part")).text
    officer = await house.person("officer")
    assert await officer.get(f"/cases/{case}/part/earlier") == []
    assert len((await officer.get(f"/cases/{case}"))["parts"]) == 2
    for login, rows in (("officer", 0), ("social-worker", 2)):
        async with house.as_role("app", await secret_of(house, login)) as connection:
            assert await connection.fetchval("SELECT count(*) FROM earlier_part") == rows


async def test_an_earlier_part_hangs_on_no_part_of_another_agency_or_case(house):
    await with_two_parts(house)
    parts = await house.fetch("SELECT * FROM case_part")
    secret = await secret_of(house, "social-worker")
    [who] = await house.fetch("SELECT post_id FROM credential WHERE login = 'social-worker'")
    mine = next(part for part in parts if part["author_id"] == who["post_id"])
    other = next(part for part in parts if part["id"] != mine["id"])
    for part, fits in ((mine, True), (other, False)):
        values = (part["id"], mine["author_id"], mine["case_id"], mine["controller_id"])
        async with house.as_role("app", secret) as connection:
            adding = connection.execute(
                "INSERT INTO earlier_part (part_id, author_id, case_id, controller_id, id, version, narrative, "
                "written_at, retention_class) VALUES ($1, $2, $3, $4, gen_random_uuid(), 9, '\\x00', now(), 'x')",
                *values,
            )
            if fits:
                await adding
            else:
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await adding
