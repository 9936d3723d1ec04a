"""The coordinator's queue on the first page: in words, by deadline unless another is chosen, one click to an agenda."""

import re
from datetime import timedelta

from tests.pages import at_pages
from tests.people.test_home import logged, page_of
from tests.web.statements import Statements, warm

from multiagency.demo import story
from multiagency.kernel.clock import today
from multiagency.kernel.languages import Language
from multiagency.risk.reading_instruments import known
from multiagency.web.texts import TEXTS

CASES = re.compile(r'<th role="rowheader" scope="row">.*?href="/cases/([^"]*)"', re.DOTALL)
BANDS = re.compile(r"riskitaso|matala|keskitaso|korkea riski|punainen|keltainen|vihreä|\d %", re.IGNORECASE)


async def queued(house, yes, days):
    """A submitted case with so many answers of yes, that came so many days ago."""
    case = await house.filled_draft(yes=yes)
    await (await house.person("officer")).post(f"/cases/{case}/submission")
    await house.fetch(
        "UPDATE case_file SET submitted_at = now() - $2::interval, agenda_by = $3 WHERE reference = $1",
        case,
        timedelta(days=days),
        today() - timedelta(days=days - 3),
    )
    return case


async def order(house, path="/"):
    return CASES.findall(await page_of(house, "coordinator", path))


async def test_the_queue_tells_of_danger_in_words_and_as_a_count_and_never_as_a_band(house):
    case = await house.filled_draft(yes=15)
    officer = await house.person("officer")
    await officer.post(f"/cases/{case}/parties", story.CHILD, 201)
    await officer.post(f"/cases/{case}/child-welfare", {"decision": "not_needed", "reason": "Tehty jo."}, 204)
    safety = {"safe_to_talk": "yes", "where_violent": "not_known", "where_children": "safe"}
    said = {"answers": story.answers(15), "client_words": "Pelkään <hänen> palaavan.", "safety": safety}
    await officer.put(f"/cases/{case}/assessment", said)
    await officer.post(f"/cases/{case}/submission")
    page = await page_of(house, "coordinator")
    assert "<q>Pelkään &lt;hänen&gt; palaavan.</q>" in page
    assert "Eronnut tai yrittänyt erota, seurataan tai häiritään" in page
    assert "15 kyllä-vastausta." in page
    assert "Työntekijän arviota ei ole kirjattu." in page
    assert "Lapsia: </span>1<" in page
    assert "Tuli tänään" in page
    assert not BANDS.search(re.sub(r"<[^>]*>", " ", page.partition("<main")[2]))


async def test_the_deadline_is_as_many_working_days_away_as_the_team_says(house):
    await house.submitted()
    row = (await house.fetch("SELECT submitted_at, agenda_by FROM case_file"))[0]
    assert 3 <= (row["agenda_by"] - row["submitted_at"].date()).days <= 8


async def test_the_order_is_by_deadline_and_another_only_where_the_reader_chooses_it(house):
    early, many, late = await queued(house, 15, 2), await queued(house, 20, 0), await queued(house, 15, 6)
    await house.fetch("UPDATE case_file SET agenda_by = agenda_by - 90 WHERE reference = $1", early)
    assert await order(house) == [early, late, many]
    assert await order(house, "/?order=waiting") == [late, early, many]
    assert await order(house, "/?order=signs") == [many, early, late]
    assert await order(house, "/?order=danger") == [early, late, many]
    assert "Jonossa 3 asiaa, 2 myöhässä" in await page_of(house, "coordinator")


async def test_one_click_takes_a_case_from_the_queue_to_the_next_meeting_and_one_takes_it_back(house):
    case = await house.submitted()
    meeting = await house.meeting(minutes=60)
    page = await page_of(house, "coordinator")
    assert f"Seuraavaksi: vie esityslistalle {story.CLIENT['name']}" in page
    visitor = await at_pages(house, "coordinator")
    placed = await visitor.post(f"/meetings/{meeting}/agenda", case=case, then="home")
    assert placed.headers["location"] == "/"
    after = re.sub(r"[⁦-⁩]", "", (await visitor.get("/")).text)
    assert "Asia on nyt esityslistalla." in after
    assert "Jonossa ei ole asioita" in after
    assert f"Kumoa: {story.CLIENT['name']} takaisin jonoon" in after
    assert "yksi asia, 15 min 60 minuutista" in after
    undone = await visitor.post(f"/meetings/{meeting}/cases/{case}/removal", because="removed", then="home")
    assert undone.headers["location"] == "/"
    assert "Jonossa yksi asia" in await page_of(house, "coordinator")


async def test_nothing_can_be_undone_once_somebody_was_invited(house):
    await house.opened(await house.submitted())
    visitor, other = await at_pages(house, "coordinator"), await house.submitted()
    meeting = (await house.fetch("SELECT reference FROM meeting"))[0][0]
    await visitor.post(f"/meetings/{meeting}/agenda", case=other, then="home")
    assert "Kumoa" not in (await visitor.get("/")).text


async def test_a_meeting_that_is_full_is_passed_over_and_without_room_a_meeting_is_to_be_called(house):
    full = await house.meeting(*[await house.submitted() for _ in range(4)], minutes=60)
    waiting = await house.submitted()
    page = await page_of(house, "coordinator")
    assert f'action="/meetings/{full}/agenda"' not in page
    assert "kutsu kokous koolle" in page
    assert "Täynnä" in page
    later = await house.meeting(minutes=600)
    assert f'action="/meetings/{later}/agenda"' in await page_of(house, "coordinator")
    assert await order(house) == [waiting]


def test_every_critical_sign_has_its_words():
    pack = known("marak")
    critical = [item.code for item in pack.items if item.critical]
    assert critical
    assert [code for code in critical if f"{pack.key}.short.{code}" not in TEXTS.sentences[Language.FI]] == []


async def test_what_the_queue_shows_is_an_entry_of_the_log_with_its_basis(house):
    case = await house.submitted()
    await page_of(house, "coordinator")
    entries = [e for e in await logged(house, "see_home", case) if e["detail"]["actor"]["name"].startswith("Paula")]
    assert {kind for entry in entries for kind in entry["body"]["kinds"]} == {"shell", "identity", "risk", "party"}
    assert {entry["detail"]["basis"] for entry in entries} == {"consent,coordination"}


async def test_the_first_page_asks_no_more_however_much_waits(house):
    await house.submitted()
    await warm(house)
    statements = Statements(house)
    try:
        numbers = []
        for _ in range(2):
            headers = (await house.person("coordinator"))._headers
            statements.begin()
            await house.http.get("/", headers=headers)
            numbers.append(statements.end("GET /", "coordinator"))
            for _ in range(5):
                await house.submitted()
    finally:
        statements.leave()
    assert numbers[0] == numbers[1] <= 6
