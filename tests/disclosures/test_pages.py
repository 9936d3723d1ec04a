"""Pages: every unusual step is shown once more, and nothing leaves before it was confirmed."""

import re

from tests.disclosures.telling import NECESSITY, TEXT, disclosed
from tests.disclosures.test_child_welfare import REASON, with_child
from tests.disclosures.test_sharing import allow, without_consent
from tests.pages import at_pages, words

from multiagency.demo import story
from multiagency.disclosures import paper_disclosure
from multiagency.disclosures.forms import PURPOSES
from multiagency.kernel.languages import Language
from multiagency.web.pdf import make_pdf
from multiagency.web.texts import TEXTS

WITHOUT = "ilman asiakkaan suostumusta"


async def details(house, **changes):
    about = {
        "recipient": await house.agency("Wellbeing"),
        "ground": "PHTL-22",
        "fields": ["client.name", "contact.phone"],
        "text": TEXT,
        "necessity": NECESSITY,
        "purpose": "protect_life",
    }
    return about | changes


async def test_the_steps_offer_only_recipients_grounds_and_data_that_fit(house):
    case = await house.filled_draft()
    page, here = await at_pages(house, "officer"), f"/cases/{case}/disclosures"
    first = (await page.get(f"{here}/new")).text
    assert "Tunturi-Lapin hyvinvointialue" in first
    assert "poliisilaitos" not in first.split("<main", 1)[1]
    assert "checked" not in first
    county, shelter = await house.agency("Wellbeing"), await house.agency("Shelter")
    grounds = (await page.get(f"{here}/new/ground?recipient={county}")).text
    assert 'value="PHTL-22"' in grounds
    assert 'value="SUOSTUMUS"' in grounds
    for never in ("ATL-48", "ATL-62", "PERUSOPL-40"):
        assert f'value="{never}"' not in grounds
    assert 'value="SUOSTUMUS"' not in (await page.get(f"{here}/new/ground?recipient={shelter}")).text
    third = (await page.get(f"{here}/new/details?recipient={county}&ground=PHTL-22")).text
    assert story.CLIENT["name"] in third
    assert "checked" not in third
    await page.get(f"{here}/new/ground?recipient=kaikki", 422)
    await page.get(f"{here}/new/details?recipient={county}&ground=ATL-48", 422)
    await page.get(f"{here}/new/details?recipient=outside:kaikki&ground=PHTL-22", 422)


async def test_the_last_page_shows_exactly_what_leaves_in_plain_words(house):
    case = await house.filled_draft()
    page = await at_pages(house, "officer")
    shown = (await page.post(f"/cases/{case}/disclosures/new/check", 200, **await details(house))).text
    for told in (WITHOUT, "Tunturi-Lapin hyvinvointialue", story.CLIENT["name"], story.SAFE_CONTACT["phone"], TEXT):
        assert told in shown
    assert story.SAFE_CONTACT["do_not_talk_to"] in shown
    assert story.CLIENT["identity_code"] not in shown
    assert story.NARRATIVE not in shown
    assert await house.fetch("SELECT FROM disclosure") == []
    back = (await page.post(f"/cases/{case}/disclosures/new/details", 200, **await details(house))).text
    assert NECESSITY in back
    assert re.search(r'value="client.name" checked', back)
    await page.post(f"/cases/{case}/disclosures", 422, **await details(house))
    await page.post(f"/cases/{case}/disclosures", **await details(house), confirmed="true")
    listed = (await page.get(f"/cases/{case}/disclosures")).text
    assert "616/2019" in listed
    assert len(await house.fetch("SELECT FROM receipt")) == 1


async def test_what_is_wrong_keeps_what_was_typed(house):
    case = await house.filled_draft()
    page = await at_pages(house, "officer")
    shown = (await page.post(f"/cases/{case}/disclosures/new/check", 422, **await details(house, purpose=""))).text
    assert "#purpose" in shown
    assert NECESSITY in shown
    assert 'value="contact.phone" checked' in shown


async def test_a_consent_ground_says_that_there_is_consent(house):
    case = await house.filled_draft()
    page = await at_pages(house, "officer")
    about = await details(house, ground="SUOSTUMUS")
    shown = (await page.post(f"/cases/{case}/disclosures/new/check", 200, **about)).text
    assert WITHOUT not in shown
    assert "asiakkaan suostumuksella" in shown


async def test_a_printed_disclosure_is_fetched_and_its_delivery_recorded(house):
    case = await house.filled_draft()
    page, here = await at_pages(house, "officer"), f"/cases/{case}/disclosures"
    about = await details(house, recipient="outside:county", recipient_name="Naapurin sosiaalitoimi")
    await page.post(f"{here}/new/check", 422, **(about | {"recipient_name": ""}))
    await page.post(here, **about, confirmed="true")
    listed = (await page.get(here)).text
    assert "Naapurin sosiaalitoimi" in listed
    one = re.search(rf"{here}/([0-9a-f-]+)/delivery", listed)[1]
    document = await page.get(f"{here}/{one}/document")
    assert document.headers["content-type"] == "application/pdf"
    assert story.CLIENT["name"] not in document.headers["content-disposition"]
    await page.get(f"{here}/{one}/delivery")
    await page.post(f"{here}/{one}/delivery", 422, how="post", delivered_at="2999-01-01T00:00")
    await page.post(f"{here}/{one}/delivery", 422, delivered_at="")
    kept = (await page.post(f"{here}/{one}/delivery", 422, delivered_at=["", "now"])).text
    assert 'name="delivered_at" value="now" checked' in kept
    await page.post(f"{here}/{one}/delivery", how="post", delivered_at=["", "now"])


async def test_a_notification_through_the_pages(house):
    case = await with_child(house)
    page, here = await at_pages(house, "officer"), f"/cases/{case}/child-welfare"
    assert f"/cases/{case}/child-welfare" in (await page.get(f"/cases/{case}")).text
    assert "Lastensuojeluilmoitus" in (await page.get(here)).text
    form = (await page.get(f"{here}/notification")).text
    assert "checked" not in form
    child = re.search(r'name="children" value="([0-9a-f-]+)"', form)[1]
    about = {"recipient": await house.agency("Wellbeing"), "children": [child], "reason": REASON}
    await page.post(f"{here}/notification/check", 422, **(about | {"reason": ""}))
    shown = (await page.post(f"{here}/notification/check", 200, **about)).text
    assert WITHOUT in shown
    assert story.CHILD["name"] in shown
    assert story.CLIENT["name"] not in shown
    await page.post(f"{here}/notification/details", 200, **about)
    await page.post(f"{here}/notification", **about, confirmed="true")
    assert "Ilmoitus on tehty" in (await page.get(here)).text
    paper = {"recipient": "outside", "recipient_name": "Naapurin lastensuojelu", "reason": REASON}
    sent = await page.post(f"{here}/notification", **paper, confirmed="true")
    assert sent.headers["location"] == f"/cases/{case}/disclosures"


async def test_a_submission_leads_to_what_is_missing_about_the_child(house):
    case = await with_child(house)
    page = await at_pages(house, "officer")
    assert f'href="/cases/{case}/child-welfare"' in (await page.get(f"/cases/{case}/submit")).text
    await page.post(f"/cases/{case}/child-welfare", 422, decision="not_needed")
    await page.post(f"/cases/{case}/child-welfare", decision="not_needed", reason=REASON)
    await page.post(f"/cases/{case}/submit")


async def test_what_was_given_to_prevent_says_so_where_it_is_read_and_printed(house, monkeypatch):
    printed = []

    def noting(room, template, language, title, data):
        printed.append(dict(data["facts"]))
        return make_pdf(room, template, language, title, data)

    monkeypatch.setattr(paper_disclosure, "make_pdf", noting)
    case, officer = await house.filled_draft(), await at_pages(house, "officer")
    intake, here = await at_pages(house, "child-welfare"), f"/cases/{case}/disclosures"
    said = {purpose: TEXTS.say(Language.FI, f"disclosure.onward_for.{purpose}") for purpose in PURPOSES}
    for purpose in ("give_service", "protect_life"):
        await disclosed(house, "officer", case, purpose=purpose)
        newest = re.search(r"/inbox/([0-9a-f-]+)", (await intake.get("/inbox")).text)[1]
        shown = (await intake.get(f"/inbox/{newest}")).text
        about = await details(house, recipient="outside:county", recipient_name="Naapuri", purpose=purpose)
        await officer.post(here, **about, confirmed="true")
        document = re.search(rf"{here}/[0-9a-f-]+/document", (await officer.get(here)).text)[0]
        await officer.get(document)
        assert said[purpose] in shown
        assert (said["protect_life"] in shown) == (purpose == "protect_life")
        assert said[purpose] in printed[-1].values()


async def test_the_inbox_through_the_pages(house):
    case = await house.filled_draft()
    await disclosed(house, "officer", case)
    page = await at_pages(house, "child-welfare")
    listed = (await page.get("/inbox")).text
    assert TEXT not in listed
    assert story.CLIENT["name"] not in listed
    one = re.search(r"/inbox/([0-9a-f-]+)", listed)[1]
    notice = re.search(r"/notices/([0-9a-f-]+)", (await page.get("/notices")).text)[1]
    assert (await page.post(f"/notices/{notice}")).headers["location"] == f"/inbox/{one}"
    shown = (await page.get(f"/inbox/{one}")).text
    for told in (TEXT, story.CLIENT["name"], "Elina Suopunki", "616/2019", case):
        assert told in shown


async def test_a_new_wording_says_that_decisions_keep_the_old_one(house):
    page = await at_pages(house, "administrator")
    listed = (await page.get("/grounds")).text
    assert "/grounds/new" in listed
    form = (await page.get("/grounds/PHTL-22/edit")).text
    assert "616/2019" in form
    wording = {
        "provision": "Uusi laki 1 §",
        "from_kinds": ["police"],
        "to_kinds": ["county"],
        "duty": "false",
        "needs_consent": "false",
        "discloses": "true",
        "on_request": "false",
        "text_fi": "Uusi.",
        "text_sv": "Ny.",
        "text_en": "New.",
    }
    shown = (await page.post("/grounds/PHTL-22/check", 200, **wording)).text
    assert "säilyttävät vanhan tekstin" in shown
    await page.post("/grounds/PHTL-22/check", 422, **(wording | {"text_sv": ""}))
    await page.post("/grounds/PHTL-22/edit", 200, **wording)
    await page.post("/grounds/PHTL-22", **wording)
    both = words((await page.get("/grounds/PHTL-22")).text)
    assert "Uusi laki 1 §" in both
    assert "616/2019" in both
    await page.get("/grounds/new")
    await page.post("/grounds/new", 422, **(wording | {"code": "PHTL-22"}))
    await page.post("/grounds/new", **(wording | {"code": "UUSI-1"}))
    assert "Kukaan ei voi enää valita" in (await page.get("/grounds/UUSI-1/end")).text
    await page.post("/grounds/UUSI-1/end")
    await page.post("/grounds/UUSI-1/end", 422)
    officer = await at_pages(house, "officer")
    assert "/grounds/new" not in (await officer.get("/grounds")).text
    assert "/edit" not in (await officer.get("/grounds/PHTL-22")).text
    await officer.get("/grounds/PHTL-22/edit", 403)


async def test_sharing_on_a_ground_through_the_pages(house):
    case = await without_consent(house)
    page = await at_pages(house, "officer")
    assert "/sharing" not in (await page.get(f"/cases/{case}")).text
    await page.get(f"/cases/{case}/sharing", 409)
    await allow(house)
    assert f"/cases/{case}/sharing" in (await page.get(f"/cases/{case}")).text
    form = (await page.get(f"/cases/{case}/sharing")).text
    assert "checked" not in form
    assert 'value="SUOSTUMUS"' not in form
    about = {
        "agencies": await house.agencies("Wellbeing", "Revontuli"),
        "kinds": ["identity"],
        "ground": "PHTL-22",
        "necessity": NECESSITY,
    }
    await page.post(f"/cases/{case}/sharing/check", 422, **(about | {"ground": "ATL-62"}))
    shown = (await page.post(f"/cases/{case}/sharing/check", 200, **about)).text
    assert WITHOUT in shown
    await page.post(f"/cases/{case}/sharing/details", 200, **about)
    await page.post(f"/cases/{case}/sharing", 422, **about)
    await page.post(f"/cases/{case}/sharing", **about, confirmed="true")
    await page.post(f"/cases/{case}/submit")


async def test_the_auditor_reads_in_words_what_was_disclosed_and_not_what_it_said(house):
    case = await with_child(house)
    await disclosed(house, "officer", case)
    officer, intake = await house.person("officer"), await house.person("child-welfare")
    await officer.post(f"/cases/{case}/child-welfare", {"decision": "already_notified"})
    await intake.get(f"/inbox/{(await intake.get('/inbox'))[0]['id']}")
    shown = (await (await at_pages(house, "auditor")).get(f"/audit?case={case}")).text
    for told in ("Luovutti tietoja", "Luki saapuneita tietoja", "Lastensuojelu", "luovutukset"):
        assert told in shown
    for secret in (TEXT, NECESSITY, story.CLIENT["name"], story.CHILD["name"]):
        assert secret not in shown
