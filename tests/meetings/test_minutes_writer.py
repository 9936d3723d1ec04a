"""Who was named to write minutes, what is given where it arises, and the paper that each reader takes home."""

import pytest
from tests.meetings.test_minutes import refused_as, says
from tests.meetings.test_minutes_parts import (
    LOGINS,
    TO_POLICE,
    TO_TOWN,
    approve,
    approved,
    begun,
    draft,
    read_parts,
    rows_seen,
)
from tests.pages import at_pages

from multiagency.demo import story
from multiagency.meetings import paper_minutes

__all__ = ["LOGINS", "begun"]
"""Where the stage of this file begins, as with the parts."""


@pytest.fixture
def house(staged_house):
    return staged_house


# The writer.


async def write(house, meeting, post="", expect=204):
    body = {"writer": await house.post_of(post) if post else None}
    return await (await house.person("coordinator")).put(f"/meetings/{meeting}/writer", body, expect)


async def test_the_named_writer_writes_where_they_sit_into_the_conveners_record(house, first, meeting):
    await draft(house, meeting, first, 404, "municipality")
    await write(house, meeting, "Heikki")
    await draft(house, meeting, first, 200, "municipality", Police=TO_POLICE)
    here = f"/meetings/{meeting}/cases/{first}/minutes"
    assert f'href="{here}"' in (await (await at_pages(house, "municipality")).get("/")).text
    text = (await (await at_pages(house, "municipality")).get(here)).text
    assert TO_POLICE in text
    assert says("minutes.record.approve") not in text
    rows = await house.fetch("SELECT m.controller_id, i.controller_id AS kept FROM minutes m, agenda_item i")
    assert [row["controller_id"] for row in rows] == [rows[0]["kept"]]
    body = {"case": first, "version": 1, "handled": True}
    await (await house.person("municipality")).post(f"/meetings/{meeting}/minutes/approval", body, 403)
    await approve(house, meeting, first, 1)
    assert await read_parts(house, first, "municipality") == [], "they wrote it, and it is not theirs to read any more"
    assert (await rows_seen(house, "municipality")) == []


async def test_to_be_named_shows_nothing_and_ends_with_the_seat_or_the_name(house, first, meeting):
    await draft(house, meeting, first, Police=TO_POLICE)
    await write(house, meeting, "Tiina", 422)
    other = await house.submitted()
    await house.fetch("UPDATE meeting SET writer_id = $1", await house.post_of("Tiina"))
    await house.fetch("UPDATE meeting SET writer_id = $1", await house.post_of("Heikki"))
    assert len(await rows_seen(house, "municipality")) == 1
    await draft(house, meeting, other, 422, "municipality")
    heikki = {"case": first, "post": await house.post_of("Heikki")}
    await (await house.person("coordinator")).post(f"/meetings/{meeting}/seats/removal", heikki)
    assert await rows_seen(house, "municipality") == []
    await write(house, meeting)
    assert (await house.fetch("SELECT writer_id FROM meeting"))[0]["writer_id"] is None


# Actions, and the paper.


async def test_an_action_is_given_where_it_arises_and_not_before_the_meeting_begins(house, first, meeting):
    coordinator = await house.person("coordinator")
    action = {"owner": await house.post_of("Heikki"), "title": "Turvapuhelin", "due_on": "2099-01-01"}
    await house.fetch("UPDATE meeting SET starts_at = now() + interval '1 minute'")
    assert refused_as(await coordinator.post(f"/cases/{first}/actions", action, 409), "action.minutes_first")
    await house.begin(meeting)
    await coordinator.post(f"/cases/{first}/actions", action, 201)
    text = (await (await at_pages(house, "coordinator")).get(f"/meetings/{meeting}/cases/{first}/minutes")).text
    assert "Turvapuhelin" in text
    await approved(house, meeting, first)


async def test_the_paper_holds_what_its_reader_may_read(house, first, meeting, monkeypatch):
    await approved(house, meeting, first)
    made, set_it = [], paper_minutes.make_pdf

    async def noting(room, template, language, title, data):
        made.append(data)
        return await set_it(room, template, language, title, data)

    monkeypatch.setattr(paper_minutes, "make_pdf", noting)
    await (await at_pages(house, "coordinator")).get(f"/cases/{first}/minutes/document")
    assert made[-1]["parts"] == [], "whoever coordinates prints what their own agency received"
    for login, part in (("municipality", TO_TOWN), ("police", TO_POLICE)):
        answer = await (await at_pages(house, login)).get(f"/cases/{first}/minutes/document?version=1")
        assert answer.headers["content-type"] == "application/pdf"
        assert b"pdfuaid" in answer.content
        assert (made[-1]["common"], [text for _, text in made[-1]["parts"]]) == (story.MINUTES, [part])
        assert made[-1]["secrecy"]
    await (await at_pages(house, "police")).get(f"/cases/{first}/minutes/document?version=2", 404)
