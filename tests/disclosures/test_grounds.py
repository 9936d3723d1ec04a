"""The register of grounds: read by all, changed by administrators, and never changed under a decision."""

import asyncpg
import pytest
from tests.disclosures.telling import body, disclosed, wrong
from tests.kernel.test_row_security import secret_of

SEEDED = {
    "SUOSTUMUS",
    "LSL-25",
    "LSL-25-POL",
    "ATL-62",
    "ATL-63-OMA",
    "ATL-63-PYYNTO",
    "PERUSOPL-40",
    "LUKIOL-58",
    "VARHAISKASVL-41",
    "NUORISOL-28",
    "OPHL-23",
    "RL-15-10",
    "POLL-7-2",
    "PHTL-22",
    "ATL-64",
    "SHL-35-ILM",
    "ATL-48",
}
WORDING = {
    "provision": "Laki 22 §",
    "from_kinds": ["police"],
    "to_kinds": ["county"],
    "duty": False,
    "needs_consent": False,
    "discloses": True,
    "on_request": False,
    "text_fi": "Uusi teksti.",
    "text_sv": "Ny text.",
    "text_en": "New text.",
}


async def test_everybody_signed_in_reads_the_register(house):
    for login in ("officer", "coordinator", "auditor", "child-welfare", "administrator"):
        rows = await (await house.person(login)).get("/grounds")
        assert {row["code"] for row in rows} == SEEDED
    for row in rows:
        assert row["provision"]
        assert len({row["text_fi"], row["text_sv"], row["text_en"]}) == 3


async def test_the_recording_right_can_never_be_picked(house):
    rows = {row["code"]: row for row in await (await house.person("officer")).get("/grounds")}
    assert [code for code, row in rows.items() if not row["discloses"]] == ["ATL-48"]


async def test_only_an_administrator_changes_the_register(house):
    for login in ("officer", "coordinator", "auditor", "child-welfare"):
        person = await house.person(login)
        await person.put("/grounds/PHTL-22", WORDING, 403)
        await person.post("/grounds", WORDING | {"code": "UUSI-1"}, 403)
        await person.post("/grounds/PHTL-22/end", expect=403)
        async with house.as_role("app", await secret_of(house, login)) as connection:
            assert await connection.execute("UPDATE legal_ground SET valid_to = now()") == "UPDATE 0"
        async with house.as_role("app", await secret_of(house, login)) as connection:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(
                    "INSERT INTO legal_ground SELECT gen_random_uuid(), 'X-1', provision, from_kinds, from_offices, "
                    "to_kinds, duty, needs_consent, discloses, on_request, text_fi, text_sv, text_en, now(), NULL, "
                    "current_post() "
                    "FROM legal_ground WHERE code = 'PHTL-22'"
                )


async def test_an_old_decision_keeps_the_old_text(house):
    case = await house.filled_draft()
    await disclosed(house, "officer", case)
    officer, administrator = await house.person("officer"), await house.person("administrator")
    before = (await officer.get(f"/cases/{case}/disclosures"))[0]["ground"]
    await administrator.put("/grounds/PHTL-22", WORDING)
    assert (await officer.get(f"/cases/{case}/disclosures"))[0]["ground"] == before
    await disclosed(house, "officer", case)
    texts = [view["ground"]["text"] for view in await officer.get(f"/cases/{case}/disclosures")]
    assert texts == ["New text.", before["text"]]
    intake = await house.person("child-welfare")
    arrived = [await intake.get(f"/inbox/{row['id']}") for row in await intake.get("/inbox")]
    assert {row["ground"]["text"] for row in arrived} == set(texts)
    wordings = await administrator.get("/grounds/PHTL-22")
    assert [row["valid_to"] is None for row in wordings] == [True, False]


async def test_not_even_an_administrator_rewrites_a_wording(house):
    async with house.as_role("app", await secret_of(house, "administrator")) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("UPDATE legal_ground SET text_fi = 'muu' WHERE code = 'PHTL-22'")


async def test_an_ended_ground_is_picked_by_nobody(house):
    case, administrator = await house.filled_draft(), await house.person("administrator")
    await administrator.post("/grounds/PHTL-22/end")
    problem = await (await house.person("officer")).post(f"/cases/{case}/disclosures", await body(house), 422)
    assert wrong(problem) == {"ground"}
    assert wrong(await administrator.post("/grounds/PHTL-22/end", expect=422)) == {"code"}
    await administrator.get("/grounds/TUNTEMATON", 404)


async def test_a_code_is_used_once(house):
    administrator = await house.person("administrator")
    await administrator.post("/grounds", WORDING | {"code": "UUSI-1"})
    assert wrong(await administrator.post("/grounds", WORDING | {"code": "UUSI-1"}, 422)) == {"code"}


@pytest.mark.parametrize(
    "bill",
    [
        "HE 333/2014",
        "Poliisilaki 7 luku 2 § (HE 182/2025 vp)",
        "RP 149/2025 rd",
        "LA 12/2025",
        "HE\u00a0182/2025",
        "hallituksen esitys 182/2025",
        "Regeringens proposition 149/2025",
    ],
)
async def test_a_bill_is_no_provision(house, bill):
    administrator = await house.person("administrator")
    assert wrong(await administrator.put("/grounds/PHTL-22", WORDING | {"provision": bill}, 422)) == {"provision"}
    new = WORDING | {"provision": bill, "code": "UUSI-1"}
    assert wrong(await administrator.post("/grounds", new, 422)) == {"provision"}
    assert {row["code"] for row in await administrator.get("/grounds")} == SEEDED


async def test_the_register_starts_with_statutes_that_a_later_edit_would_take(house):
    administrator = await house.person("administrator")
    for row in await administrator.get("/grounds"):
        await administrator.put(f"/grounds/{row['code']}", WORDING | {"provision": row["provision"]})
