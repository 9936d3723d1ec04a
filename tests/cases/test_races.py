"""Each form of a case posted at the same moment as each other: no answer is lost, and nobody is answered with 500."""

import asyncio
from itertools import combinations_with_replacement, count

import pytest
from tests.pages import at_pages, hidden

from multiagency.demo import story
from multiagency.risk.instruments import instrument

ITEMS = [item.code for item in instrument("marak").items]
_numbers = count(1)


def words():
    return f"Teksti numero {next(_numbers)}"


FORMS = {
    "client": lambda text: {"name": text},
    "safe-contact": lambda text: {"when_to_call": text, "language": "fi"},
    "people/{party}": lambda text: {"role": "person_using_violence", "name": text},
    "people/new": lambda text: {"role": "other", "name": text},
    "part": lambda text: {"narrative": text},
    "checklist": lambda text: {f"comment-{ITEMS[0]}": text},
    "protection/new": lambda text: {"granted_on": "2026-01-01", "valid_until": f"2027-01-{next(_numbers) % 28 + 1:02}"},
}
"""What each form is sent with, so that what was saved is known by its text."""
ADDS = {"people/new"}
"""Where both are acts of their own."""


@pytest.mark.parametrize("first", FORMS)
async def test_two_writers_at_each_form_and_each_other_lose_nothing(house, first):
    case = await house.filled_draft()
    officer, one = await house.person("officer"), await at_pages(house, "officer")
    house.forget("officer")
    two = await at_pages(house, "officer")
    party = (await officer.get(f"/cases/{case}"))["parties"][0]["id"]
    for pair in combinations_with_replacement(FORMS, 2):
        if pair[0] != first:
            continue
        paths = [f"/cases/{case}/{form}".format(party=party) for form in pair]
        seen = [hidden((await one.get(path)).text).get("seen", "") for path in paths]
        texts = [words(), words()]
        sent = [FORMS[form](text) | {"seen": version} for form, text, version in zip(pair, texts, seen, strict=True)]
        answers = await asyncio.gather(
            *(
                house.http.post(path, headers=tab._headers, data={"csrf": tab._csrf, **form})
                for tab, path, form in zip((one, two), paths, sent, strict=True)
            )
        )
        statuses = sorted(answer.status_code for answer in answers)
        collide = pair[0] == pair[1] and pair[0] not in ADDS
        assert statuses == ([303, 409] if collide else [303, 303]), (pair, statuses)
        everything = await whole(officer, case, party)
        for form, text, answer in zip(pair, texts, answers, strict=True):
            if form != "protection/new":
                kept = everything if answer.status_code == 303 else answer.text
                assert text in kept, (pair, text, answer.status_code)


async def whole(officer, case, party):
    parts = [await officer.get(f"/cases/{case}"), await officer.get(f"/cases/{case}/assessment")]
    return str(parts)


async def test_two_agencies_write_their_parts_at_the_same_moment(house):
    case = await house.filled_draft()
    await (await house.person("officer")).post(f"/cases/{case}/contributors", {"post": await house.post_of("Marja")})
    writers = [await at_pages(house, login) for login in ("officer", "social-worker")]
    texts = [story.NARRATIVE + " Lisäys.", story.COUNTY_PART]
    path = f"/cases/{case}/part"
    seen = [hidden((await writer.get(path)).text)["seen"] for writer in writers]
    await asyncio.gather(
        *(writer.post(path, narrative=text, seen=at) for writer, text, at in zip(writers, texts, seen, strict=True))
    )
    parts = (await (await house.person("officer")).get(f"/cases/{case}"))["parts"]
    assert {part["narrative"] for part in parts} == set(texts)
