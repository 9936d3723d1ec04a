"""The auditor's pages: everything is there, light, without the case, and honest about what was changed or erased."""

import re

from tests.audit.test_log import change
from tests.pages import at_pages

from multiagency.demo import story
from multiagency.kernel.access import Act, Purpose
from multiagency.kernel.languages import COMPLETE
from multiagency.web.texts import TEXTS


def test_every_act_and_purpose_has_a_word():
    for language in COMPLETE:
        known = TEXTS.sentences[language]
        assert [act for act in Act if f"audit.act.{act}" not in known] == []
        assert [purpose for purpose in Purpose if f"audit.purpose.{purpose}" not in known] == []


async def pages_from(auditor, path):
    """Follow the link to older entries to the end."""
    while path:
        text = (await auditor.get(path)).text
        assert len(text.encode()) < 30_000
        yield text
        older = re.search(r'href="(/audit\?[^"]*before=[^"]+)"', text)
        path = older and older[1].replace("&amp;", "&")


async def test_every_entry_can_be_reached(house):
    case = await house.submitted()
    officer = await house.person("officer")
    for _ in range(60):
        await officer.get("/cases")
    auditor = await at_pages(house, "auditor")
    seen = [text.count("<tr><th") async for text in pages_from(auditor, "/audit")]
    assert len(seen) > 1
    assert sum(seen) >= (await house.fetch("SELECT count(*) AS n FROM audit_entry"))[0]["n"] - len(seen)
    of_the_case = "".join([text async for text in pages_from(auditor, f"/audit?case={case}")])
    assert "Elina Suopunki" in of_the_case
    assert not any(str(secret) in of_the_case for secret in story.SECRETS if " " in str(secret))


async def test_a_refusal_is_found_under_its_case(house):
    case = await house.submitted()
    await (await house.person("shelter")).get(f"/cases/{case}", 404)
    text = (await (await at_pages(house, "auditor")).get(f"/audit?case={case}")).text
    assert "Tiina Hettavaara" in text


async def test_what_is_no_reference_is_refused_and_not_logged(house):
    auditor = await at_pages(house, "auditor")
    await auditor.get("/audit?case=Aili%20Esimerkki", 422)
    await auditor.get("/audit?before=abc", 422)
    rows = await house.fetch("SELECT convert_from(body, 'UTF8') AS body FROM audit_entry")
    assert not any("Aili" in row["body"] for row in rows)


async def test_a_changed_detail_does_not_break_the_page(house):
    await house.submitted()
    auditor = await at_pages(house, "auditor")
    await house.fetch(
        "UPDATE audit_detail SET detail = set_byte(detail, 60, (get_byte(detail, 60) + 1) % 256) "
        "WHERE entry_id = (SELECT max(entry_id::text)::uuid FROM audit_detail)"
    )
    assert "Muutettu</span>" in (await auditor.get("/audit")).text


async def test_the_verdict_is_told_in_words(house):
    await house.submitted()
    await house.number_log()
    auditor = await at_pages(house, "auditor")
    assert "Loki on eheä" in (await auditor.get("/audit/verification")).text
    await change(house, "UPDATE audit_entry SET body = convert_to('x', 'UTF8')")
    assert "Loki ei ole eheä" in (await auditor.get("/audit/verification")).text


async def test_a_refusal_keeps_a_reference_and_never_what_was_typed(house):
    shelter = await house.person("shelter")
    for typed in ("ABCD-EFGH", "Aili-Esimerkki"):
        await shelter.get(f"/cases/{typed}", 404)
    entries = await (await house.person("auditor")).get("/audit/entries")
    denied = [entry["detail"]["case_reference"] for entry in entries if entry["body"]["mode"] == "deny"]
    assert denied == [None, None]
    await shelter.get("/cases/BCDF-2345", 404)
    entries = await (await house.person("auditor")).get("/audit/entries")
    assert "BCDF-2345" in {entry["detail"]["case_reference"] for entry in entries if entry["body"]["mode"] == "deny"}
