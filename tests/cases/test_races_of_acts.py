"""What ends, moves or answers something, at the same moment as every other such act: what was accepted stands."""

import asyncio
from dataclasses import dataclass
from itertools import combinations_with_replacement

import pytest
from tests.cases.test_rounds import WISH
from tests.pages import at_pages
from tests.stages import told
from tests.storage.test_closing import CLOSING
from tests.storage.test_ending import ENDING

from multiagency.demo import story

ACCEPTED, REFUSED = {200, 204, 303}, {403, 404, 409, 412, 422}
LOGINS = ("officer", "coordinator", "coordinator-2", "municipality", "police")


@dataclass(frozen=True)
class Deed:
    """An act at the API: who does it, where, with what, and what must then be true of the database."""

    who: str
    path: str
    body: dict
    stands: str


REASON = {"reason": "Toinen päivä."}
DEEDS = {
    "due": Deed(
        "coordinator",
        "/cases/{case}/actions/{action}/due",
        REASON | {"due_on": "2099-02-01"},
        "SELECT due_on = '2099-02-01' FROM planned_action",
    ),
    "striking": Deed(
        "coordinator",
        "/cases/{case}/actions/{action}/striking",
        REASON,
        "SELECT state = 'struck' FROM planned_action",
    ),
    "report": Deed(
        "municipality",
        "/actions/{action}/report",
        {"outcome": "Soitettu."},
        "SELECT state = 'done' FROM planned_action",
    ),
    "closing": Deed(
        "coordinator",
        "/cases/{case}/closing",
        CLOSING,
        "SELECT count(*) = 1 AND (SELECT state <> 'open' FROM planned_action) FROM closing WHERE outcome <> 'ended'",
    ),
    "ending": Deed(
        "coordinator",
        "/cases/{case}/ending",
        ENDING,
        "SELECT count(*) = 1 AND (SELECT state <> 'open' FROM planned_action) FROM closing WHERE outcome = 'ended'",
    ),
    "withdrawal": Deed(
        "officer",
        "/cases/{case}/consent/withdrawal",
        {},
        "SELECT count(*) = 0 FROM lawful_basis WHERE reason = 'consent' AND ended_at IS NULL",
    ),
    "round": Deed("officer", "/cases/{case}/rounds", WISH, "SELECT count(*) = 1 FROM case_round"),
    "taking_back": Deed(
        "coordinator",
        "/meetings/{meeting}/seats/removal",
        {"case": "{case}", "post": "{jouni}"},
        "SELECT count(*) = 0 FROM seat WHERE ended_at IS NULL AND agenda_item_id IN "
        "(SELECT id FROM agenda_item WHERE discussed_at IS NULL)",
    ),
    "removal": Deed(
        "coordinator",
        "/meetings/{meeting}/agenda/removal",
        {"case": "{case}", "because": "not_held"},
        "SELECT count(*) = 1 FROM agenda_item WHERE ended_because = 'not_held' AND discussed_at IS NULL",
    ),
    "draft": Deed(
        "coordinator",
        "/meetings/{meeting}/minutes",
        {"case": "{case}", "text": "Toinen luonnos."},
        "SELECT count(*) >= 2 FROM minutes WHERE approved_at IS NULL",
    ),
    "approval": Deed(
        "coordinator",
        "/meetings/{meeting}/minutes/approval",
        {"case": "{case}", "version": 1, "handled": True},
        "SELECT count(*) = 2 FROM minutes m JOIN agenda_item i ON i.id = agenda_item_id "
        "WHERE approved_at IS NOT NULL AND discussed_at IS NOT NULL",
    ),
    "declining": Deed(
        "police",
        "/meetings/{meeting}/invitation/answer",
        {"answer": "declined"},
        "SELECT count(*) = 1 FROM invitation WHERE answer = 'declined'",
    ),
    "review": Deed(
        "coordinator",
        "/cases/{case}/break-glass/{opening}/review",
        {"needed": "yes", "words": "Henki oli vaarassa."},
        "SELECT count(*) = 1 FROM break_glass_review",
    ),
}
ONE_ONLY = [
    {"striking", "report"},
    {"closing", "ending", "withdrawal"},
    {"removal", "approval"},
    {"draft", "approval"},
]
"""Acts of which one makes the others impossible: both accepted would be one of them lost."""
ONCE = {"striking", "report", "closing", "ending", "removal", "approval", "review", "round", "taking_back"}
"""Acts that are done once."""


async def begun(house):
    """A case from its follow-up that is discussed again: an open action, a seat, a draft, an emergency opening."""
    case = await house.submitted()
    first, coordinator = await house.opened(case, "Heikki"), await house.person("coordinator")
    await house.minutes(first, case)
    body = {"owner": await house.post_of("Heikki"), "title": "Soittaa kouluun", "due_on": "2099-01-01"}
    action = (await coordinator.post(f"/cases/{case}/actions", body, 201))["reference"]
    meeting = await house.opened(case, "Jouni")
    await house.draft_minutes(meeting, case, story.MINUTES)
    danger = {"reference": case, "reason": "Hengenvaara.", "minutes": 30}
    await (await house.person("county")).post("/break-glass", danger, 201)
    opening = (await coordinator.get(f"/cases/{case}/break-glass"))[0]["id"]
    jouni = await house.post_of("Jouni")
    return {"case": case, "action": action, "meeting": meeting, "opening": opening, "jouni": jouni}


@pytest.fixture(scope="module")
def stage(ground):
    with told(ground, begun, *LOGINS) as stage:
        yield stage


async def do(house, names, deed, who):
    """Post it; return the status."""
    body = {key: text.format(**names) if isinstance(text, str) else text for key, text in deed.body.items()}
    path = deed.path.format(**names)
    if deed.who == "police":
        pages = await at_pages(house, who)
        data = {"csrf": pages._csrf, **body}
        return (await house.http.post(path, headers=pages._headers, data=data)).status_code
    if path.endswith(("closing", "ending")):
        answer = {"action": names["action"], "answer": "not_needed", "why": "Koulu hoiti."}
        body["answers"] = [answer]
    headers = (await house.person(who))._headers
    return (await house.http.post(f"/api/v1{path}", headers=headers, json=body)).status_code


async def look(house, *deeds):
    """Tell of each whether it stands."""
    return [(await house.fetch(deed.stands))[0][0] for deed in deeds]


@pytest.mark.parametrize("first", DEEDS)
async def test_what_two_people_are_told_was_done_stands(lodgings, stage, first):
    for pair in combinations_with_replacement(DEEDS, 2):
        if pair[0] != first:
            continue
        async with stage.house() as house:
            deeds = [DEEDS[name] for name in pair]
            second = "coordinator-2" if deeds[1].who == "coordinator" else deeds[1].who
            people = (deeds[0].who, second)
            statuses = await asyncio.gather(
                *(do(house, stage.called, deed, who) for deed, who in zip(deeds, people, strict=True))
            )
            assert set(statuses) <= ACCEPTED | REFUSED, (pair, statuses)
            done = [status in ACCEPTED for status in statuses]
            if (pair[0] == pair[1] and pair[0] in ONCE) or any(
                set(pair) <= names and len(set(pair)) == 2 for names in ONE_ONLY
            ):
                assert sum(done) <= 1, (pair, statuses, "both were accepted")
            kept = await look(house, *deeds)
            for name, accepted, stands in zip(pair, done, kept, strict=True):
                assert stands or not accepted, (pair, statuses, f"{name} was accepted and does not stand")
