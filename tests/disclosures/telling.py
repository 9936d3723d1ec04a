"""What tests of disclosures begin with: bodies that are right, so that each test spoils one thing."""

import json

NECESSITY = "Uhka on välitön, eikä sitä voi arvioida ilman näitä tietoja."
TEXT = "Kertomus, jonka vain vastaanottaja saa lukea."
REQUESTED_BY = "Sosiaalityöntekijä Kuvitteellinen"


async def body(house, agency="Wellbeing", ground="PHTL-22", **changes):
    recipient = {"recipient": await house.agency(agency)} if agency else {}
    about = {
        "ground": ground,
        "fields": ["client.name"],
        "text": TEXT,
        "necessity": NECESSITY,
        "purpose": "protect_life",
        "confirmed": True,
    }
    return about | recipient | changes


async def disclosed(house, login, case, **about):
    person = await house.person(login)
    return await person.post(f"/cases/{case}/disclosures", await body(house, **about), 201)


async def picked(person, case, who, name):
    """The code of one datum on offer, by whose it is and what it is."""
    return next(
        datum["code"]
        for datum in await person.get(f"/cases/{case}/disclosable")
        if datum["who"] == who and datum["code"].endswith(f".{name}")
    )


async def entries(house, mode):
    """What the log holds of this mode, opened as an auditor sees it."""
    auditor = await house.person("auditor")
    await house.number_log()
    return [entry for entry in await auditor.get("/audit/entries") if entry["body"]["mode"] == mode]


def in_words(answer):
    return json.dumps(answer, ensure_ascii=False)


def wrong(problem):
    return {error["field"] for error in problem["errors"]}
