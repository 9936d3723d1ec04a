"""Two people, or two tabs, at what is said anew each time: consent, who decides, guardians and prohibitions."""

import asyncio

import pytest
from tests.consent.minors import ChildsCase
from tests.consent.test_pages import ANSWER
from tests.pages import at_pages, hidden, words

from multiagency.demo import story

JUDGED = {"capable": "false", "reason": "Ei ymmärrä asiaa"}
FORMS = {
    "guardians/capacity": (
        JUDGED,
        JUDGED | {"reason": "Ymmärtää jo", "capable": "true"},
        ("Ei ymmärrä asiaa", "Ymmärtää jo"),
    ),
    "guardians/{mother}/rights": (
        {"may_decide": "true", "suspected": "false"},
        {"may_decide": "false", "suspected": "false", "restriction_reason": "Tuomioistuimen päätös"},
        ("Kyllä", "Tuomioistuimen päätös"),
    ),
    "guardians/{mother}/prohibition": (
        {"forbidden": "true", "reason": "Pelkää"},
        {"forbidden": "false", "reason": "Ei pelkää enää"},
        ("Pelkää", "Ei pelkää enää"),
    ),
}
"""For each form what the first and the second say, and the words of both."""


@pytest.mark.parametrize("form", FORMS)
async def test_who_saw_what_was_said_earlier_is_shown_what_was_said_since(house, form):
    child = await ChildsCase.open(house, 9)
    mother = await child.party("guardian", "Äiti Esimerkki")
    pages, path = await at_pages(house, "officer"), f"/cases/{child.reference}/{form}".format(mother=mother)
    first, second, (theirs, mine) = FORMS[form]
    besides = {"party": mother} if "mother" in form else {}
    seen = hidden((await pages.get(path)).text)["seen"]
    await pages.post(path, seen=seen, **besides, **first)
    answer = await pages.post(path, 409, seen=seen, **besides, **second)
    assert theirs in words(answer.text.partition("</table>")[0])
    assert mine in answer.text
    again = {name: value for name, value in hidden(answer.text).items() if name != "csrf"}
    await pages.post(path, **again)
    assert mine in (await pages.get(f"/cases/{child.reference}/guardians")).text or form.endswith("prohibition")


async def test_an_answer_recorded_since_is_shown_with_its_agencies_and_not_undone(house):
    pages, case = await at_pages(house, "officer"), await house.draft()
    await (await house.person("officer")).put(f"/cases/{case}/client", story.CLIENT)
    path = f"/cases/{case}/consent"
    agencies = {row["name_fi"]: str(row["id"]) for row in await house.fetch("SELECT id, name_fi FROM agency")}
    rows = {f"share-{agency}": ["some", "risk", "party"] for agency in list(agencies.values())[:2]}
    said = ANSWER | rows
    seen = hidden((await pages.get(path)).text)["seen"]
    await pages.post(path, seen=seen, **said)
    answer = await pages.post(path, 409, seen=seen, **ANSWER | {"answer": "refused"})
    table = words(answer.text.partition("</table>")[0])
    for name in list(agencies)[:2]:
        assert name in table
    assert "Kartoituslomake" in table
    [newest] = await house.fetch("SELECT state FROM consent")
    assert newest["state"] == "given"
    await pages.post(path, seen=hidden(answer.text)["seen"], **ANSWER | {"answer": "refused"})
    assert len(await house.fetch("SELECT FROM consent")) == 2


@pytest.mark.parametrize("form", FORMS)
async def test_of_two_at_the_same_moment_one_is_shown_the_other(house, form):
    child = await ChildsCase.open(house, 9)
    mother = await child.party("guardian", "Äiti Esimerkki")
    one = await at_pages(house, "officer")
    house.forget("officer")
    two, path = await at_pages(house, "officer"), f"/cases/{child.reference}/{form}".format(mother=mother)
    first, second, _ = FORMS[form]
    seen = {"seen": hidden((await one.get(path)).text)["seen"]} | ({"party": mother} if "mother" in form else {})
    answers = await asyncio.gather(
        *(
            house.http.post(path, headers=tab._headers, data={"csrf": tab._csrf, **seen, **said})
            for tab, said in ((one, first), (two, second))
        )
    )
    assert sorted(answer.status_code for answer in answers) == [303, 409]
