"""A ground can be given its next wording ahead: what it touches is seen first, and until its day the old one holds."""

from datetime import timedelta

import pytest
from tests.disclosures.telling import body, disclosed, wrong
from tests.disclosures.test_grounds import WORDING
from tests.disclosures.test_sharing import allow
from tests.pages import at_pages, words

from multiagency.kernel.clock import today

PATH = "/grounds/PHTL-22"
TEXTS = {"texts": 1}
"""One consent text names the statute of this ground: that of HSS."""


def coming(days=10, **changes):
    return WORDING | {"valid_from": (today() + timedelta(days)).isoformat(), "confirmed": True} | changes


async def texts(house):
    """The texts of the ground that can be picked now."""
    rows = await (await house.person("officer")).get("/grounds")
    return [row["text_en"] for row in rows if row["code"] == "PHTL-22"]


async def days_pass(house, days):
    await house.fetch(
        "UPDATE legal_ground SET valid_from = valid_from - make_interval(days => $1), "
        "valid_to = valid_to - make_interval(days => $1)",
        days,
    )


async def test_until_its_day_the_old_wording_holds_and_then_the_new_one_alone(house):
    administrator, (old,) = await house.person("administrator"), await texts(house)
    await administrator.put(PATH, coming())
    assert await texts(house) == [old]
    case = await house.filled_draft()
    await disclosed(house, "officer", case)
    await days_pass(house, 11)
    assert await texts(house) == ["New text."]
    await disclosed(house, "officer", case)
    views = await (await house.person("officer")).get(f"/cases/{case}/disclosures")
    assert [view["ground"]["text"] for view in views] == ["New text.", old]


async def test_a_coming_wording_is_not_saved_before_what_it_touches_was_confirmed(house):
    administrator = await house.person("administrator")
    assert wrong(await administrator.put(PATH, coming(confirmed=False), 422)) == {"confirmed"}
    assert len(await administrator.get(PATH)) == 1
    await administrator.put(PATH, coming())
    assert len(await administrator.get(PATH)) == 2


async def test_a_day_that_is_past_is_refused_and_today_is_at_once(house):
    administrator = await house.person("administrator")
    assert wrong(await administrator.put(PATH, coming(-1), 422)) == {"valid_from"}
    await administrator.put(PATH, coming(0, confirmed=False))
    assert await texts(house) == ["New text."]


@pytest.mark.parametrize(("second", "order"), [(5, ["Second."]), (20, ["New text.", "Second."])])
async def test_another_coming_wording_leaves_no_gap_and_no_two_at_once(house, second, order):
    administrator, (old,) = await house.person("administrator"), await texts(house)
    await administrator.put(PATH, coming(10))
    await administrator.put(PATH, coming(second, text_en="Second."))
    seen = []
    for _ in range(25):
        (now,) = await texts(house)
        seen.append(now)
        await days_pass(house, 1)
    assert list(dict.fromkeys(seen)) == [old, *order]
    assert {row["text_en"] for row in await administrator.get(PATH)} == {old, *order}, (
        "what was taken back is not shown"
    )


async def test_an_ended_ground_takes_its_coming_wording_with_it(house):
    administrator = await house.person("administrator")
    await administrator.put(PATH, coming())
    await administrator.post(f"{PATH}/end")
    for _ in range(2):
        assert await texts(house) == []
        await days_pass(house, 11)
    assert wrong(await administrator.put(PATH, coming(), 422)) == {"code"}


async def test_what_a_ground_touches_is_counted_for_administrators_alone(house):
    administrator = await house.person("administrator")
    assert await administrator.get(f"{PATH}/touched") == TEXTS
    await allow(house)
    officer, case, other = await house.person("officer"), await house.filled_draft(), await house.filled_draft()
    for one in (case, other):
        shared = {"agencies": await house.agencies("Wellbeing"), "kinds": ["identity"], "ground": "PHTL-22"}
        await officer.post(f"/cases/{one}/sharing", shared | {"necessity": "Syy.", "confirmed": True})
        await disclosed(house, "officer", one)
    await officer.post(f"/cases/{case}/disclosures", await body(house), 201)
    assert await administrator.get(f"{PATH}/touched") == {"open_cases": 2, "disclosures": 3, "sharings": 2} | TEXTS
    await administrator.put(PATH, WORDING)
    assert (await administrator.get(f"{PATH}/touched"))["disclosures"] == 3, "whichever wording they cite"
    await house.fetch("UPDATE case_file SET stage_kind = 'ended', closed_at = now() WHERE reference = $1", case)
    assert (await administrator.get(f"{PATH}/touched"))["open_cases"] == 1
    for login in ("officer", "coordinator", "auditor"):
        await (await house.person(login)).get(f"{PATH}/touched", 403)
    await administrator.get("/grounds/TUNTEMATON/touched", 404)


async def test_consent_is_what_open_cases_rest_on_and_texts_name_the_statute(house):
    await house.submitted()
    found = await (await house.person("administrator")).get("/grounds/SUOSTUMUS/touched")
    assert found["open_cases"] == 1
    assert found["texts"] >= 2
    assert (await (await house.person("administrator")).get(f"{PATH}/touched"))["texts"] == TEXTS["texts"]


async def test_the_page_lists_what_it_touches_before_it_is_saved(house):
    page = await at_pages(house, "administrator")
    await house.submitted()
    told = {name: str(value).lower() if isinstance(value, bool) else value for name, value in coming().items()}
    told |= {"provision": "JulkL (621/1999) 26 §", "needs_consent": "true"}
    told.pop("confirmed")
    assert 'name="valid_from"' in (await page.get("/grounds/SUOSTUMUS/edit")).text
    shown = (await page.post("/grounds/SUOSTUMUS/check", 200, **told)).text
    assert "Avoimia asioita, joissa tietoja annetaan tällä perusteella: 1" in shown
    assert "Samtycke" not in shown
    assert await texts(house)
    await page.post("/grounds/SUOSTUMUS", 422, **told)
    await page.post("/grounds/SUOSTUMUS", **told, confirmed="true")
    both = words((await page.get("/grounds/SUOSTUMUS")).text)
    assert "Tuleva teksti" in both
    assert "Nyt voimassa" in both
    await page.post("/grounds/SUOSTUMUS/check", 422, **(told | {"valid_from": "1.1.2020"}))
