"""Two tabs, or two people: nobody's text goes unseen, and neither does anybody's change."""

import re

import pytest
from tests.pages import at_pages, hidden, words

from multiagency.demo import story
from multiagency.kernel.languages import COMPLETE
from multiagency.web.texts import TEXTS

FORMS = {
    "client": ({"name": "Ensi Esimerkki"}, {"name": "Toinen Esimerkki"}, {}),
    "safe-contact": ({"phone": "040 111"}, {"phone": "040 222"}, {"language": "fi"}),
    "part": ({"narrative": "Ensimmäinen teksti"}, {"narrative": "Toinen teksti"}, {}),
}
"""For each form what the first and the second write, and what stands in it besides."""


async def opened(visitor, path):
    """Open a form in a tab: what stands in it, with the version that its reader saw."""
    return hidden((await visitor.get(path)).text)


@pytest.mark.parametrize("form", FORMS)
async def test_sec0010_a_stale_page_overwrites_nothing_and_shows_both_texts(house, form):
    first, second, besides = FORMS[form]
    pages, case = await at_pages(house, "officer"), await house.draft()
    path = f"/cases/{case}/{form}"
    await pages.post(path, **story_of(form))
    one, other = await opened(pages, path), await opened(pages, path)
    await pages.post(path, seen=one["seen"], **besides, **first)
    answer = await pages.post(path, 409, seen=other["seen"], **besides, **second)
    [mine], [theirs] = second.values(), first.values()
    assert mine in answer.text
    assert theirs in answer.text
    assert "rikoskonstaapeli, " in answer.text.partition("<main")[2]
    stands = await opened_text(house, case, form)
    assert theirs in stands
    assert mine not in stands
    again = hidden(answer.text)
    assert again[next(iter(second))] == mine
    await pages.post(path, **{name: value for name, value in again.items() if name != "csrf"})
    assert mine in await opened_text(house, case, form)


def story_of(form):
    return {"client": story.CLIENT, "part": {"narrative": story.NARRATIVE}}.get(
        form, {"phone": "040 000", "language": "fi"}
    )


async def opened_text(house, case, form):
    officer = await house.person("officer")
    return str(await officer.get(f"/cases/{case}/{form}"))


async def test_what_only_the_other_changed_stays_when_mine_is_saved_over(house):
    pages, case = await at_pages(house, "officer"), await house.draft()
    path = f"/cases/{case}/safe-contact"
    await pages.post(path, phone="040 000", when_to_call="Aamulla", language="fi")
    seen = (await opened(pages, path))["seen"]
    await pages.post(path, seen=seen, phone="040 111", when_to_call="Illalla", language="sv", may_leave_message="true")
    answer = await pages.post(path, 409, seen=seen, phone="040 222", when_to_call="Aamulla", language="fi")
    again = {name: value for name, value in hidden(answer.text).items() if name != "csrf"}
    await pages.post(path, **again)
    saved = await (await house.person("officer")).get(f"/cases/{case}/safe-contact")
    assert (saved["phone"], saved["when_to_call"]) == ("040 222", "Illalla")
    assert (saved["language"], saved["may_leave_message"]) == ("sv", "true")


async def test_a_page_opened_before_there_was_anything_is_stale_too(house):
    pages, case = await at_pages(house, "officer"), await house.draft()
    path = f"/cases/{case}/part"
    seen = (await opened(pages, path))["seen"]
    await pages.post(path, seen=seen, narrative="Ensimmäinen")
    assert "Ensimmäinen" in (await pages.post(path, 409, seen=seen, narrative="Toinen")).text


async def test_the_same_text_from_both_is_no_conflict(house):
    pages, case = await at_pages(house, "officer"), await house.draft()
    path = f"/cases/{case}/part"
    seen = (await opened(pages, path))["seen"]
    await pages.post(path, seen=seen, narrative="Sama")
    await pages.post(path, seen=seen, narrative="Sama")


async def test_the_record_of_a_party_is_not_overwritten_and_agencies_read_as_names(house):
    pages, officer, case = await at_pages(house, "officer"), await house.person("officer"), await house.draft()
    party = (await officer.post(f"/cases/{case}/parties", story.VIOLENT, 201))["id"]
    path = f"/cases/{case}/people/{party}"
    typed = {"role": "person_using_violence", "name": story.VIOLENT["name"]}
    seen = (await opened(pages, path))["seen"]
    await pages.post(path, seen=seen, **typed, employer=await house.agency("Police"))
    answer = await pages.post(path, 409, seen=seen, **typed, employer=await house.agency("Wellbeing"))
    said = words(answer.text)
    assert await house.agency("Police") not in said
    assert TEXTS.say("fi", "party.employer") in said


async def test_minutes_are_corrected_by_one_at_a_time(house):
    case = await house.submitted()
    meeting = await house.opened(case)
    await house.begin(meeting)
    pages = await at_pages(house, "coordinator")
    path = f"/meetings/{meeting}/cases/{case}/minutes"
    seen = (await opened(pages, path))["seen"]
    await pages.post(path, seen=seen, text="Ensimmäinen muistio")
    answer = await pages.post(path, 409, seen=seen, text="Toinen muistio")
    assert "Ensimmäinen muistio" in answer.text
    assert "Toinen muistio" in answer.text
    assert len(await house.fetch("SELECT FROM minutes")) == 1


async def test_two_who_record_the_same_order_make_one(house):
    pages, case = await at_pages(house, "officer"), await house.draft()
    path = f"/cases/{case}/protection/new"
    seen, order = (await opened(pages, path))["seen"], {"granted_on": "2026-01-01", "valid_until": "2027-01-01"}
    await pages.post(path, seen=seen, **order)
    await pages.post(path, 422, seen=seen, **order)
    await pages.post(path, 409, seen=seen, **order | {"valid_until": "2027-02-01"})
    assert len(await house.fetch("SELECT FROM address_protection")) == 1


async def test_whoever_lost_sight_meanwhile_is_shown_nothing_of_the_other_text(house):
    pages, case = await at_pages(house, "officer"), await house.draft()
    path = f"/cases/{case}/part"
    seen = (await opened(pages, path))["seen"]
    await pages.post(path, seen=seen, narrative="Salainen teksti")
    superuser = await house.superuser()
    await superuser.execute("UPDATE access_grant SET ended_at = now()")
    await superuser.close()
    answer = await pages.post(path, 404, seen=seen, narrative="Toinen")
    assert "Salainen" not in answer.text


async def test_the_page_that_shows_both_texts_is_in_the_log(house):
    pages, case = await at_pages(house, "officer"), await house.draft()
    path = f"/cases/{case}/part"
    seen = (await opened(pages, path))["seen"]
    await pages.post(path, seen=seen, narrative="Ensimmäinen")
    before = len(await house.fetch("SELECT FROM audit_entry"))
    await pages.post(path, 409, seen=seen, narrative="Toinen")
    entries = await house.fetch("SELECT convert_from(body, 'UTF8') AS body FROM audit_entry ORDER BY id")
    assert any('"write_part"' in row["body"] and '"read"' in row["body"] for row in entries[before:])


@pytest.mark.parametrize("resource", ["client", "safe-contact", "part"])
async def test_the_api_refuses_an_older_version_and_says_the_present_one(house, resource):
    officer, case = await house.person("officer"), await house.filled_draft()
    path = f"/api/v1/cases/{case}/{resource}"
    first = await house.http.get(path, headers=officer._headers)
    body = {"client": story.CLIENT, "safe-contact": {"phone": "040 111"}, "part": {"narrative": "Uusi"}}[resource]
    body = body | ({"name": "Uusi Nimi"} if resource == "client" else {})
    seen = officer._headers | {"if-match": first.headers["etag"]}
    saved = await house.http.put(path, json=body, headers=seen)
    assert saved.status_code == 204
    refused = await house.http.put(path, json=body, headers=seen)
    assert refused.status_code == 412
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.headers["etag"] == saved.headers["etag"] == f'"{refused.json()["version"]}"' != first.headers["etag"]
    assert (await house.http.put(path, json=body, headers=officer._headers)).status_code == 204
    for tag in ("*", saved.headers["etag"], f'"x", {saved.headers["etag"]}'):
        assert (await house.http.put(path, json=body, headers=officer._headers | {"if-match": tag})).status_code == 204
    for tag in (f"W/{saved.headers['etag']}", '"x"', "x"):
        assert (await house.http.put(path, json=body, headers=officer._headers | {"if-match": tag})).status_code == 412


async def test_a_version_tells_nothing_to_who_has_not_the_key(house):
    officer = await house.person("officer")
    one, other = await house.draft(), await house.draft()
    tags = []
    for case in (one, other):
        await officer.put(f"/cases/{case}/client", story.CLIENT)
        tags.append((await house.http.get(f"/api/v1/cases/{case}/client", headers=officer._headers)).headers["etag"])
    assert tags[0] != tags[1]


async def test_what_a_program_leaves_out_stays(house):
    officer, case = await house.person("officer"), await house.filled_draft()
    before = await officer.get(f"/cases/{case}/safe-contact")
    await officer.put(f"/cases/{case}/safe-contact", {"phone": "040 999"})
    assert await officer.get(f"/cases/{case}/safe-contact") == before | {"phone": "040 999"}
    await officer.put(f"/cases/{case}/client", {"name": "Uusi Nimi"})
    client = await officer.get(f"/cases/{case}/client")
    assert client == {"name": "Uusi Nimi", "identity_code": story.CLIENT["identity_code"], "birth_date": ""}


async def test_what_a_page_clears_is_cleared(house):
    pages, case = await at_pages(house, "officer"), await house.filled_draft()
    await pages.post(f"/cases/{case}/safe-contact", phone="040 999", address="", language="fi")
    saved = await (await house.person("officer")).get(f"/cases/{case}/safe-contact")
    assert saved["address"] == saved["when_to_call"] == ""
    assert saved["may_leave_message"] == "false"


@pytest.mark.parametrize("language", COMPLETE)
async def test_the_page_speaks_each_language(house, language):
    pages, case = await at_pages(house, "officer"), await house.draft()
    seen = (await opened(pages, f"/cases/{case}/part"))["seen"]
    await pages.post(f"/cases/{case}/part", seen=seen, narrative="Ensimmäinen")
    headers = {"cookie": f"{pages._session}; __Host-language={language}"}
    data = {"csrf": pages._csrf, "seen": seen, "narrative": "Toinen"}
    answer = await house.http.post(f"/cases/{case}/part", headers=headers, data=data)
    assert answer.status_code == 409
    assert TEXTS.say(language, "meanwhile.title") in answer.text
    assert re.search(rf'<html lang="{language}"', answer.text)
