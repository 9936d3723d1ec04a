"""Somebody recorded by mistake stands no more in minutes either: masked for everybody, kept as it was for nobody."""

import unicodedata
from uuid import UUID

import asyncpg
import pytest
from tests.cases.test_striking import WHY
from tests.kernel.test_row_security import secret_of

from multiagency.kernel.naming import is_named, masked, parts_of

OTHER = {"role": "other", "name": "Väärä Seppä"}
TEXT = "Sepän kanssa sovittiin, että Väärä soittaa. Aino Esimerkki tietää."


async def discussed(house):
    """A case with minutes that name somebody who does not belong there, and an addition that does too."""
    case, officer = await house.filled_draft(), await house.person("officer")
    party = (await officer.post(f"/cases/{case}/parties", OTHER, 201))["id"]
    await officer.post(f"/cases/{case}/submission")
    meeting = await house.opened(case, "Heikki", "Jouni")
    await house.draft_minutes(meeting, case, TEXT)
    coordinator = await house.person("coordinator")
    await coordinator.post(f"/meetings/{meeting}/minutes/approval", {"case": case, "version": 1, "handled": True})
    await coordinator.post(f"/meetings/{meeting}/minutes/addenda", {"case": case, "text": "Sepälle kerrottu."})
    return case, officer, party


async def minutes_of(house, case, login):
    [shown] = await (await house.person(login)).get(f"/cases/{case}/minutes")
    return [shown["text"], *(addition["text"] for addition in shown["addenda"])]


async def test_the_name_is_masked_for_everybody_and_others_stay(house):
    case, officer, party = await discussed(house)
    assert TEXT in await minutes_of(house, case, "municipality")
    await officer.post(f"/cases/{case}/parties/{party}/removal", WHY)
    for login in ("municipality", "coordinator", "officer"):
        text, addition = await minutes_of(house, case, login)
        assert text == "[…] kanssa sovittiin, että […] soittaa. Aino Esimerkki tietää."
        assert addition == "[…] kerrottu."
    told = {row["what"] for row in await (await house.person("coordinator")).get("/notices")}
    assert "somebody_struck" in told


async def test_nobody_reads_the_first_wording_or_masks_by_hand(house):
    case, officer, party = await discussed(house)
    await officer.post(f"/cases/{case}/parties/{party}/removal", WHY)
    kept = await house.fetch("SELECT id, original FROM minutes")
    assert kept[0]["original"]
    async with house.as_role("app", await secret_of(house, "coordinator")) as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.fetch("SELECT original FROM minutes")
    async with house.as_role("app", await secret_of(house, "officer")) as connection:
        by_hand = "SELECT mask_minutes('minutes', $1, 'x', 'x')"
        assert not await connection.fetchval(by_hand, kept[0]["id"])


async def test_a_second_name_keeps_the_first_wording(house):
    case, officer, party = await discussed(house)
    before = await house.fetch("SELECT text FROM minutes")
    aino = {"role": "other", "name": "Aino Olematon"}
    second = (await officer.post(f"/cases/{case}/parties", aino, 201))["id"]
    await officer.post(f"/cases/{case}/parties/{party}/removal", WHY)
    first = (await house.fetch("SELECT original FROM minutes"))[0]["original"]
    await officer.post(f"/cases/{case}/parties/{second}/removal", WHY)
    after = await house.fetch("SELECT text, original FROM minutes")
    assert after[0]["original"] == first
    assert after[0]["text"] != before[0]["text"]


def test_a_part_is_found_where_it_bends_and_only_there():
    parts = parts_of(["Väärä Keksitty", "Li"])
    assert is_named(parts, "Keksityn äiti")
    assert is_named(parts, "li tuli")
    assert is_named(parts_of(["Virtanen"]), "Virtasen luona")
    assert is_named(parts_of(["Seppä"]), "Sepälle")
    assert not is_named(parts, "Lisa ja Väinö")
    assert masked(parts, "Väärälle, Li; Lisä") == "[…], […]; Lisä"


@pytest.mark.parametrize(
    ("name", "hidden", "shown"),
    [
        ("Anna", "Annan Annalle Annaa Anna", "annettiin Annala annos"),
        ("Lahti", "Lahden Lahteen Lahtea Lahdelle", "lahdata lahtinen"),
        ("Virtanen", "Virtasen Virtaselle Virtasta", "virtaava virta"),
        ("Markus", "Markuksen Markukselle Markusta", "markka"),
        ("Ahmed", "Ahmedin Ahmedille Ahmedia", "ahma"),
        ("Seppä", unicodedata.normalize("NFD", "Sepän Seppää"), "sepitetty"),
    ],
)
def test_forms_of_a_name_are_masked_and_words_that_only_begin_like_it_are_not(name, hidden, shown):
    parts = parts_of([name])
    assert masked(parts, hidden).split() == ["[…]"] * len(hidden.split())
    assert masked(parts, shown) == shown
    assert is_named(parts, hidden)


async def test_who_does_not_read_minutes_changes_none(house):
    """The referrer's agency is not named: their own striking lets them at nothing that they do not see."""
    case, officer = await house.filled_draft(consent=("Wellbeing", "Revontuli")), await house.person("officer")
    party = (await officer.post(f"/cases/{case}/parties", OTHER, 201))["id"]
    await officer.post(f"/cases/{case}/submission")
    await house.minutes(await house.opened(case, "Heikki"), case, TEXT)
    async with house.as_role("app", await secret_of(house, "officer")) as connection:
        [row] = await house.fetch("SELECT id, text FROM minutes")
        assert await connection.fetchval("SELECT strike_party($1, 'x')", UUID(party))
        assert not await connection.fetchval("SELECT mask_minutes('minutes', $1, 'x', 'x')", row["id"])
    assert (await house.fetch("SELECT text FROM minutes"))[0]["text"] == row["text"]
